/** Two rows of one key become one: sums, extremes and ORs; what belongs to the first packet stays the older row's. */
import * as row from '@noroshi/wire/flow/row.ts';

/** Adds the row at `more[from]` to the one at `words[at]`. */
export function mergeRow(words: Int32Array, at: number, more: Int32Array, from: number): void {
  words[at + row.PACKETS] += more[from + row.PACKETS];
  addBytes(words, at, more[from + row.BYTES_LOW] >>> 0, more[from + row.BYTES_HIGH]);
  widenTime(words, at, more[from + row.FIRST_US], more[from + row.LAST_US]);
  words[at + row.PREDICATES_WORD] |= more[from + row.PREDICATES_WORD];
  widenTtl(words, at, more[from + row.TTL_FLAGS]);
  widenPorts(words, at, more[from + row.CLIENT_PORTS]);
}

/** Adds a 64-bit sum of bytes, given as its unsigned low and its high word. */
export function addBytes(words: Int32Array, at: number, low: number, high: number): void {
  const sum = (words[at + row.BYTES_LOW] >>> 0) + low;
  words[at + row.BYTES_LOW] = sum;
  if (high !== 0 || sum > 0xffff_ffff) words[at + row.BYTES_HIGH] += high + (sum > 0xffff_ffff ? 1 : 0);
}

export function widenTime(words: Int32Array, at: number, first_us: number, last_us: number): void {
  if (first_us < words[at + row.FIRST_US]) words[at + row.FIRST_US] = first_us;
  if (last_us > words[at + row.LAST_US]) words[at + row.LAST_US] = last_us;
}

/** Extremes of the TTLs and all flags seen: most often nothing changes, and then nothing is written. */
export function widenTtl(words: Int32Array, at: number, other: number): void {
  const seen = words[at + row.TTL_FLAGS];
  if (seen === other) return;
  const least = Math.min(seen & 255, other & 255);
  const most = Math.max((seen >>> row.TTL_MAX_SHIFT) & 255, (other >>> row.TTL_MAX_SHIFT) & 255);
  words[at + row.TTL_FLAGS] = least | (most << row.TTL_MAX_SHIFT) | ((seen | other) & ~0xffff);
}

export function widenPorts(words: Int32Array, at: number, other: number): void {
  const seen = words[at + row.CLIENT_PORTS];
  if (seen === other) return;
  const least = Math.min(seen & 0xffff, other & 0xffff);
  const most = Math.max(seen >>> row.CLIENT_MAX_SHIFT, other >>> row.CLIENT_MAX_SHIFT);
  words[at + row.CLIENT_PORTS] = least | (most << row.CLIENT_MAX_SHIFT);
}
