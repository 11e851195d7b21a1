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
const WORD_BYTES = 4;
const PREFIX_WORDS = PREFIX_BYTES / WORD_BYTES;
const VALUE_WORDS = VALUE_BYTES / WORD_BYTES;
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
  const starts = startsOf(data.whole, from, to, scratch);
  return [
    lengthList(count, starts, 0, PREFIX_BYTES, scratch),
    lengthList(count, starts, VALUE_BYTES, TAIL_BYTES, scratch),
    ...(starts.length === 1 ? plainTails(data, from, to) : [mixedSuffixes(data, from, starts, count, scratch)]),
  ];
}

/** Values, counted from `from`, that repeat nothing: the first, every whole one, and the one behind it. Ascending. */
function startsOf(whole: Uint32Array | undefined, from: number, to: number, scratch: Scratch): Uint32Array {
  if (whole === undefined) return Uint32Array.of(0);
  const position = lowerBound(whole, from);
  const end = lowerBound(whole, to);
  const bytes = scratch.take(WORD_BYTES * (1 + 2 * (end - position)));
  const starts = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / WORD_BYTES);
  starts[0] = 0;
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
  const to = wordsOf(suffixes);
  const [prefixWords, tailWords, wholeWords] = [wordsOf(prefix), wordsOf(tails), wordsOf(wholes)];
  let position = lowerBound(whole, from);
  let at = 0;
  for (let start = 0; start < starts.length; start++) {
    const value = from + starts[start];
    const isWhole = whole[position] === value;
    const words = isWhole ? wholeWords : prefixWords;
    const wordsAt = isWhole ? position++ * VALUE_WORDS : 0;
    for (let word = 0; word < PREFIX_WORDS; word++) to[at + word] = words[wordsAt + word];
    to[at + PREFIX_WORDS] = isWhole ? words[wordsAt + PREFIX_WORDS] : tailWords[value];
    at += VALUE_WORDS;
    const end = from + (start + 1 < starts.length ? starts[start + 1] : count);
    for (let tail = value + 1; tail < end; tail++) to[at++] = tailWords[tail];
  }
  return suffixes;
}

/** The same bytes as words; of those that do not lie on whole words a copy. */
function wordsOf(bytes: Uint8Array): Int32Array {
  const { buffer, byteOffset, length } = bytes.byteOffset % WORD_BYTES === 0 ? bytes : bytes.slice();
  return new Int32Array(buffer, byteOffset, Math.floor(length / WORD_BYTES));
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
  const list = scratch.take(head.length + blocks * (ZERO_BLOCK_BYTES + MINIBLOCKS * MINIBLOCK_BYTES));
  list.set(head);
  let at = head.length;
  let position = 0;
  for (let block = 0; block < blocks; block++) {
    const first = block * BLOCK_DELTAS + 1;
    const values = Math.min(BLOCK_DELTAS, count - first);
    // The first start whose change, or whose end one value later, can fall into this block.
    while (position < starts.length && starts[position] + 1 < first) position++;
    const isCalm = position === starts.length || starts[position] > first + values - 1;
    if (isCalm) at = writeCalmBlock(list, at);
    else {
      const end = writeEvenBlock(list, at, values);
      changeDeltas(list, at + ZERO_BLOCK_BYTES, starts, position, first, values, step);
      at = end;
    }
  }
  return list.subarray(0, at);
}

/** No change: least delta and widths are 0. */
function writeCalmBlock(list: Uint8Array, at: number): number {
  for (let index = 0; index < ZERO_BLOCK_BYTES; index++) list[at + index] = 0;
  return at + ZERO_BLOCK_BYTES;
}

/** Eight deltas of 0 in five bits each, above the least delta. */
const EVEN_BYTES = packedDeltas(PREFIX_BYTES);
/** What turns a delta of 0 into one of 12 or -12. */
const RISE = PREFIX_BYTES ^ (2 * PREFIX_BYTES);
const FALL = PREFIX_BYTES;
const LEAST_DELTA = 2 * PREFIX_BYTES - 1;

function packedDeltas(delta: number): Uint8Array {
  const bits = delta.toString(2).padStart(WIDTH_BITS, '0').repeat(8);
  return Uint8Array.from({ length: WIDTH_BITS }, (_, byte) =>
    Number.parseInt(bits.slice(-8 * (byte + 1)).slice(0, 8), 2),
  );
}

/** Least delta -12, widths, and `values` deltas of 0; returns the offset behind the block. */
function writeEvenBlock(list: Uint8Array, from: number, values: number): number {
  const miniblocks = Math.ceil(values / MINIBLOCK_DELTAS);
  let at = from;
  list[at++] = LEAST_DELTA;
  for (let index = 0; index < MINIBLOCKS; index++) list[at++] = index < miniblocks ? WIDTH_BITS : 0;
  const end = at + miniblocks * MINIBLOCK_BYTES;
  for (; at < end; at += WIDTH_BITS) {
    for (let byte = 0; byte < WIDTH_BITS; byte++) list[at + byte] = EVEN_BYTES[byte];
  }
  return end;
}

/** Changes the deltas of the values `first` … : down to a start's length, and back up behind a row of starts. */
function changeDeltas(
  list: Uint8Array,
  at: number,
  starts: Uint32Array,
  position: number,
  first: number,
  values: number,
  step: number,
): void {
  const toStart = step > 0 ? FALL : RISE;
  const back = step > 0 ? RISE : FALL;
  for (let index = position; index < starts.length && starts[index] <= first + values - 1; index++) {
    const value = starts[index];
    const isBehindStart = index > 0 && starts[index - 1] === value - 1;
    const isBeforeStart = index + 1 < starts.length && starts[index + 1] === value + 1;
    if (value >= first && !isBehindStart && value > 0) changeDelta(list, at, value - first, toStart);
    const behind = value + 1 - first;
    if (!isBeforeStart && behind >= 0 && behind < values) changeDelta(list, at, behind, back);
  }
}

function changeDelta(list: Uint8Array, at: number, index: number, change: number): void {
  const bit = index * WIDTH_BITS;
  const shifted = change << (bit & 7);
  list[at + (bit >> 3)] ^= shifted;
  if (shifted > 0xff) list[at + (bit >> 3) + 1] ^= shifted >> 8;
}

/** Beginning of a list of `count` lengths whose first is `first`. */
export function header(count: number, first: number): number[] {
  return [...varint(BLOCK_DELTAS), ...varint(MINIBLOCKS), ...varint(count), ...varint(first * 2)];
}
