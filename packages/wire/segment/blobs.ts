/**
 * Byte strings out of an arena: the one column whose bytes are copied, because PLAIN wants each length beside its bytes.
 *
 *   u32 length   bytes   u32 length   bytes …
 */

import type { BlobsData } from './columns.ts';
import { countPresent, type Present } from './presence.ts';
import { VALUE_BYTES_MAX } from './scalars.ts';
import type { Scratch } from './scratch.ts';

/** Rows [rowFrom, rowTo) and the present values [valueFrom, valueTo) in them. */
export interface RowRange {
  readonly rowFrom: number;
  readonly rowTo: number;
  readonly valueFrom: number;
  readonly valueTo: number;
}

/**
 * Blobs up to this length are copied word by word, longer ones by `set`. Per blob of 8 … 64 bytes: words 17 ns, set with
 * its view 34 ns, single bytes 35 ns; of 64 … 256 bytes: 45, 35, 120 (V8 13.6). BigInt words (13 ns) are declined: until
 * optimised, each is an object.
 */
export const WORD_COPY_BYTES_MAX = 96;

/** The row where a page must end that holds at most `bytesMax` of the range: its end, or a multiple of eight rows on. */
export function blobRowsEnd(
  lengths: BlobsData['lengths'],
  present: Present,
  range: RowRange,
  bytesMax: number,
): number {
  const { rowFrom, rowTo, valueFrom, valueTo } = range;
  let page_bytes = (rowTo - rowFrom) / 8;
  for (let i = valueFrom; i < valueTo && page_bytes <= bytesMax; i++) page_bytes += 4 + lengths[i];
  if (page_bytes <= bytesMax) return rowTo;
  page_bytes = 0;
  for (let row = rowFrom, value = valueFrom; row < rowTo; row += 8) {
    const eightTo = value + countPresent(present, row, Math.min(row + 8, rowTo));
    page_bytes += 1;
    while (value < eightTo) page_bytes += 4 + lengths[value++];
    if (page_bytes > bytesMax && row > rowFrom) return row;
  }
  return rowTo;
}

/** The blobs [from, to) with their lengths, copied. Throws RangeError where one is too long or not in the arena. */
export function copyBlobs(
  { arena, offsets, lengths }: BlobsData,
  from: number,
  to: number,
  scratch: Scratch,
): Uint8Array {
  let total_bytes = 0;
  for (let i = from; i < to; i++) {
    if (lengths[i] > VALUE_BYTES_MAX) throw new RangeError(`blob ${i} has ${lengths[i]} bytes`);
    if (offsets[i] + lengths[i] > arena.length) throw new RangeError(`blob ${i} ends beyond the arena`);
    total_bytes += 4 + lengths[i];
  }
  // Words overshoot by up to three bytes; the next blob's length, or the slack behind the last, takes them.
  const out = scratch.take(total_bytes + 3);
  const target = new DataView(out.buffer, out.byteOffset, out.length);
  const source = new DataView(arena.buffer, arena.byteOffset, arena.length);
  let at = 0;
  for (let i = from; i < to; i++) {
    const length = lengths[i];
    const offset = offsets[i];
    target.setUint32(at, length, true);
    at += 4;
    const fewWords = length <= WORD_COPY_BYTES_MAX && offset + length + 3 <= arena.length;
    if (!fewWords) out.set(arena.subarray(offset, offset + length), at);
    else for (let k = 0; k < length; k += 4) target.setUint32(at + k, source.getUint32(offset + k, true), true);
    at += length;
  }
  return out.subarray(0, total_bytes);
}
