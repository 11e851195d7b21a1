/**
 * Which rows hold a value, as Parquet's definition levels: 1 bit per row, least significant bit first.
 *
 *   u32 length of the runs   one run: all present (1), all absent (0), or packed = a slice of the bitmap as it lies
 *
 * Pages begin at multiples of eight rows, so that a page's levels are whole bytes of the bitmap.
 */

import type { Presence } from './columns.ts';
import { equalRun, packedRunHeader } from './runs.ts';
import { u32Bytes } from './scalars.ts';
import type { Scratch } from './scratch.ts';

/** Rows with a value: every row, no row, or those whose bit is set. */
export type Present = 'all' | 'none' | Uint8Array;

/** Throws RangeError when the rows do not ascend below `rowCount` or the bitmap is too short. */
export function toPresent(presence: Presence, rowCount: number, scratch: Scratch): Present {
  const bitmap = 'bitmap' in presence ? presence.bitmap : bitmapOf(presence.rows, rowCount, scratch);
  if (bitmap.length < Math.ceil(rowCount / 8)) throw new RangeError(`the bitmap is shorter than ${rowCount} rows`);
  const count = countBits(bitmap, 0, rowCount);
  return count === rowCount ? 'all' : count === 0 ? 'none' : bitmap;
}

/** Present rows among rows [from, to); `from` a multiple of 8. */
export function countPresent(present: Present, from: number, to: number): number {
  if (present === 'all') return to - from;
  return present === 'none' ? 0 : countBits(present, from, to);
}

/** The definition levels of rows [from, to) with their length in front; a view on the bitmap where there is one. */
export function levelPieces(present: Present, from: number, to: number): Uint8Array[] {
  const rows = to - from;
  if (typeof present === 'string') {
    const run = equalRun(rows, present === 'all' ? 1 : 0);
    return [u32Bytes(run.length), run];
  }
  const head = Uint8Array.from(packedRunHeader(rows));
  const bits = present.subarray(from >> 3, (to + 7) >> 3);
  return [u32Bytes(head.length + bits.length), head, bits];
}

function bitmapOf(rows: Uint32Array, rowCount: number, scratch: Scratch): Uint8Array {
  const bitmap = scratch.take(Math.ceil(rowCount / 8)).fill(0);
  let previous = -1;
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index];
    if (row <= previous || row >= rowCount) throw new RangeError(`row ${row} of ${rowCount} follows row ${previous}`);
    bitmap[row >> 3] |= 1 << (row & 7);
    previous = row;
  }
  return bitmap;
}

/** Bits set among [from, to); `from` a multiple of 8. Bits beyond `to` are not looked at. */
function countBits(bitmap: Uint8Array, from: number, to: number): number {
  let count = 0;
  const wholeBytes = to >> 3;
  for (let i = from >> 3; i < wholeBytes; i++) count += onesOf(bitmap[i]);
  return to & 7 ? count + onesOf(bitmap[wholeBytes] & ((1 << (to & 7)) - 1)) : count;
}

/** Bits set in one byte. */
export function onesOf(byte: number): number {
  const pairs = byte - ((byte >> 1) & 0x55);
  const fours = (pairs & 0x33) + ((pairs >> 2) & 0x33);
  return (fours + (fours >> 4)) & 15;
}
