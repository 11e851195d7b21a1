/** Two rows of one key become one: sums, extremes and ORs; what belongs to the first packet stays the older row's. */
import * as row from '@noroshi/wire/flow/row.ts';

// A module's own constants are part of its machine code; imported and exported ones are loaded and checked at each use.
const { PACKETS, BYTES_LOW, BYTES_HIGH, FIRST_US, LAST_US, TTL_FLAGS, CLIENT_PORTS, PREDICATES_WORD } = row;
const { TTL_MAX_SHIFT, CLIENT_MAX_SHIFT } = row;

/** Adds the row at `from` to the one at `at`. */
export function mergeRow(words: Int32Array, at: number, from: number): void {
  words[at + PACKETS] += words[from + PACKETS];
  addBytes(words, at, words[from + BYTES_LOW] >>> 0, words[from + BYTES_HIGH]);
  widenTime(words, at, words[from + FIRST_US], words[from + LAST_US]);
  words[at + PREDICATES_WORD] |= words[from + PREDICATES_WORD];
  widenTtl(words, at, words[from + TTL_FLAGS]);
  widenPorts(words, at, words[from + CLIENT_PORTS]);
}

/** Adds a 64-bit sum of bytes, given as its unsigned low and its high word. */
export function addBytes(words: Int32Array, at: number, low: number, high: number): void {
  const sum = (words[at + BYTES_LOW] >>> 0) + low;
  words[at + BYTES_LOW] = sum;
  if (high !== 0 || sum > 0xffff_ffff) words[at + BYTES_HIGH] += high + (sum > 0xffff_ffff ? 1 : 0);
}

export function widenTime(words: Int32Array, at: number, first_us: number, last_us: number): void {
  if (first_us < words[at + FIRST_US]) words[at + FIRST_US] = first_us;
  if (last_us > words[at + LAST_US]) words[at + LAST_US] = last_us;
}

/** Extremes of the TTLs and all flags seen: most often nothing changes, and then nothing is written. */
export function widenTtl(words: Int32Array, at: number, other: number): void {
  const seen = words[at + TTL_FLAGS];
  if (seen === other) return;
  const least = Math.min(seen & 255, other & 255);
  const most = Math.max((seen >>> TTL_MAX_SHIFT) & 255, (other >>> TTL_MAX_SHIFT) & 255);
  words[at + TTL_FLAGS] = least | (most << TTL_MAX_SHIFT) | ((seen | other) & ~0xffff);
}

export function widenPorts(words: Int32Array, at: number, other: number): void {
  const seen = words[at + CLIENT_PORTS];
  if (seen === other) return;
  const least = Math.min(seen & 0xffff, other & 0xffff);
  const most = Math.max(seen >>> CLIENT_MAX_SHIFT, other >>> CLIENT_MAX_SHIFT);
  words[at + CLIENT_PORTS] = least | (most << CLIENT_MAX_SHIFT);
}
