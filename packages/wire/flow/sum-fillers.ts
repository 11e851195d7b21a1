/** Columns whose numbers are small, or 0, nearly always: they are collected narrow, and anew as they are if that did not hold. */
import type { ColumnData } from '../segment/parquet.ts';
import type { Filler } from './filler.ts';
import * as row from './row.ts';
import type { RowStore } from './row-store.ts';

// A module's own constants are part of its machine code; imported and exported ones are loaded and checked at each use.
const { BYTES_HIGH, BYTES_LOW, CLIENT_MAX_SHIFT, CLIENT_PORTS, FIRST_US, LAST_US, PACKETS, ROW_WORDS } = row;

/** Rows from which sums of bytes below 65,536 are worth the dictionary that lets them be written in two bytes. */
const NARROW_ROWS_MIN = 65_536;
/** Entries that one byte numbers. */
const ENTRIES_MAX = 256;

export class PacketsFiller implements Filler {
  private narrow = new Uint8Array(0);
  private wide = new Uint32Array(0);
  /** All bits set in a number, and all clear in one. */
  private ones = 0;
  private zeros = 0;

  reserve(rows: number): void {
    this.narrow = new Uint8Array(rows);
  }

  fill({ words }: RowStore, from: number, to: number): void {
    const { narrow } = this;
    let ones = from === 0 ? 0 : this.ones;
    let zeros = from === 0 ? 0 : this.zeros;
    for (let index = from, at = from * ROW_WORDS + PACKETS; index < to; index++, at += ROW_WORDS) {
      const packets = words[at];
      narrow[index] = packets;
      ones |= packets;
      zeros |= ~packets;
    }
    this.ones = ones;
    this.zeros = zeros;
  }

  data({ words, count }: RowStore): ColumnData {
    if ((this.ones & this.zeros) === 0) return { kind: 'constant', value: this.ones >>> 0 };
    if ((this.ones & ~0xff) === 0) return { kind: 'values', values: this.narrow };
    if (this.wide.length < count) this.wide = new Uint32Array(this.narrow.length);
    for (let index = 0; index < count; index++) this.wide[index] = words[index * ROW_WORDS + PACKETS];
    return { kind: 'values', values: this.wide };
  }
}

export class BytesFiller implements Filler {
  private narrow = new Uint16Array(0);
  private wide = new Uint32Array(0);
  private above = 0;

  reserve(rows: number): void {
    this.narrow = new Uint16Array(rows);
  }

  fill({ words }: RowStore, from: number, to: number): void {
    const { narrow } = this;
    let above = from === 0 ? 0 : this.above;
    for (let index = from, at = from * ROW_WORDS; index < to; index++, at += ROW_WORDS) {
      const low = words[at + BYTES_LOW];
      narrow[index] = low;
      above |= (low & ~0xffff) | words[at + BYTES_HIGH];
    }
    this.above = above;
  }

  data({ words, count }: RowStore): ColumnData {
    if (this.above === 0 && count >= NARROW_ROWS_MIN) return { kind: 'values', values: this.narrow };
    if (this.wide.length < count * 2) this.wide = new Uint32Array(this.narrow.length * 2);
    const { wide } = this;
    for (let index = 0, at = 0; index < count; index++, at += ROW_WORDS) {
      wide[index * 2] = words[at + BYTES_LOW];
      wide[index * 2 + 1] = words[at + BYTES_HIGH];
    }
    return { kind: 'values', values: wide };
  }
}

/**
 * A difference that is 0 for rows of one packet. One byte a row while at most 255 rows differ from 0: index 0 is the value 0, every
 * other row has an entry of its own.
 */
abstract class SpreadFiller implements Filler {
  private values: Uint16Array | Uint32Array = new Uint32Array(0);
  private indices = new Uint8Array(0);
  private entries: number[] = [0];
  /** Rows that have an entry: the only indices that are not 0. */
  private readonly rows: number[] = [];

  reserve(rows: number): void {
    this.indices = new Uint8Array(rows);
    this.rows.length = 0;
  }

  fill({ words }: RowStore, from: number, to: number): void {
    if (from === 0) this.forget();
    if (this.entries.length > ENTRIES_MAX || !this.differ(words, from, to)) return;
    const { indices, entries, rows } = this;
    for (let index = from; index < to && entries.length <= ENTRIES_MAX; index++) {
      const value = this.valueOf(words, index * ROW_WORDS);
      if (value === 0) continue;
      indices[index] = entries.length;
      entries.push(value);
      rows.push(index);
    }
  }

  data({ words, count }: RowStore): ColumnData {
    const { indices, entries } = this;
    if (entries.length === 1) return { kind: 'constant', value: 0 };
    if (entries.length <= ENTRIES_MAX) return { kind: 'dictionary', indices, entries };
    if (this.values.length < count) this.values = this.arrayOf(indices.length);
    this.take(this.values, words, count);
    return { kind: 'values', values: this.values };
  }

  private forget(): void {
    for (const index of this.rows) this.indices[index] = 0;
    this.rows.length = 0;
    this.entries = [0];
  }

  protected abstract arrayOf(rows: number): Uint16Array | Uint32Array;
  /** Whether a row from `from` to `end` has another value than 0. */
  protected abstract differ(words: Int32Array, from: number, end: number): boolean;
  protected abstract take(to: Uint16Array | Uint32Array, words: Int32Array, end: number): void;
  /** Of the row at `at`. */
  protected abstract valueOf(words: Int32Array, at: number): number;
}

export class DurationFiller extends SpreadFiller {
  protected override arrayOf(rows: number): Uint32Array {
    return new Uint32Array(rows);
  }

  protected override differ(words: Int32Array, from: number, end: number): boolean {
    let different = 0;
    for (let index = from, at = from * ROW_WORDS; index < end; index++, at += ROW_WORDS) {
      different |= words[at + LAST_US] ^ words[at + FIRST_US];
    }
    return different !== 0;
  }

  protected override take(to: Uint32Array, words: Int32Array, end: number): void {
    for (let index = 0; index < end; index++) to[index] = this.valueOf(words, index * ROW_WORDS);
  }

  protected override valueOf(words: Int32Array, at: number): number {
    return words[at + LAST_US] - words[at + FIRST_US];
  }
}

export class PortSpreadFiller extends SpreadFiller {
  protected override arrayOf(rows: number): Uint16Array {
    return new Uint16Array(rows);
  }

  protected override differ(words: Int32Array, from: number, end: number): boolean {
    let different = 0;
    for (let index = from, at = from * ROW_WORDS + CLIENT_PORTS; index < end; index++, at += ROW_WORDS) {
      different |= (words[at] ^ (words[at] >>> CLIENT_MAX_SHIFT)) & 0xffff;
    }
    return different !== 0;
  }

  protected override take(to: Uint16Array, words: Int32Array, end: number): void {
    for (let index = 0; index < end; index++) to[index] = this.valueOf(words, index * ROW_WORDS);
  }

  protected override valueOf(words: Int32Array, at: number): number {
    return (words[at + CLIENT_PORTS] >>> CLIENT_MAX_SHIFT) - (words[at + CLIENT_PORTS] & 0xffff);
  }
}
