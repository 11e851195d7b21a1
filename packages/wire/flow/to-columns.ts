/**
 * Packed rows to Parquet columns. A pass per column reads one word of each row and writes one typed array, which is already the
 * page's bytes (segment/parquet.ts); names become dictionaries. Scratch arrays live as long as the converter.
 */
import { CLASSES } from '../classify/class.ts';
import { markNames } from '../classify/marks/index.ts';
import { predicateNames } from '../classify/predicates.ts';
import { V4_MAPPED_WORD } from '../net/address.ts';
import type { ColumnData } from '../segment/parquet.ts';
import { encodeUtf8 } from '../segment/utf8.ts';
import { type FlowColumn, type FlowColumnName, flowColumns } from './columns.ts';
import * as row from './row.ts';
import type { RowStore } from './row-store.ts';

/** Rows converted in one go: their words stay in the second-level cache while every column reads them. */
const BLOCK_ROWS = 1024;
/** Rows from which sums of bytes below 65,536 are worth the dictionary that lets them be written in two bytes. */
const NARROW_ROWS_MIN = 65_536;
/** `::ffff:` */
const V4_MAPPED_PREFIX = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff);
const CLASS_NAMES = CLASSES.map(({ name }) => name);

type Plain = FlowColumn & { readonly field: NonNullable<FlowColumn['field']> };
const plainColumns = flowColumns.filter((column): column is Plain => column.field !== undefined);

export class ColumnWriter {
  private rows = 0;
  private readonly plain = new Map<string, Uint8Array | Uint16Array | Uint32Array>();
  private sources = new Uint32Array(0);
  private destinations = new Uint32Array(0);
  private packets8 = new Uint8Array(0);
  private packets32 = new Uint32Array(0);
  private durations32 = new Uint32Array(0);
  private spreads16 = new Uint16Array(0);
  private bytes16 = new Uint16Array(0);
  private bytes64 = new Uint32Array(0);
  private minuteIndices = new Uint16Array(0);
  private classIndices = new Uint8Array(0);
  private payloadRows = new Uint32Array(0);
  private payloadOffsets = new Uint32Array(0);
  private payloadLengths = new Uint8Array(0);
  private readonly markSets = new BitSetDictionary(markNames);
  private readonly predicateSets = new BitSetDictionary(predicateNames);

  /**
   * The columns of all rows of `store`, for encodeRowGroup. They share memory with this writer and with the store: good until
   * the next call or the store's next change.
   */
  columns(store: RowStore): Record<FlowColumnName, ColumnData> {
    this.reserve(store.count);
    for (let from = 0; from < store.count; from += BLOCK_ROWS) {
      const to = Math.min(store.count, from + BLOCK_ROWS);
      for (const column of plainColumns) this.convert(column, store, from, to);
    }
    const columns: Record<string, ColumnData> = {};
    for (const [name, values] of this.plain) columns[name] = { kind: 'values', values };
    const special: Record<Exclude<FlowColumnName, PlainName>, ColumnData> = {
      minute: this.minutes(store),
      src: this.address(store, row.SRC, this.sources),
      dst: this.address(store, row.DST, this.destinations),
      class: this.classes(store),
      marks: this.markSets.column(store, row.MARKS_WORD),
      predicates: this.predicateSets.column(store, row.PREDICATES_WORD),
      packets: this.packets(store),
      duration_us: this.durations(store),
      client_port_spread: this.spreads(store),
      bytes: this.bytes(store),
      tcp_options_first: { kind: 'dictionary', indices: store.optionNumbers, entries: store.options.texts },
      ...quoteColumns(store),
      payload: this.payload(store),
    };
    return Object.assign(columns, special) as Record<FlowColumnName, ColumnData>;
  }

