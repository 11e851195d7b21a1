/** Reads what delta.ts writes: addresses of which most repeat the first twelve bytes of the one before. */
import {
  BLOCK_DELTAS,
  header,
  lengthList,
  MINIBLOCK_BYTES,
  MINIBLOCK_DELTAS,
  MINIBLOCKS,
  PREFIX_BYTES,
  TAIL_BYTES,
  VALUE_BYTES,
  WIDTH_BITS,
  ZERO_BLOCK_BYTES,
} from './delta.ts';
import { equalBytes, readVarint } from './runs.ts';
import { Scratch } from './scratch.ts';

const SCRATCH = new Scratch();

export interface Tails {
  readonly form: 'tails';
  /** Values of 16 bytes, ascending; the first value is one. */
  readonly starts: Uint32Array;
  /** The bytes of all values in order: 16 of each start, four of each other. */
  readonly suffixes: Uint8Array;
}

/**
 * Body of a data page of `count` values; undefined when it is not byte for byte what tailPieces writes. The list of prefix lengths
 * is decoded; both lists are then written anew from it and compared, so that nothing in them can mean something else.
 */
export function readTails(bytes: Uint8Array, count: number): Tails | { readonly form: 'none' } | undefined {
  if (count === 0) {
    const empty = Uint8Array.from([...header(0, 0), ...header(0, 0)]);
    return equalBytes(bytes, empty) ? { form: 'none' } : undefined;
  }
  const starts = readStarts(bytes, count);
  if (starts === undefined) return undefined;
  const lists_bytes = bytes.length - starts.length * VALUE_BYTES - (count - starts.length) * TAIL_BYTES;
  SCRATCH.reset();
  const prefixes = lengthList(count, starts, 0, PREFIX_BYTES, SCRATCH);
  const lengths = lengthList(count, starts, VALUE_BYTES, TAIL_BYTES, SCRATCH);
  if (lists_bytes !== prefixes.length + lengths.length) return undefined;
  const isSame =
    equalBytes(bytes.subarray(0, prefixes.length), prefixes) &&
    equalBytes(bytes.subarray(prefixes.length, lists_bytes), lengths);
  return isSame ? { form: 'tails', starts, suffixes: bytes.subarray(lists_bytes) } : undefined;
}

/** Values whose prefix length is 0. */
function readStarts(bytes: Uint8Array, count: number): Uint32Array | undefined {
  let at = 0;
  const head: number[] = [];
  while (head.length < 4) {
    const number = readVarint(bytes, at);
    if (number === undefined) return undefined;
    head.push(number.value);
    at = number.end;
  }
  if (head[0] !== BLOCK_DELTAS || head[1] !== MINIBLOCKS || head[2] !== count || head[3] !== 0) return undefined;
  const starts = [0];
  let length = 0;
  for (let first = 1; first < count; first += BLOCK_DELTAS) {
    const values = Math.min(BLOCK_DELTAS, count - first);
    if (bytes[at] === 0) {
      // Nothing changes: values that repeat go on repeating. Starts in a row are written out.
      if (length === 0) return undefined;
      at += ZERO_BLOCK_BYTES;
      continue;
    }
    at += ZERO_BLOCK_BYTES;
    const miniblocks_bytes = Math.ceil(values / MINIBLOCK_DELTAS) * MINIBLOCK_BYTES;
    if (at + miniblocks_bytes > bytes.length) return undefined;
    for (let index = 0; index < values; index++) {
      length += packed(bytes, at, index) - PREFIX_BYTES;
      if (length === 0) starts.push(first + index);
      else if (length !== PREFIX_BYTES) return undefined;
    }
    at += miniblocks_bytes;
  }
  return Uint32Array.from(starts);
}

/** The packed delta number `index` behind `from`, as it lies: WIDTH_BITS bits, least significant first. */
function packed(bytes: Uint8Array, from: number, index: number): number {
  const bit = index * WIDTH_BITS;
  const at = from + (bit >> 3);
  return ((bytes[at] | (bytes[at + 1] << 8)) >>> (bit & 7)) & ((1 << WIDTH_BITS) - 1);
}
