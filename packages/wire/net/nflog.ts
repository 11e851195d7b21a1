/**
 * Netfilter's log (https://www.tcpdump.org/linktypes/LINKTYPE_NFLOG.html): 0 family   1 version   2 resource (big-endian),
 * then attributes in the byte order of the machine that captured: 0 length with this header   2 type   4 value, padded to
 * four. The attribute of type 9 holds the packet. Its machine's byte order is told from the first length.
 */
import { View } from './view.ts';

export const NFLOG_BYTES = 4;
const NFLOG_ATTRIBUTE_BYTES = 4;
const NFLOG_PAYLOAD = 9;
export const NFLOG_IPV4 = 2;
export const NFLOG_IPV6 = 10;

export class NflogView extends View {
  get family(): number {
    return this.data.getUint8(this.at);
  }
  set family(value: number) {
    this.data.setUint8(this.at, value);
  }
  get resource(): number {
    return this.data.getUint16(this.at + 2);
  }
  set resource(value: number) {
    this.data.setUint16(this.at + 2, value);
  }

  /** Offset of the payload attribute; -1 when the attributes end, or lie, before it. */
  get payloadAt(): number {
    const first = this.at + NFLOG_BYTES;
    if (first + NFLOG_ATTRIBUTE_BYTES > this.end) return -1;
    // No attribute is 1 KiB long but the payload, which comes last: the smaller reading is the right one.
    const isLittle = this.data.getUint16(first, true) <= this.data.getUint16(first);
    let offset = first;
    while (offset + NFLOG_ATTRIBUTE_BYTES <= this.end) {
      const bytes = this.data.getUint16(offset, isLittle);
      if (bytes < NFLOG_ATTRIBUTE_BYTES) return -1;
      if ((this.data.getUint16(offset + 2, isLittle) & 0x7fff) === NFLOG_PAYLOAD) return offset + NFLOG_ATTRIBUTE_BYTES;
      offset += (bytes + 3) & ~3;
    }
    return -1;
  }
}
