/**
 * A column in the making. Rows are read block by block while their words are in the cache, every column taking its part of a
 * block before the next: a pass of its own for each column would fetch all rows from memory thirty times.
 */
import type { ColumnData } from '../segment/parquet.ts';
import * as row from './row.ts';
import type { RowStore } from './row-store.ts';

// A module's own constants are part of its machine code; imported and exported ones are loaded and checked at each use.
const { LENGTHS, ROW_WORDS } = row;

export interface Filler {
  /** Makes room for so many rows. */
  reserve(rows: number): void;
  /** Takes rows `from` … `to` - 1. Called in order, from row 0 on. */
  fill(store: RowStore, from: number, to: number): void;
  /** The column of all rows taken; shares memory with the filler and the store. */
  data(store: RowStore): ColumnData;
}

/** A bit field of the row, or of the array of lengths beside it, in the width of its type. */
export class FieldFiller implements Filler {
  private values: Uint8Array | Uint16Array | Uint32Array;
  private readonly type: 'u8' | 'u16' | 'u32';
  private readonly beside: boolean;
  private readonly at: number;
  private readonly stride: number;
  private readonly shift: number;

  constructor(type: 'u8' | 'u16' | 'u32', word: number, shift: number) {
    this.type = type;
    this.beside = word === LENGTHS;
    this.at = this.beside ? 0 : word;
    this.stride = this.beside ? 1 : ROW_WORDS;
    this.shift = shift;
    this.values = arrayOf(type, 0);
  }

  reserve(rows: number): void {
    this.values = arrayOf(this.type, rows);
  }

  fill(store: RowStore, from: number, to: number): void {
    const { values } = this;
    const words = this.beside ? store.lengths : store.words;
    // One loop per element type keeps each of them monomorphic; the store into the array cuts to its width.
    if (values instanceof Uint8Array) this.take8(values, words, from, to);
    else if (values instanceof Uint16Array) this.take16(values, words, from, to);
    else this.take32(values, words, from, to);
  }

  data(): ColumnData {
    return { kind: 'values', values: this.values };
  }

  private take8(to: Uint8Array, words: Int32Array, from: number, end: number): void {
    const { stride, at, shift } = this;
    for (let index = from; index < end; index++) to[index] = words[index * stride + at] >>> shift;
  }

  private take16(to: Uint16Array, words: Int32Array, from: number, end: number): void {
    const { stride, at, shift } = this;
    for (let index = from; index < end; index++) to[index] = words[index * stride + at] >>> shift;
  }

  private take32(to: Uint32Array, words: Int32Array, from: number, end: number): void {
    const { stride, at } = this;
    for (let index = from; index < end; index++) to[index] = words[index * stride + at];
  }
}

function arrayOf(type: 'u8' | 'u16' | 'u32', length: number): Uint8Array | Uint16Array | Uint32Array {
  if (type === 'u8') return new Uint8Array(length);
  return type === 'u16' ? new Uint16Array(length) : new Uint32Array(length);
}
