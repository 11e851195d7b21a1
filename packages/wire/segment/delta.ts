/**
 * DELTA_BYTE_ARRAY for addresses that share their first twelve bytes: a value behind another such repeats 12 bytes of it and adds
 * four of its own. IPv4 addresses held v4-mapped then cost 4 bytes instead of 16, at the price of a memory copy.
 *
 *   prefix lengths   DELTA_BINARY_PACKED of 0, 12, 12, …
 *   suffix lengths   DELTA_BINARY_PACKED of 16, 4, 4, …
 *   suffixes         the first value's 16 bytes, then 4 bytes each; 16 again for and behind a value that begins otherwise
 *
 * DELTA_BINARY_PACKED: block size, miniblocks in a block, number of values, first value; then for each block of 128 deltas the
 * least delta, four bit widths, and the miniblocks of 32 packed deltas. A block without a change of length is five zero bytes.
 * Source: https://github.com/apache/parquet-format/blob/master/Encodings.md
 */
import type { TailsData } from './columns.ts';
import { varint } from './runs.ts';
import type { Scratch } from './scratch.ts';

export const PREFIX_BYTES = 12;
export const TAIL_BYTES = 4;
export const VALUE_BYTES = PREFIX_BYTES + TAIL_BYTES;
export const BLOCK_DELTAS = 128;
export const MINIBLOCKS = 4;
export const MINIBLOCK_DELTAS = BLOCK_DELTAS / MINIBLOCKS;
/** Lengths change by -12, 0 or 12: above the least, at most 24. */
export const WIDTH_BITS = 5;
export const MINIBLOCK_BYTES = (MINIBLOCK_DELTAS * WIDTH_BITS) / 8;
/** Bytes of a block whose deltas are all 0: least delta and four widths, all of them 0. */
export const ZERO_BLOCK_BYTES = 1 + MINIBLOCKS;

/** Body of the data page of values `from` … `to` - 1. Without whole values the tails are a view, otherwise copied. */
export function tailPieces(data: TailsData, from: number, to: number, scratch: Scratch): Uint8Array[] {
  const count = to - from;
  if (count === 0) return [Uint8Array.from([...header(0, 0), ...header(0, 0)])];
  const starts = startsOf(data.whole, from, to);
  return [
    lengthList(count, starts, 0, PREFIX_BYTES, scratch),
    lengthList(count, starts, VALUE_BYTES, TAIL_BYTES, scratch),
    ...(starts.length === 1 ? plainTails(data, from, to) : [mixedSuffixes(data, from, starts, count, scratch)]),
  ];
}

/** Values, counted from `from`, that repeat nothing: the first, every whole one, and the one behind it. Ascending. */
function startsOf(whole: Uint32Array | undefined, from: number, to: number): Uint32Array {
  if (whole === undefined) return Uint32Array.of(0);
  const position = lowerBound(whole, from);
  const end = lowerBound(whole, to);
  const starts = new Uint32Array(1 + 2 * (end - position));
  let count = 1;
  for (let index = position; index < end; index++) {
    const value = whole[index] - from;
    if (value !== starts[count - 1]) starts[count++] = value;
    if (value + 1 < to - from) starts[count++] = value + 1;
  }
  return starts.subarray(0, count);
}

