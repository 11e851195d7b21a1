/**
 * ICMP (RFC 792) and ICMPv6 (RFC 4443 §2.1): 0 type, 1 code, 2 checksum, 4 rest of header; an error message quotes the
 * packet that caused it from byte 8 on.
 */
import { View } from './view.ts';

export const ICMP_BYTES = 8;
export const ICMP_ECHO_REPLY = 0;
export const ICMP_UNREACHABLE = 3;
const ICMP_SOURCE_QUENCH = 4;
const ICMP_REDIRECT = 5;
export const ICMP_ECHO = 8;
export const ICMP_TIME_EXCEEDED = 11;
const ICMP_PARAMETER_PROBLEM = 12;
const ICMP6_ERROR_MAX = 4;
export const ICMP6_ECHO = 128;
export const ICMP6_ECHO_REPLY = 129;

export class IcmpView extends View {
  get type(): number {
    return this.data.getUint8(this.at);
  }
  set type(value: number) {
    this.data.setUint8(this.at, value);
  }
  get code(): number {
    return this.data.getUint8(this.at + 1);
  }
  set code(value: number) {
    this.data.setUint8(this.at + 1, value);
  }
  get checksum(): number {
    return this.data.getUint16(this.at + 2);
  }
  set checksum(value: number) {
    this.data.setUint16(this.at + 2, value);
  }
  /** Identifier (high half) and sequence (low half) of an echo, signed. */
  get rest(): number {
    return this.data.getInt32(this.at + 4);
  }
  set rest(value: number) {
    this.data.setInt32(this.at + 4, value);
  }
}

/** Types that quote the packet they complain about (RFC 792: 3, 4, 5, 11, 12). */
export function quotesIpv4(type: number): boolean {
  return (
    type === ICMP_UNREACHABLE ||
    type === ICMP_SOURCE_QUENCH ||
    type === ICMP_REDIRECT ||
    type === ICMP_TIME_EXCEEDED ||
    type === ICMP_PARAMETER_PROBLEM
  );
}

/** ICMPv6 errors (RFC 4443 §2.1: the four below 5 that are assigned). */
export function quotesIpv6(type: number): boolean {
  return type >= 1 && type <= ICMP6_ERROR_MAX;
}
