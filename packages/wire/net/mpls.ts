/**
 * MPLS label stack entry (RFC 3032 §2.1): label (20 bits), traffic class (3), bottom of stack (1), TTL (8).
 * What follows the bottom carries no type; its first nibble tells IPv4 from IPv6 (RFC 4928 §3).
 */
import { View } from './view.ts';

export const MPLS_BYTES = 4;
/** The label above operation and maintenance messages, which are no IP whatever they begin with (RFC 3429 §3). */
export const MPLS_OAM_ALERT = 14;

export class MplsView extends View {
  get label(): number {
    return this.data.getUint32(this.at) >>> 12;
  }
  set label(value: number) {
    this.data.setUint32(this.at, ((value << 12) | (this.data.getUint32(this.at) & 0xfff)) >>> 0);
  }
  get isBottom(): boolean {
    return (this.data.getUint8(this.at + 2) & 1) === 1;
  }
  set isBottom(value: boolean) {
    this.data.setUint8(this.at + 2, (this.data.getUint8(this.at + 2) & 0xfe) | (value ? 1 : 0));
  }
  get ttl(): number {
    return this.data.getUint8(this.at + 3);
  }
  set ttl(value: number) {
    this.data.setUint8(this.at + 3, value);
  }
}
