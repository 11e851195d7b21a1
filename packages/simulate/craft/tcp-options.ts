/** TCP options as bytes (RFC 9293 §3.2, RFC 7323 §2.2 and §3.2, RFC 2018 §2), written in the order in which they are sent. */
import {
  TCP_OPTION_END,
  TCP_OPTION_MSS,
  TCP_OPTION_NOP,
  TCP_OPTION_SACK_PERMITTED,
  TCP_OPTION_TIMESTAMPS,
  TCP_OPTION_WINDOW_SCALE,
} from '@noroshi/wire/net/tcp.ts';

export const NOP = [TCP_OPTION_NOP];
const END = [TCP_OPTION_END];
export const SACK = [TCP_OPTION_SACK_PERMITTED, 2];
/** Both time stamps zero: a writer fills in the first. */
export const STAMPS = [TCP_OPTION_TIMESTAMPS, 10, 0, 0, 0, 0, 0, 0, 0, 0];

export function mss(bytes: number): number[] {
  return [TCP_OPTION_MSS, 4, bytes >>> 8, bytes & 255];
}

export function windowScale(shift: number): number[] {
  return [TCP_OPTION_WINDOW_SCALE, 3, shift];
}

/** Kinds 2-1-3-1-1-4: what Windows sends, and ZMap since 4.1 after it. */
export const WINDOWS_OPTIONS = [...mss(1460), ...NOP, ...windowScale(8), ...NOP, ...NOP, ...SACK];
/** Kinds 2-4-8-1-3, as Linux sends them. */
export const LINUX_OPTIONS = [...mss(1460), ...SACK, ...STAMPS, ...NOP, ...windowScale(7)];
/** Offset of the first time stamp's value in {@link LINUX_OPTIONS}. */
export const LINUX_STAMP_AT = 8;
/** Kinds 2-1-3-1-1-8-4-0. */
export const BSD_OPTIONS = [...mss(1460), ...NOP, ...windowScale(6), ...NOP, ...NOP, ...STAMPS, ...SACK, ...END];