  private reserve(rows: number): void {
    if (rows <= this.rows) return;
    this.rows = rows;
    for (const { name, type } of plainColumns) {
      this.plain.set(name, type === 'u8' ? new Uint8Array(rows) : type === 'u16' ? new Uint16Array(rows) : new Uint32Array(rows));
    }
    this.sources = new Uint32Array(rows);
    this.destinations = new Uint32Array(rows);
    this.packets8 = new Uint8Array(rows);
    this.packets32 = new Uint32Array(rows);
    this.durations32 = new Uint32Array(rows);
    this.spreads16 = new Uint16Array(rows);
    this.bytes16 = new Uint16Array(rows);
    this.bytes64 = new Uint32Array(rows * 2);
    this.minuteIndices = new Uint16Array(rows);
    this.classIndices = new Uint8Array(rows);
    this.payloadRows = new Uint32Array(rows);
    this.payloadOffsets = new Uint32Array(rows);
    this.payloadLengths = new Uint8Array(rows);
  }

  private convert({ name, field }: Plain, store: RowStore, from: number, to: number): void {
    const values = this.plain.get(name)!;
    const beside = field.word === row.LENGTHS;
    const words = beside ? store.lengths : store.words;
    const stride = beside ? 1 : row.ROW_WORDS;
    const at = beside ? 0 : field.word;
    // One loop per element type keeps each of them monomorphic; the store into the array cuts to its width.
    if (values instanceof Uint8Array) take8(values, words, from, to, stride, at, field.shift);
    else if (values instanceof Uint16Array) take16(values, words, from, to, stride, at, field.shift);
    else take32(values, words, from, to, stride, at);
  }

  private minutes({ words, count, minutes }: RowStore): ColumnData {
    if (minutes.length === 1) return { kind: 'constant', value: minutes[0]! * 60_000 };
    for (let index = 0; index < count; index++) {
      this.minuteIndices[index] = words[index * row.ROW_WORDS + row.META]! & row.META_MINUTE_MASK;
    }
    return { kind: 'dictionary', indices: this.minuteIndices, entries: minutes.map((minute) => minute * 60_000) };
  }

  private classes({ words, count }: RowStore): ColumnData {
    for (let index = 0; index < count; index++) {
      const meta = words[index * row.ROW_WORDS + row.META]!;
      this.classIndices[index] = (meta >>> row.META_CLASS_SHIFT) & row.META_CLASS_MASK;
    }
    return { kind: 'dictionary', indices: this.classIndices, entries: CLASS_NAMES };
  }

  private bytes({ words, count }: RowStore): ColumnData {
    const { bytes16, bytes64 } = this;
    let above = 0;
    for (let index = 0; index < count; index++) {
      const low = words[index * row.ROW_WORDS + row.BYTES_LOW]!;
      bytes16[index] = low;
      above |= (low & ~0xffff) | words[index * row.ROW_WORDS + row.BYTES_HIGH]!;
    }
    if (above === 0 && count >= NARROW_ROWS_MIN) return { kind: 'values', values: bytes16 };
    for (let index = 0; index < count; index++) {
      bytes64[index * 2] = words[index * row.ROW_WORDS + row.BYTES_LOW]!;
      bytes64[index * 2 + 1] = words[index * row.ROW_WORDS + row.BYTES_HIGH]!;
    }
    return { kind: 'values', values: bytes64 };
  }

  private packets({ words, count }: RowStore): ColumnData {
    const { packets8, packets32 } = this;
    let above = 0;
    for (let index = 0; index < count; index++) {
      const packets = words[index * row.ROW_WORDS + row.PACKETS]!;
      packets8[index] = packets;
      packets32[index] = packets;
      above |= packets & ~0xff;
    }
    return { kind: 'values', values: above === 0 ? packets8 : packets32 };
  }

  private durations({ words, count }: RowStore): ColumnData {
    const { durations32 } = this;
    for (let index = 0, at = 0; index < count; index++, at += row.ROW_WORDS) {
      durations32[index] = words[at + row.LAST_US]! - words[at + row.FIRST_US]!;
    }
    return mostlyZero(durations32, count);
  }

  private spreads({ words, count }: RowStore): ColumnData {
    const { spreads16 } = this;
    for (let index = 0, at = row.CLIENT_PORTS; index < count; index++, at += row.ROW_WORDS) {
      spreads16[index] = (words[at]! >>> row.CLIENT_MAX_SHIFT) - (words[at]! & 0xffff);
    }
    return mostlyZero(spreads16, count);
  }

