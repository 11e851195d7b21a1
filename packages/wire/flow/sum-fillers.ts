/** Columns whose numbers are small nearly always: they are collected wide and narrow, and the narrow array is written if it held. */
import type { ColumnData } from '../segment/parquet.ts';
import type { Filler } from './filler.ts';
import * as row from './row.ts';
import type { RowStore } from './row-store.ts';

/** Rows from which sums of bytes below 65,536 are worth the dictionary that lets them be written in two bytes. */
const NARROW_ROWS_MIN = 65_536;
/** Entries that one byte numbers. */
const ENTRIES_MAX = 256;

export class PacketsFiller implements Filler {
  private narrow = new Uint8Array(0);
  private wide = new Uint32Array(0);
  private above = 0;

  reserve(rows: number): void {
    this.narrow = new Uint8Array(rows);
    this.wide = new Uint32Array(rows);
  }

  fill({ words }: RowStore, from: number, to: number): void {
    const { narrow, wide } = this;
    let above = from === 0 ? 0 : this.above;
    for (let index = from, at = from * row.ROW_WORDS + row.PACKETS; index < to; index++, at += row.ROW_WORDS) {
      const packets = words[at];
      narrow[index] = packets;
      wide[index] = packets;
      above |= packets & ~0xff;
    }
    this.above = above;
  }

  data(): ColumnData {
    return { kind: 'values', values: this.above === 0 ? this.narrow : this.wide };
  }
}

export class BytesFiller implements Filler {
  private narrow = new Uint16Array(0);
  private wide = new Uint32Array(0);
  private above = 0;

  reserve(rows: number): void {
    this.narrow = new Uint16Array(rows);
    this.wide = new Uint32Array(rows * 2);
  }

  fill({ words }: RowStore, from: number, to: number): void {
    const { narrow, wide } = this;
    let above = from === 0 ? 0 : this.above;
    for (let index = from, at = from * row.ROW_WORDS; index < to; index++, at += row.ROW_WORDS) {
      const low = words[at + row.BYTES_LOW];
      const high = words[at + row.BYTES_HIGH];
      narrow[index] = low;
      wide[index * 2] = low;
      wide[index * 2 + 1] = high;
      above |= (low & ~0xffff) | high;
    }
    this.above = above;
  }

  data({ count }: RowStore): ColumnData {
    return { kind: 'values', values: this.above === 0 && count >= NARROW_ROWS_MIN ? this.narrow : this.wide };
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

  reserve(rows: number): void {
    this.values = this.arrayOf(rows);
    this.indices = new Uint8Array(rows);
  }

  fill({ words }: RowStore, from: number, to: number): void {
    if (from === 0) this.entries = [0];
    const { values, indices, entries } = this;
    this.take(values, words, from, to);
    for (let index = from; index < to; index++) {
      indices[index] = 0;
      if (values[index] === 0 || entries.length > ENTRIES_MAX) continue;
      indices[index] = entries.length;
      entries.push(values[index]);
    }
  }

  data(): ColumnData {
    const { values, indices, entries } = this;
    return entries.length > ENTRIES_MAX ? { kind: 'values', values } : { kind: 'dictionary', indices, entries };
  }

  protected abstract arrayOf(rows: number): Uint16Array | Uint32Array;
  protected abstract take(to: Uint16Array | Uint32Array, words: Int32Array, from: number, end: number): void;
}

export class DurationFiller extends SpreadFiller {
  protected override arrayOf(rows: number): Uint32Array {
    return new Uint32Array(rows);
  }

  protected override take(to: Uint32Array, words: Int32Array, from: number, end: number): void {
    for (let index = from, at = from * row.ROW_WORDS; index < end; index++, at += row.ROW_WORDS) {
      to[index] = words[at + row.LAST_US] - words[at + row.FIRST_US];
    }
  }
}

export class PortSpreadFiller extends SpreadFiller {
  protected override arrayOf(rows: number): Uint16Array {
    return new Uint16Array(rows);
  }

  protected override take(to: Uint16Array, words: Int32Array, from: number, end: number): void {
    for (let index = from, at = from * row.ROW_WORDS + row.CLIENT_PORTS; index < end; index++, at += row.ROW_WORDS) {
      to[index] = (words[at] >>> row.CLIENT_MAX_SHIFT) - (words[at] & 0xffff);
    }
  }
}
