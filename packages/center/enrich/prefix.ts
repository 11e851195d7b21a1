/** Prefixes of addresses: as words and a length in the 128-bit space, IPv4 v4-mapped. */
import { formatIpv4, formatIpv6, parseAddress, V4_MAPPED_WORD, type Words } from '@noroshi/wire/net/address.ts';

export interface Prefix {
  /** The first address; bits behind the length are zero. */
  readonly words: Words;
  /** 0 … 128; an IPv4 length plus 96. */
  readonly bits: number;
}

const PREFIX_CHARS_MAX = 49;
const IPV4_BASE = 96;

/** `192.0.2.0/24`, `2001:db8::/32`, or one address; undefined when it is neither. Bits behind the length are cleared. */
export function parsePrefix(text: string): Prefix | undefined {
  if (text.length > PREFIX_CHARS_MAX) return undefined;
  const [address = '', length, ...rest] = text.split('/');
  const words = parseAddress(address);
  if (words === undefined || rest.length > 0) return undefined;
  if (length === undefined) return { words, bits: 128 };
  if (!/^\d{1,3}$/.test(length)) return undefined;
  const bits = (address.includes(':') ? 0 : IPV4_BASE) + Number(length);
  if (bits > 128) return undefined;
  const [w0, w1, w2, w3] = words;
  return { words: [w0 & mask(bits, 0), w1 & mask(bits, 1), w2 & mask(bits, 2), w3 & mask(bits, 3)], bits };
}

/** The bits of a word, 0 to 3, that a prefix of this length fixes. */
function mask(bits: number, word: number): number {
  const fixed = Math.min(32, Math.max(0, bits - 32 * word));
  return fixed === 0 ? 0 : -1 << (32 - fixed);
}

/** `192.0.2.0/24` for what lies within the v4-mapped space, RFC 5952 otherwise. */
export function formatPrefix(w0: number, w1: number, w2: number, w3: number, bits: number): string {
  const isIpv4 = bits >= IPV4_BASE && w0 === 0 && w1 === 0 && w2 === V4_MAPPED_WORD;
  if (isIpv4) return `${formatIpv4(w3)}/${bits - IPV4_BASE}`;
  // Most prefixes of IPv6 end within the first half, where nothing has to be searched for zeros.
  if (bits > 64 || w2 !== 0 || w3 !== 0) return `${formatIpv6(w0, w1, w2, w3)}/${bits}`;
  const [a, b, c, d] = [w0 >>> 16, w0 & 0xffff, w1 >>> 16, w1 & 0xffff];
  return `${a.toString(16)}:${b.toString(16)}:${c.toString(16)}:${d.toString(16)}::/${bits}`;
}