  private payload({ arena, arenaUsed, payloadAt, payloadBytes, count }: RowStore): ColumnData {
    if (arenaUsed === 0) return { kind: 'constant', value: null };
    const { payloadRows, payloadOffsets, payloadLengths } = this;
    let present = 0;
    for (let index = 0; index < count; index++) {
      if (payloadBytes[index] === 0) continue;
      payloadRows[present] = index;
      payloadOffsets[present] = payloadAt[index]!;
      payloadLengths[present] = payloadBytes[index]!;
      present++;
    }
    const rows = payloadRows.subarray(0, present);
    return { kind: 'blobs', arena, offsets: payloadOffsets, lengths: payloadLengths, present: { rows } };
  }

  /** IPv4 alone, the common case, takes 4 bytes an address; with IPv6 among them it takes 16. */
  private address(store: RowStore, word: number, tails: Uint32Array): ColumnData {
    const { words, count, addresses } = store;
    if (addresses.count === 0) {
      for (let index = 0; index < count; index++) tails[index] = bigEndian(words[index * row.ROW_WORDS + word]!);
      return { kind: 'tails', prefix: V4_MAPPED_PREFIX, tails: new Uint8Array(tails.buffer) };
    }
    const values = new Uint8Array(count * 16);
    const view = new DataView(values.buffer);
    for (let index = 0; index < count; index++) putAddress(view, index * 16, store, index, word);
    return { kind: 'values', values };
  }
}

/**
 * One byte a row where at most 255 rows differ from 0, as they do where nearly every row is a single packet: index 0 is the value
 * 0, every other row has an entry of its own.
 */
function mostlyZero(values: Uint16Array | Uint32Array, count: number): ColumnData {
  const entries = [0];
  for (let index = 0; index < count; index++) {
    if (values[index] !== 0 && entries.push(values[index]!) > 256) return { kind: 'values', values };
  }
  const indices = new Uint8Array(count);
  for (let index = 0, next = 1; index < count; index++) if (values[index] !== 0) indices[index] = next++;
  return { kind: 'dictionary', indices, entries };
}

/** The word whose bytes in memory are those of `value` in network order: segments are written on little-endian machines only. */
function bigEndian(value: number): number {
  return (value >>> 24) | ((value >>> 8) & 0xff00) | ((value << 8) & 0xff0000) | (value << 24);
}

type PlainName = Extract<(typeof import('./columns.ts').FLOW_COLUMNS)[number], { field: unknown }>['name'];
type Words = Int32Array | Uint32Array;

function take8(to: Uint8Array, words: Words, from: number, end: number, stride: number, at: number, shift: number): void {
  for (let index = from; index < end; index++) to[index] = words[index * stride + at]! >>> shift;
}

function take16(to: Uint16Array, words: Words, from: number, end: number, stride: number, at: number, shift: number): void {
  for (let index = from; index < end; index++) to[index] = words[index * stride + at]! >>> shift;
}

function take32(to: Uint32Array, words: Words, from: number, end: number, stride: number, at: number): void {
  for (let index = from; index < end; index++) to[index] = words[index * stride + at]!;
}

/** Four words of a row's source or destination into `to`. */
export function takeAddress(to: Int32Array, store: RowStore, index: number, word: number): void {
  const value = store.words[index * row.ROW_WORDS + word]!;
  if ((store.words[index * row.ROW_WORDS + row.META]! & row.META_IPV6) === 0) {
    to[0] = 0;
    to[1] = 0;
    to[2] = V4_MAPPED_WORD;
    to[3] = value;
    return;
  }
  const at = (value - 1) * 4;
  const { words } = store.addresses;
  for (let part = 0; part < 4; part++) to[part] = words[at + part]!;
}

const SCRATCH = new Int32Array(4);

function putAddress(view: DataView, at: number, store: RowStore, index: number, word: number): void {
  takeAddress(SCRATCH, store, index, word);
  view.setInt32(at, SCRATCH[0]!);
  view.setInt32(at + 4, SCRATCH[1]!);
  view.setInt32(at + 8, SCRATCH[2]!);
  view.setInt32(at + 12, SCRATCH[3]!);
}

