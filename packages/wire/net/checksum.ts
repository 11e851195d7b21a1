/** The Internet checksum (RFC 1071) of headers, and over the pseudo-header of IPv4 (RFC 9293 §3.1) and IPv6 (RFC 8200 §8.1). */

/**
 * One's-complement sum of `data[at, end)`, not folded, added to `sum`. An odd last byte counts as its high half.
 * Exact for up to 2³⁷ bytes: the sum stays below 2⁵³.
 */
export function addBytes(data: DataView, at: number, end: number, sum: number): number {
  let total = sum;
  let offset = at;
  for (; offset + 1 < end; offset += 2) total += data.getUint16(offset);
  if (offset < end) total += data.getUint8(offset) << 8;
  return total;
}

/** Adds a signed or unsigned 32-bit word as two halves. */
export function addWord(sum: number, word: number): number {
  return sum + (word >>> 16) + (word & 0xffff);
}

/** Folds to 16 bits and complements: the value for a checksum field, 0 when a sum over a correct packet comes in. */
export function finish(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000);
  return ~folded & 0xffff;
}

/** Checksum of a plain header such as IPv4's or an ICMPv4 message. */
export function checksum(data: DataView, at: number, end: number): number {
  return finish(addBytes(data, at, end, 0));
}

/** Pseudo-header sum of IPv4: addresses as 32-bit words, protocol, transport length in bytes. */
export function pseudoIpv4(source: number, destination: number, protocol: number, length: number): number {
  return addWord(addWord(0, source), destination) + protocol + length;
}
