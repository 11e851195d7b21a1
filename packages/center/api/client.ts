/** Who asks, as far as limits are concerned. */
import { parseAddress, V4_MAPPED_WORD } from '@noroshi/wire/net/address.ts';

/** One key per IPv4 address and per IPv6 network of 64 bits: a client has all of the latter to itself. */
export function clientOf(address: string): string {
  const words = parseAddress(address.replace(/%.*$/, ''));
  if (words === undefined) return address;
  const [w0, w1, w2, w3] = words;
  return w0 === 0 && w1 === 0 && w2 === V4_MAPPED_WORD ? `4:${w3}` : `6:${w0}:${w1}`;
}

export function isLoopback(address: string): boolean {
  const words = parseAddress(address);
  if (words === undefined) return false;
  const [w0, w1, w2, w3] = words;
  if (w0 !== 0 || w1 !== 0) return false;
  return w2 === V4_MAPPED_WORD ? w3 >>> 24 === 127 : w2 === 0 && w3 === 1;
}
