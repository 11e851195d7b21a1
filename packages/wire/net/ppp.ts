/**
 * PPPoE session header (RFC 2516 §4) and the PPP frame (RFC 1661 §2, RFC 1662 §3.1).
 *
 *   pppoe: 0 version, type   1 code   2 session   4 length (of what follows)
 *   ppp:   [ff 03]   protocol: 2 bytes, or 1 when its low bit is set (RFC 1661 §6.5)
 */
import { View } from './view.ts';

export const PPPOE_BYTES = 6;
export const PPP_IPV4 = 0x0021;
export const PPP_IPV6 = 0x0057;
export const PPP_MPLS = 0x0281;
/** Address and control field of a PPP frame in HDLC-like framing. */
export const PPP_ADDRESS_CONTROL = 0xff03;

export class PppoeView extends View {
  get code(): number {
    return this.data.getUint8(this.at + 1);
  }
  set code(value: number) {
    this.data.setUint8(this.at + 1, value);
  }
  get session(): number {
    return this.data.getUint16(this.at + 2);
  }
  set session(value: number) {
    this.data.setUint16(this.at + 2, value);
  }
  get length(): number {
    return this.data.getUint16(this.at + 4);
  }
  set length(value: number) {
    this.data.setUint16(this.at + 4, value);
  }
}
