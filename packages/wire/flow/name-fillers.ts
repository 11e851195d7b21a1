/** Columns that files show as names or times and rows hold as numbers: dictionaries. */
import { CLASSES } from '../classify/class.ts';
import type { ColumnData } from '../segment/parquet.ts';
import { encodeUtf8 } from '../segment/utf8.ts';
import type { Filler } from './filler.ts';
import * as row from './row.ts';
import type { RowStore } from './row-store.ts';

const CLASS_NAMES = CLASSES.map(({ name }) => name);

export class MinuteFiller implements Filler {
  private indices = new Uint16Array(0);

  reserve(rows: number): void {
    this.indices = new Uint16Array(rows);
  }

  fill({ words }: RowStore, from: number, to: number): void {
    const { indices } = this;
    for (let index = from; index < to; index++) {
      indices[index] = words[index * row.ROW_WORDS + row.META] & row.META_MINUTE_MASK;
    }
  }

  data({ minutes }: RowStore): ColumnData {
    return { kind: 'dictionary', indices: this.indices, entries: minutes.map((minute) => minute * 60_000) };
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
      indices[index] = (words[index * row.ROW_WORDS + row.META] >>> row.META_CLASS_SHIFT) & row.META_CLASS_MASK;
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
  private indices = new Uint16Array(0);

  constructor(word: number, names: (bits: number) => string[]) {
    this.word = word;
    this.names = names;
  }

  reserve(rows: number): void {
    this.indices = new Uint16Array(rows);
  }

  fill({ words }: RowStore, from: number, to: number): void {
    if (from === 0) {
      this.known.clear();
      this.values.fill(-1);
    }
    const { indices, keys, values } = this;
    for (let index = from, at = from * row.ROW_WORDS + this.word; index < to; index++, at += row.ROW_WORDS) {
      const bits = words[at];
      const slot = (bits ^ (bits >>> 12) ^ (bits >>> 24)) & (CACHE_SLOTS - 1);
      if (keys[slot] !== bits || values[slot] === -1) {
        keys[slot] = bits;
        values[slot] = this.number(bits);
      }
      indices[index] = values[slot];
    }
  }

  data(store: RowStore): ColumnData {
    if (this.known.size > SETS_MAX) return this.texts(store);
    const entries = Array.from(this.known.keys(), (bits) => this.text(bits));
    return { kind: 'dictionary', indices: this.indices, entries };
  }

  private text(bits: number): string {
    return this.names(bits).join(' ');
  }

  private number(bits: number): number {
    const number = this.known.get(bits) ?? this.known.size;
    if (number === this.known.size) this.known.set(bits, number);
    return number;
  }

  /** The way out for more sets than 16 bits number: each row its own text. */
  private texts({ words, count }: RowStore): ColumnData {
    const parts = Array.from({ length: count }, (_, index) => {
      return encodeUtf8(this.text(words[index * row.ROW_WORDS + this.word]));
    });
    const lengths = Uint32Array.from(parts, (part) => part.length);
    const offsets = new Uint32Array(count);
    for (let index = 1; index < count; index++) offsets[index] = offsets[index - 1] + lengths[index - 1];
    const arena = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
    for (const [index, part] of parts.entries()) arena.set(part, offsets[index]);
    return { kind: 'blobs', arena, offsets, lengths };
  }
}
