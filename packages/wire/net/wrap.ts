/**
 * Headers that say themselves which link type or family follows.
 *
 *   PKTAP (Apple, little-endian):   0 header length (4)   4 record type (4)   8 link type (4) …
 *   PPI (CACE, little-endian):      0 version   1 flags   2 header length (2)   4 link type (4) …
 *   IPNET (Solaris, big-endian):    0 version   1 family   2 hook type … 24
 *   IPOIB (RFC 4391 §6, with GRH):  0 global route header (40)   40 EtherType   42 reserved
 */
import { View } from './view.ts';

export const PKTAP_BYTES = 12;
export const PPI_BYTES = 8;
export const IPNET_BYTES = 24;
export const IPOIB_BYTES = 44;
export const IPNET_IPV4 = 2;
export const IPNET_IPV6 = 26;

export class PktapView extends View {
  get headerBytes(): number {
    return this.data.getUint32(this.at, true);
  }
  set headerBytes(value: number) {
    this.data.setUint32(this.at, value, true);
  }
  get link(): number {
    return this.data.getUint32(this.at + 8, true);
  }
  set link(value: number) {
    this.data.setUint32(this.at + 8, value, true);
  }
}

export class PpiView extends View {
  get headerBytes(): number {
    return this.data.getUint16(this.at + 2, true);
  }
  set headerBytes(value: number) {
    this.data.setUint16(this.at + 2, value, true);
  }
  get link(): number {
    return this.data.getUint32(this.at + 4, true);
  }
  set link(value: number) {
    this.data.setUint32(this.at + 4, value, true);
  }
}

export class IpnetView extends View {
  get family(): number {
    return this.data.getUint8(this.at + 1);
  }
  set family(value: number) {
    this.data.setUint8(this.at + 1, value);
  }
}

export class IpoibView extends View {
  get type(): number {
    return this.data.getUint16(this.at + 40);
  }
  set type(value: number) {
    this.data.setUint16(this.at + 40, value);
  }
}