/** The three columns of quoted victims. Most stores have none, and then they cost nothing. */
function quoteColumns(store: RowStore): { quoted_dst: ColumnData; quoted_proto: ColumnData; quoted_port: ColumnData } {
  const none = { kind: 'constant', value: 0 } as const;
  if (store.quotes.count === 0) {
    return { quoted_dst: { kind: 'constant', value: null }, quoted_proto: none, quoted_port: none };
  }
  const rows: number[] = [];
  const protocols = new Uint8Array(store.count);
  const ports = new Uint16Array(store.count);
  for (let index = 0; index < store.count; index++) {
    const number = store.words[index * row.ROW_WORDS + row.QUOTE]!;
    if (number === 0) continue;
    const last = store.quotes.words[(number - 1) * 5 + 4]!;
    rows.push(index);
    protocols[index] = last >>> 16;
    ports[index] = last;
  }
  return {
    quoted_dst: { kind: 'values', values: quotedAddresses(store, rows), present: { rows: Uint32Array.from(rows) } },
    quoted_proto: { kind: 'values', values: protocols },
    quoted_port: { kind: 'values', values: ports },
  };
}

function quotedAddresses({ words, quotes }: RowStore, rows: readonly number[]): Uint8Array {
  const addresses = new Uint8Array(rows.length * 16);
  const view = new DataView(addresses.buffer);
  for (const [position, index] of rows.entries()) {
    const at = (words[index * row.ROW_WORDS + row.QUOTE]! - 1) * 5;
    for (let part = 0; part < 4; part++) view.setInt32(position * 16 + part * 4, quotes.words[at + part]!);
  }
  return addresses;
}

/** Sets of bits as a dictionary of their names: rows have few different ones, hostile traffic could have many. */
class BitSetDictionary {
  private static readonly SLOTS = 4096;
  private readonly names: (bits: number) => string[];
  private readonly keys = new Int32Array(BitSetDictionary.SLOTS);
  private readonly values = new Int32Array(BitSetDictionary.SLOTS).fill(-1);
  private readonly known = new Map<number, number>();
  private entries: string[] = [];
  private indices = new Uint16Array(0);

  constructor(names: (bits: number) => string[]) {
    this.names = names;
  }

  column({ words, count }: RowStore, word: number): ColumnData {
    if (this.indices.length < count) this.indices = new Uint16Array(count);
    const { indices, keys, values } = this;
    this.entries = [];
    this.known.clear();
    values.fill(-1);
    for (let index = 0; index < count; index++) {
      const bits = words[index * row.ROW_WORDS + word]!;
      const slot = (bits ^ (bits >>> 12) ^ (bits >>> 24)) & (BitSetDictionary.SLOTS - 1);
      if (keys[slot] !== bits || values[slot] === -1) {
        keys[slot] = bits;
        values[slot] = this.number(bits);
        if (this.entries.length > 0xffff) return this.texts(words, count, word);
      }
      indices[index] = values[slot]!;
    }
    return { kind: 'dictionary', indices, entries: this.entries };
  }

  private number(bits: number): number {
    let number = this.known.get(bits);
    if (number === undefined) {
      number = this.entries.length;
      this.entries.push(this.names(bits).join(' '));
      this.known.set(bits, number);
    }
    return number;
  }

  /** The way out for more sets than 16 bits number: each row its own text. */
  private texts(words: Int32Array, count: number, word: number): ColumnData {
    const parts = Array.from({ length: count }, (_, index) => {
      return encodeUtf8(this.names(words[index * row.ROW_WORDS + word]!).join(' '));
    });
    const lengths = Uint32Array.from(parts, (part) => part.length);
    const offsets = new Uint32Array(count);
    let total = 0;
    for (let index = 0; index < count; index++) {
      offsets[index] = total;
      total += lengths[index]!;
    }
    const arena = new Uint8Array(total);
    for (const [index, part] of parts.entries()) arena.set(part, offsets[index]);
    return { kind: 'blobs', arena, offsets, lengths };
  }
}