function lowerBound(sorted: Uint32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function plainTails({ prefix, tails, whole, wholes }: TailsData, from: number, to: number): Uint8Array[] {
  const position = whole?.indexOf(from) ?? -1;
  const first =
    position >= 0 && wholes !== undefined
      ? wholes.subarray(position * VALUE_BYTES, (position + 1) * VALUE_BYTES)
      : Uint8Array.from([...prefix, ...tails.subarray(from * TAIL_BYTES, (from + 1) * TAIL_BYTES)]);
  return [first, tails.subarray((from + 1) * TAIL_BYTES, to * TAIL_BYTES)];
}

/** Everything in it is a multiple of four bytes: words are copied, in whatever order the machine has them. */
function mixedSuffixes(
  data: TailsData,
  from: number,
  starts: Uint32Array,
  count: number,
  scratch: Scratch,
): Uint8Array {
  const { prefix, tails, whole = new Uint32Array(0), wholes = new Uint8Array(0) } = data;
  const suffixes = scratch.take(starts.length * VALUE_BYTES + (count - starts.length) * TAIL_BYTES);
  const [to, prefixWords, tailWords, wholeWords] = [suffixes, prefix, tails, wholes].map(viewOf);
  let position = lowerBound(whole, from);
  let start = 0;
  let at = 0;
  for (let value = 0; value < count; value++) {
    if (value === starts[start]) {
      start++;
      const isWhole = whole[position] === from + value;
      const words = isWhole ? wholeWords : prefixWords;
      const wordsAt = isWhole ? position++ * VALUE_BYTES : 0;
      for (let byte = 0; byte < PREFIX_BYTES; byte += 4) to.setInt32(at + byte, words.getInt32(wordsAt + byte));
      at += PREFIX_BYTES;
      if (isWhole) {
        to.setInt32(at, words.getInt32(wordsAt + PREFIX_BYTES));
        at += TAIL_BYTES;
        continue;
      }
    }
    to.setInt32(at, tailWords.getInt32((from + value) * TAIL_BYTES));
    at += TAIL_BYTES;
  }
  return suffixes;
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}

/** `count` ≥ 1 lengths, DELTA_BINARY_PACKED: `atStart` for the values in `starts` (0 among them), `elsewhere` for the others. */
export function lengthList(
  count: number,
  starts: Uint32Array,
  atStart: number,
  elsewhere: number,
  scratch: Scratch,
): Uint8Array {
  const head = header(count, atStart);
  const step = elsewhere - atStart;
  const blocks = Math.ceil((count - 1) / BLOCK_DELTAS);
  const list = scratch.take(head.length + blocks * (ZERO_BLOCK_BYTES + MINIBLOCKS * MINIBLOCK_BYTES)).fill(0);
  list.set(head);
  let at = head.length;
  let position = 0;
  const deltas = new Int8Array(BLOCK_DELTAS);
  for (let block = 0; block < blocks; block++) {
    const first = block * BLOCK_DELTAS + 1;
    const values = Math.min(BLOCK_DELTAS, count - first);
    // The first start whose change, or whose end one value later, can fall into this block.
    while (position < starts.length && starts[position] + 1 < first) position++;
    const isCalm = position === starts.length || starts[position] > first + values - 1;
    if (isCalm) at += ZERO_BLOCK_BYTES;
    else at = writeBlock(list, at, fillDeltas(deltas, starts, position, first, values, step), values);
  }
  return list.subarray(0, at);
}

/** Deltas of the values `first` … : down to a start's length, and back up behind a row of starts. */
function fillDeltas(
  deltas: Int8Array,
  starts: Uint32Array,
  position: number,
  first: number,
  values: number,
  step: number,
): Int8Array {
  deltas.fill(0);
  for (let index = position; index < starts.length && starts[index] <= first + values - 1; index++) {
    const value = starts[index];
    const isBehindStart = starts[index - 1] === value - 1;
    const isBeforeStart = starts[index + 1] === value + 1;
    if (value >= first && !isBehindStart && value > 0) deltas[value - first] = -step;
    const behind = value + 1 - first;
    if (!isBeforeStart && behind >= 0 && behind < values) deltas[behind] = step;
  }
  return deltas;
}

/** Least delta -12, five bits for each delta above it; returns the offset behind the block. */
function writeBlock(list: Uint8Array, from: number, deltas: Int8Array, values: number): number {
  const miniblocks = Math.ceil(values / MINIBLOCK_DELTAS);
  let at = from;
  list[at++] = PREFIX_BYTES * 2 - 1;
  for (let index = 0; index < MINIBLOCKS; index++) list[at++] = index < miniblocks ? WIDTH_BITS : 0;
  for (let index = 0, bit = 0; index < miniblocks * MINIBLOCK_DELTAS; index++, bit += WIDTH_BITS) {
    const shifted = (deltas[index] + PREFIX_BYTES) << (bit & 7);
    list[at + (bit >> 3)] |= shifted;
    if (shifted > 0xff) list[at + (bit >> 3) + 1] |= shifted >> 8;
  }
  return at + miniblocks * MINIBLOCK_BYTES;
}

/** Beginning of a list of `count` lengths whose first is `first`. */
export function header(count: number, first: number): number[] {
  return [...varint(BLOCK_DELTAS), ...varint(MINIBLOCKS), ...varint(count), ...varint(first * 2)];
}
