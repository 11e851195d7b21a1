/** Columns that files show as names or times and rows hold as numbers: dictionaries. */
import { CLASSES } from '../classify/class.ts';
import type { ColumnData } from '../segment/parquet.ts';
import { encodeUtf8 } from '../segment/utf8.ts';
import type { Filler } from './filler.ts';
import * as row from './row.ts';
import type { RowStore } from './row-store.ts';

// A module's own constants are part of its machine code; imported and exported ones are loaded and checked at each use.
const { META, META_CLASS_MASK, META_CLASS_SHIFT, META_MINUTE_MASK, ROW_WORDS } = row;

/** Entries that one byte numbers. */
const NARROW_ENTRIES_MAX = 256;
const CLASS_NAMES = CLASSES.map(({ name }) => name);

export class MinuteFiller implements Filler {
  private narrow = new Uint8Array(0);
  private wide = new Uint16Array(0);

  reserve(rows: number): void {
    this.narrow = new Uint8Array(rows);
  }

  fill({ words }: RowStore, from: number, to: number): void {
    const { narrow } = this;
    for (let index = from; index < to; index++) narrow[index] = words[index * ROW_WORDS + META] & META_MINUTE_MASK;
  }

  data(store: RowStore): ColumnData {
    const indices = store.minutes.length > NARROW_ENTRIES_MAX ? this.numbers(store) : this.narrow;
    return { kind: 'dictionary', indices, entries: store.minutes.map((minute) => minute * 60_000) };
  }

  private numbers({ words, count }: RowStore): Uint16Array {
    if (this.wide.length < count) this.wide = new Uint16Array(this.narrow.length);
    for (let index = 0; index < count; index++) this.wide[index] = words[index * ROW_WORDS + META] & META_MINUTE_MASK;
    return this.wide;
  }
}

export class ClassFiller implements Filler {
  private indices = new Uint8Array(0);

  reserve(rows: number): void {
    this.indices = new Uint8Array(rows);
  }

  fill({ words }: RowStore, from: number, to: number): void {
    const { indices } = this;
    for (let index = from; index < to; index++) {
      indices[index] = (words[index * ROW_WORDS + META] >>> META_CLASS_SHIFT) & META_CLASS_MASK;
    }
  }

  data(): ColumnData {
    return { kind: 'dictionary', indices: this.indices, entries: CLASS_NAMES };
  }
}

const CACHE_SLOTS = 4096;
const SETS_MAX = 65_536;

/** Sets of bits as their names: rows have few different ones, hostile traffic could have many. */
export class BitSetFiller implements Filler {
  private readonly word: number;
  private readonly names: (bits: number) => string[];
  private readonly keys = new Int32Array(CACHE_SLOTS);
  private readonly values = new Int32Array(CACHE_SLOTS).fill(-1);
  private readonly known = new Map<number, number>();
  /** One byte a row, and two once there are more sets than it numbers. */
  private narrow = new Uint8Array(0);
  private wide = new Uint16Array(0);

  constructor(word: number, names: (bits: number) => string[]) {
    this.word = word;
    this.names = names;
  }

  reserve(rows: number): void {
    this.narrow = new Uint8Array(rows);
  }

  fill({ words }: RowStore, from: number, to: number): void {
    if (from === 0) {
      this.known.clear();
      this.values.fill(-1);
    }
    const { narrow, word } = this;
    let before = words[from * ROW_WORDS + word];
    let number = this.number(before);
    for (let index = from, at = from * ROW_WORDS + word; index < to; index++, at += ROW_WORDS) {
      const bits = words[at];
      if (bits !== before) {
        before = bits;
        number = this.number(bits);
      }
      narrow[index] = number;
    }
  }

  data(store: RowStore): ColumnData {
    const { known, narrow } = this;
    if (known.size > SETS_MAX) return this.texts(store);
    const entries = Array.from(known.keys(), (bits) => this.text(bits));
    return { kind: 'dictionary', indices: known.size > NARROW_ENTRIES_MAX ? this.numbers(store) : narrow, entries };
  }

  private text(bits: number): string {
    return this.names(bits).join(' ');
  }

  private number(bits: number): number {
    const { keys, values } = this;
    const slot = (bits ^ (bits >>> 12) ^ (bits >>> 24)) & (CACHE_SLOTS - 1);
    if (keys[slot] !== bits || values[slot] === -1) {
      keys[slot] = bits;
      values[slot] = this.known.get(bits) ?? this.known.size;
      if (values[slot] === this.known.size) this.known.set(bits, values[slot]);
    }
    return values[slot];
  }

  private numbers({ words, count }: RowStore): Uint16Array {
    if (this.wide.length < count) this.wide = new Uint16Array(this.narrow.length);
    const { wide } = this;
    for (let index = 0; index < count; index++) wide[index] = this.number(words[index * ROW_WORDS + this.word]);
    return wide;
  }

  /** The way out for more sets than 16 bits number: each row its own text. */
  private texts({ words, count }: RowStore): ColumnData {
    const parts = Array.from({ length: count }, (_, index) => {
      return encodeUtf8(this.text(words[index * ROW_WORDS + this.word]));
    });
    const lengths = Uint32Array.from(parts, (part) => part.length);
    const offsets = new Uint32Array(count);
    for (let index = 1; index < count; index++) offsets[index] = offsets[index - 1] + lengths[index - 1];
    const arena = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
    for (const [index, part] of parts.entries()) arena.set(part, offsets[index]);
    return { kind: 'blobs', arena, offsets, lengths };
  }
}
