/**
 * TCP (RFC 9293 §3.1).
 *
 *   0 source port   2 destination port   4 sequence   8 acknowledgement   12 offset (4), flags (12)   14 window
 *   16 checksum   18 urgent   20 options …
 */
import { View } from './view.ts';

export const TCP_BYTES = 20;
export const TCP_FIN = 0x001;
export const TCP_SYN = 0x002;
export const TCP_RST = 0x004;
export const TCP_PSH = 0x008;
export const TCP_ACK = 0x010;
export const TCP_URG = 0x020;
export const TCP_ECE = 0x040;
export const TCP_CWR = 0x080;

/** Option kinds (IANA "TCP Option Kind Numbers"). */
export const TCP_OPTION_END = 0;
export const TCP_OPTION_NOP = 1;
export const TCP_OPTION_MSS = 2;
export const TCP_OPTION_WINDOW_SCALE = 3;
export const TCP_OPTION_SACK_PERMITTED = 4;
export const TCP_OPTION_TIMESTAMPS = 8;

const OFFSET_FLAGS = 12;
const WINDOW = 14;
const CHECKSUM = 16;
const URGENT = 18;

export class TcpView extends View {
  get sourcePort(): number {
    return this.data.getUint16(this.at);
  }
  set sourcePort(value: number) {
    this.data.setUint16(this.at, value);
  }
  get destinationPort(): number {
    return this.data.getUint16(this.at + 2);
  }
  set destinationPort(value: number) {
    this.data.setUint16(this.at + 2, value);
  }
  /** Signed 32-bit, as addresses are. */
  get sequence(): number {
    return this.data.getInt32(this.at + 4);
  }
  set sequence(value: number) {
    this.data.setInt32(this.at + 4, value);
  }
  get acknowledgement(): number {
    return this.data.getInt32(this.at + 8);
  }
  set acknowledgement(value: number) {
    this.data.setInt32(this.at + 8, value);
  }
  get headerBytes(): number {
    return (this.data.getUint8(this.at + OFFSET_FLAGS) >>> 4) << 2;
  }
  set headerBytes(value: number) {
    this.data.setUint16(this.at + OFFSET_FLAGS, this.flags | ((value >>> 2) << 12));
  }
  /** Twelve bits: the three reserved, AE, CWR … FIN. */
  get flags(): number {
    return this.data.getUint16(this.at + OFFSET_FLAGS) & 0xfff;
  }
  set flags(value: number) {
    const offset = this.data.getUint16(this.at + OFFSET_FLAGS) & 0xf000;
    this.data.setUint16(this.at + OFFSET_FLAGS, offset | (value & 0xfff));
  }
  get window(): number {
    return this.data.getUint16(this.at + WINDOW);
  }
  set window(value: number) {
    this.data.setUint16(this.at + WINDOW, value);
  }
  get checksum(): number {
    return this.data.getUint16(this.at + CHECKSUM);
  }
  set checksum(value: number) {
    this.data.setUint16(this.at + CHECKSUM, value);
  }
  get urgent(): number {
    return this.data.getUint16(this.at + URGENT);
  }
  set urgent(value: number) {
    this.data.setUint16(this.at + URGENT, value);
  }
}
