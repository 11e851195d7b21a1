/**
 * DELTA_BYTE_ARRAY for addresses that share their first twelve bytes: every value after a page's first repeats 12 bytes of the one
 * before and adds four of its own. IPv4 addresses held v4-mapped then cost 4 bytes instead of 16, at the price of a memory copy.
 *
 *   prefix lengths   DELTA_BINARY_PACKED of 0, 12, 12, …
 *   suffix lengths   DELTA_BINARY_PACKED of 16, 4, 4, …
 *   suffixes         the first value's 16 bytes, then 4 bytes each
 *
 * DELTA_BINARY_PACKED: block size, miniblocks in a block, number of values, first value; then for each block of 128 deltas the
 * least delta, four bit widths, and the miniblocks of 32 packed deltas. A block of equal deltas is five bytes.
 * Source: https://github.com/apache/parquet-format/blob/master/Encodings.md
 */
import { varint } from './runs.ts';

export const PREFIX_BYTES = 12;
export const TAIL_BYTES = 4;
const BLOCK_DELTAS = 128;
const MINIBLOCKS = 4;
const MINIBLOCK_DELTAS = BLOCK_DELTAS / MINIBLOCKS;
/** Bytes of a block whose deltas are all 0: least delta and four widths, all of them 0. */
const ZERO_BLOCK_BYTES = 1 + MINIBLOCKS;

/** Body of a data page of `count` values: `prefix` (12 bytes) before each of `tails` (4 bytes a value; kept as a view). */
export function tailPieces(prefix: Uint8Array, tails: Uint8Array, from: number, to: number): Uint8Array[] {
  const count = to - from;
  if (count === 0) return [Uint8Array.from([...header(0, 0), ...header(0, 0)])];
  return [
    ...stepped(count, 0, PREFIX_BYTES),
    ...stepped(count, PREFIX_BYTES + TAIL_BYTES, TAIL_BYTES),
    prefix,
    tails.subarray(from * TAIL_BYTES, to * TAIL_BYTES),
  ];
}

/** `count` ≥ 1 values: `first`, then `rest` every time. */
function stepped(count: number, first: number, rest: number): Uint8Array[] {
  const deltas = count - 1;
  const head = header(count, first);
  if (deltas === 0) return [Uint8Array.from(head)];
  const step = rest - first;
  const least = Math.min(step, 0);
  // The first block holds the one step and zeros; relative to the least delta, in four bits each.
  const miniblocks = Math.min(MINIBLOCKS, Math.ceil(deltas / MINIBLOCK_DELTAS));
  const packed = new Uint8Array((miniblocks * MINIBLOCK_DELTAS) / 2).fill(-least | (-least << 4));
  packed[0] = (step - least) | (-least << 4);
  const widths = Array.from({ length: MINIBLOCKS }, (_, index) => (index < miniblocks ? 4 : 0));
  const blocksLeft = Math.ceil(Math.max(0, deltas - BLOCK_DELTAS) / BLOCK_DELTAS);
  return [Uint8Array.from([...head, ...zigzag(least), ...widths, ...packed]), new Uint8Array(blocksLeft * ZERO_BLOCK_BYTES)];
}

function header(count: number, first: number): number[] {
  return [...varint(BLOCK_DELTAS), ...varint(MINIBLOCKS), ...varint(count), ...zigzag(first)];
}

/** A signed number, small in absolute value. */
function zigzag(value: number): number[] {
  return varint(value < 0 ? -value * 2 - 1 : value * 2);
}
