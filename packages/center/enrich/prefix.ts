/** Prefixes as the database's dictionaries read them. */
import { formatIpv4, formatIpv6, V4_MAPPED_WORD } from '@noroshi/wire/net/address.ts';
import { IPV4_BASE } from '@noroshi/wire/net/prefix.ts';

/** `192.0.2.0/24` for what lies within the v4-mapped space, RFC 5952 otherwise. */
export function formatPrefix(w0: number, w1: number, w2: number, w3: number, bits: number): string {
  const isIpv4 = bits >= IPV4_BASE && w0 === 0 && w1 === 0 && w2 === V4_MAPPED_WORD;
  if (isIpv4) return `${formatIpv4(w3)}/${bits - IPV4_BASE}`;
  // Most prefixes of IPv6 end within the first half, where nothing has to be searched for zeros.
  if (bits > 64 || w2 !== 0 || w3 !== 0) return `${formatIpv6(w0, w1, w2, w3)}/${bits}`;
  const [a, b, c, d] = [w0 >>> 16, w0 & 0xffff, w1 >>> 16, w1 & 0xffff];
  return `${a.toString(16)}:${b.toString(16)}:${c.toString(16)}:${d.toString(16)}::/${bits}`;
}
