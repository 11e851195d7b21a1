/**
 * Network Service Header (RFC 8300 §2.2): 0 version, O, TTL, length in 4-byte words (6 bits)   2 metadata type
 * 3 next protocol   4 service path (3), index   8 context …
 */
import { View } from './view.ts';

export const ETHERTYPE_NSH = 0x894f;
export const NSH_BYTES = 8;
export const NSH_IPV4 = 1;
export const NSH_IPV6 = 2;
export const NSH_ETHERNET = 3;
export const NSH_NSH = 4;
export const NSH_MPLS = 5;

export class NshView extends View {
  get headerBytes(): number {
    return (this.data.getUint8(this.at + 1) & 0x3f) << 2;
  }
  set headerBytes(value: number) {
    this.data.setUint8(this.at + 1, (this.data.getUint8(this.at + 1) & 0xc0) | (value >>> 2));
  }
  get next(): number {
    return this.data.getUint8(this.at + 3);
  }
  set next(value: number) {
    this.data.setUint8(this.at + 3, value);
  }
}
