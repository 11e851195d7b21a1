/**
 * Headers of older networks that lead to LLC at once.
 *
 *   FDDI (ANSI X3.139):               0 frame control   1 destination   7 source                          13 LLC
 *   token ring (IEEE 802.5 §3.2):     0 access control   1 frame control   2 destination   8 source   14 [routing]   LLC
 *   ATM of SunOS (LINKTYPE_SUNATM):   0 direction, type (4 bits)   1 VPI   2 VCI                            4 LLC
 */
import { View } from './view.ts';

export const FDDI_BYTES = 13;
export const TOKEN_RING_BYTES = 14;
export const SUNATM_BYTES = 4;
const FDDI_LLC_ASYNC = 0x50;
const TOKEN_RING_LLC = 0x40;
const SUNATM_LLC = 2;

export class FddiView extends View {
  get frameControl(): number {
    return this.data.getUint8(this.at);
  }
  set frameControl(value: number) {
    this.data.setUint8(this.at, value);
  }
  get isLlc(): boolean {
    return (this.frameControl & 0xf0) === FDDI_LLC_ASYNC;
  }
}

export class TokenRingView extends View {
  get frameControl(): number {
    return this.data.getUint8(this.at + 1);
  }
  set frameControl(value: number) {
    this.data.setUint8(this.at + 1, value);
  }
  get isLlc(): boolean {
    return (this.frameControl & 0xc0) === TOKEN_RING_LLC;
  }
  /** The multicast bit of a source address, where it means nothing, says that routing information follows. */
  get hasRouting(): boolean {
    return (this.data.getUint8(this.at + 8) & 0x80) !== 0;
  }
  /** Bytes of routing information, behind one more checked byte. */
  get routingBytes(): number {
    return this.data.getUint8(this.at + TOKEN_RING_BYTES) & 0x1f;
  }
}

export class SunAtmView extends View {
  get isLlc(): boolean {
    return (this.data.getUint8(this.at) & 15) === SUNATM_LLC;
  }
  get channel(): number {
    return this.data.getUint16(this.at + 2);
  }
  set channel(value: number) {
    this.data.setUint16(this.at + 2, value);
  }
}
