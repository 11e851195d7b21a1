/**
 * Tables that make the writer take each of its ways, and the obvious reading of the same column data to compare with.
 * For tests only.
 */

import type { Column, ColumnData, EncodeOptions, Presence } from './columns.ts';
import { encodeFooter, encodeRowGroup, fileHeader } from './parquet.ts';

/** A column with its data, once per row group. */
export type Table = readonly { readonly column: Column; readonly data: ColumnData }[];

/** A value as text, the same whichever engine read it: decimal, hex, text, Unix ms; or null. */
export type Plain = string | null;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** A small generator of 32-bit numbers, so that a table is known by its seed. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** Every type in every form; columns keep name and type whatever the arguments. Column `row` counts from `rowFrom`. */
export function everyWay(rowCount: number, seed: number, rowFrom = 0): Table {
  const random = randomOf(seed);
  const u8 = (below = 256): Uint8Array => Uint8Array.from({ length: rowCount }, () => random() % below);
  const u16 = (below = 65_536): Uint16Array => Uint16Array.from({ length: rowCount }, () => random() % below);
  const u32 = (perRow = 1): Uint32Array => Uint32Array.from({ length: rowCount * perRow }, () => random());
  const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => random());
  const times = Uint32Array.from({ length: rowCount * 2 }, (_, i) => (i % 2 === 0 ? random() : 399));
  const rows = Uint32Array.from({ length: rowCount }, (_, i) => i).filter(() => random() % 3 === 0);
  const bitmap = bytes(Math.ceil(rowCount / 8) + 1);
  const arena = bytes(4096);
  const lengths = Uint16Array.from({ length: rowCount }, () =>
    random() % 4 === 0 ? 0 : random() % (random() % 9 === 0 ? 200 : 20),
  );
  const offsets = Uint32Array.from(lengths, (length) => random() % (4097 - length));
  const words = Uint8Array.from('noroshi', (letter) => letter.charCodeAt(0));
  const letters = { kind: 'blobs', arena: words, offsets: offsets.map((o) => o % 4), lengths: u8(4) } as const;
  const texts = ['probe', '', '狼煙', 'back\u0000scatter'];
  const blobs = { kind: 'blobs', arena, offsets, lengths } as const;
  const start_ms = 1_700_000_000_000;
  return [
    table('row', 'u32', { kind: 'values', values: Uint32Array.from({ length: rowCount }, (_, i) => rowFrom + i) }),
    table('u8', 'u8', { kind: 'values', values: u8() }),
    table('u8_same', 'u8', { kind: 'values', values: new Uint8Array(rowCount + 3).fill(255) }),
    table('u8_entries', 'u8', { kind: 'dictionary', indices: u8(3), entries: [6, 17, 255] }),
    table('u16', 'u16', { kind: 'values', values: u16() }),
    table('u16_low', 'u16', { kind: 'values', values: u16(40) }),
    table('u16_same', 'u16', { kind: 'values', values: new Uint16Array(rowCount).fill(65_535) }),
    table('u32', 'u32', { kind: 'values', values: u32() }),
    table('u32_same', 'u32', { kind: 'constant', value: 0xfffffffe }),
    table('u32_entries', 'u32', { kind: 'dictionary', indices: u16(3), entries: Uint32Array.of(1, 0x80000000, 7) }),
    table('u32_narrow', 'u32', { kind: 'values', values: u8(99) }),
    table('u64', 'u64', { kind: 'values', values: u32(2) }),
    table('u64_narrow', 'u64', { kind: 'values', values: u16(1600) }),
    table('u64_narrow_same', 'u64', { kind: 'values', values: new Uint16Array(rowCount).fill(60) }),
    table('u64_same', 'u64', { kind: 'constant', value: Number.MAX_SAFE_INTEGER }),
    table('minute', 'timestamp_ms', { kind: 'dictionary', indices: u8(2), entries: [start_ms, start_ms + 60_000] }),
    table('minute_same', 'timestamp_ms', {
      kind: 'dictionary',
      indices: new Uint8Array(rowCount),
      entries: [start_ms],
    }),
    table('time', 'timestamp_ms', { kind: 'values', values: times }),
    table('src', 'fixed16', { kind: 'values', values: bytes(16 * rowCount) }),
    table('src4', 'fixed16', { kind: 'tails', prefix: bytes(12), tails: bytes(4 * rowCount) }),
    table('src4_mixed', 'fixed16', mixedTails(rowCount, bytes, random)),
    table(
      'src4_rows',
      'fixed16',
      { kind: 'tails', prefix: bytes(12), tails: bytes(4 * rowCount), present: { rows } },
      true,
    ),
    table('dst', 'fixed16', { kind: 'dictionary', indices: u16(50), entries: bytes(16 * 50) }),
    table('dst_same', 'fixed16', { kind: 'constant', value: bytes(16) }),
    table('text', 'string', { kind: 'dictionary', indices: u8(4), entries: texts }),
    table('text_blobs', 'string', letters),
    table('bytes_entries', 'bytes', { kind: 'dictionary', indices: u16(2), entries: [bytes(5), bytes(300)] }),
    table('payload', 'bytes', { ...blobs, present: { rows } }, true),
    table('payload_bits', 'bytes', { ...blobs, present: { bitmap } }, true),
    table('payload_none', 'bytes', { kind: 'constant', value: null }, true),
    table('payload_all', 'bytes', blobs, true),
    table('u8_bits', 'u8', { kind: 'values', values: u8(), present: { bitmap } }, true),
    table('u16_rows', 'u16', { kind: 'values', values: u16(), present: { rows } }, true),
    table('u32_bits', 'u32', { kind: 'values', values: u32(), present: { bitmap } }, true),
    table('u64_rows', 'u64', { kind: 'values', values: u32(2), present: { rows } }, true),
    table('net', 'fixed16', { kind: 'values', values: bytes(16 * rowCount), present: { rows } }, true),
    table('text_bits', 'string', { kind: 'dictionary', indices: u8(4), entries: texts, present: { bitmap } }, true),
    table('same_rows', 'u32', { kind: 'constant', value: 0xffffffff, present: { rows } }, true),
  ];
}

/** Tails with whole values among them: singly, in runs, and none for long stretches. */
function mixedTails(rowCount: number, bytes: (length: number) => Uint8Array, random: () => number): ColumnData {
  const isWhole = (row: number): boolean => (row >> 9) % 3 !== 1 && random() % ((row >> 7) % 4 === 0 ? 2 : 30) === 0;
  const whole = Uint32Array.from({ length: rowCount }, (_, row) => row).filter(isWhole);
  return { kind: 'tails', prefix: bytes(12), tails: bytes(4 * rowCount), whole, wholes: bytes(16 * whole.length) };
}

function table(name: string, type: Column['type'], data: ColumnData, nullable = false): Table[number] {
  return { column: { name, type, ...(nullable && { nullable }) }, data };
}

/** A whole file of these row groups, all of one schema. */
export function fileOf(
  schema: readonly Column[],
  groups: readonly { readonly table: Table; readonly rowCount: number }[],
  options: EncodeOptions = {},
  keyValue: Record<string, string> = {},
): Uint8Array<ArrayBuffer> {
  const chunks = [fileHeader()];
  let fileOffset = 4;
  const placed = groups.map(({ table: columns, rowCount }) => {
    const data = Object.fromEntries(columns.map((entry) => [entry.column.name, entry.data]));
    const group = encodeRowGroup(schema, data, rowCount, options);
    chunks.push(...group.chunks);
    fileOffset += group.byteLength;
    return { meta: group.meta, fileOffset: fileOffset - group.byteLength };
  });
  chunks.push(encodeFooter(schema, placed, keyValue, 'noroshi version 0.1.0 (build test)'));
  const file = new Uint8Array(chunks.reduce((total, chunk) => total + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    file.set(chunk, at);
    at += chunk.length;
  }
  return file;
}

/** The column's rows, read one by one. */
export function plainOf(column: Column, data: ColumnData, rowCount: number): Plain[] {
  if (data.kind === 'constant' && data.value === null) return new Array<Plain>(rowCount).fill(null);
  const isPresent = presenceOf(data.present);
  let k = 0;
  return Array.from({ length: rowCount }, (_, row) => (isPresent(row) ? plainValue(column, data, k++) : null));
}

function presenceOf(present: Presence | undefined): (row: number) => boolean {
  if (present === undefined) return () => true;
  if ('bitmap' in present) return (row) => ((present.bitmap[row >> 3] >> (row & 7)) & 1) === 1;
  const rows = new Set(present.rows);
  return (row) => rows.has(row);
}

function plainValue(column: Column, data: ColumnData, k: number): string {
  const { type } = column;
  if (data.kind === 'constant') return plainScalar(data.value as Uint8Array);
  if (data.kind === 'dictionary') {
    const index = data.indices[k];
    const { entries } = data;
    const cut = type === 'fixed16' && entries instanceof Uint8Array;
    return plainScalar(cut ? entries.subarray(16 * index, 16 * index + 16) : entries[index]);
  }
  if (data.kind === 'blobs') {
    const blob = data.arena.subarray(data.offsets[k], data.offsets[k] + data.lengths[k]);
    return type === 'string' ? String.fromCharCode(...blob) : plainScalar(blob); // ASCII in these tables
  }
  if (data.kind === 'tails') {
    const position = data.whole?.indexOf(k) ?? -1;
    if (position >= 0) return plainScalar((data.wholes as Uint8Array).subarray(16 * position, 16 * position + 16));
    return plainScalar(data.prefix) + plainScalar(data.tails.subarray(4 * k, 4 * k + 4));
  }
  const { values } = data;
  if (values.BYTES_PER_ELEMENT < 4 && type !== 'fixed16') return String(values[k]);
  if (type === 'fixed16') return plainScalar(values.subarray(16 * k, 16 * k + 16) as Uint8Array);
  if (type !== 'u64' && type !== 'timestamp_ms') return String(values[k]);
  return String((BigInt(values[2 * k + 1]) << 32n) | BigInt(values[2 * k]));
}

export function plainScalar(value: string | number | Uint8Array): string {
  if (!(value instanceof Uint8Array)) return String(value);
  let hex = '';
  for (const byte of value) hex += HEX[byte];
  return hex;
}

/** The files that every reader must read alike: what they are called, and their row groups. */
export interface FileCase {
  readonly name: string;
  readonly rowCounts: readonly number[];
  readonly options: EncodeOptions;
}

/** `codecs`: compression the reader knows besides none. */
export function fileCases(codecs: readonly NonNullable<EncodeOptions['compress']>[]): FileCase[] {
  const plain = [[], [1], [7], [8], [9], [65_537], [9, 1, 4_000, 8, 20_000]].map((rowCounts) => {
    return { name: `row groups of [${rowCounts.join()}] rows`, rowCounts, options: {} };
  });
  const short = { name: 'pages of 1 KiB', rowCounts: [5_001, 300], options: { pageBytesMax: 1024 } };
  const compressed = codecs.map((compress) => {
    return {
      name: `compressed with ${compress.codec}`,
      rowCounts: [9, 3_000],
      options: { compress, pageBytesMax: 4096 },
    };
  });
  return [...plain, short, ...compressed];
}

export interface Written {
  readonly schema: readonly Column[];
  readonly file: Uint8Array<ArrayBuffer>;
  /** By column, all row groups joined. */
  readonly expected: readonly (readonly Plain[])[];
}

/** The case's file with every way of writing, and what must be read from it. */
export function writeCase({ rowCounts, options }: FileCase): Written {
  let rowFrom = 0;
  const groups = rowCounts.map((rowCount, i) => {
    rowFrom += rowCount;
    return { rowCount, table: everyWay(rowCount, 100 + i, rowFrom - rowCount) };
  });
  const schema = everyWay(1, 0).map(({ column }) => column);
  const expected = schema.map((column, c) => {
    return groups.flatMap(({ table: columns, rowCount }) => plainOf(column, columns[c].data, rowCount));
  });
  return { schema, file: fileOf(schema, groups, options), expected };
}

/** Pages up to their full length, and u16 with all 65,536 dictionary entries: few columns, many rows. */
export function longPages(): Written {
  const rowCount = 530_001;
  const random = randomOf(7);
  const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => random());
  const present = { rows: Uint32Array.from({ length: 200_000 }, (_, i) => 2 * i + 1) };
  const lengths = Uint8Array.from({ length: 200_000 }, () => random() % 100);
  const offsets = Uint32Array.from(lengths, () => random() % 3_900);
  const columns = [
    table('row', 'u32', { kind: 'values', values: Uint32Array.from({ length: rowCount }, (_, i) => i) }),
    table('src', 'fixed16', { kind: 'values', values: bytes(16 * rowCount) }),
    table('port', 'u16', { kind: 'values', values: Uint16Array.from({ length: rowCount }, () => random()) }),
    table('payload', 'bytes', { kind: 'blobs', arena: bytes(4_000), offsets, lengths, present }, true),
  ];
  const schema = columns.map(({ column }) => column);
  const expected = columns.map(({ column, data }) => plainOf(column, data, rowCount));
  return { schema, file: fileOf(schema, [{ table: columns, rowCount }]), expected };
}

/** The first value that was not read as written, in words; undefined when all were. Faster than deepEqual, and shorter. */
export function difference(written: Written, actual: readonly (readonly unknown[])[]): string | undefined {
  for (const [i, { name }] of written.schema.entries()) {
    const expected = written.expected[i];
    const column = actual[i] ?? [];
    if (column.length !== expected.length) return `${name}: ${column.length} rows instead of ${expected.length}`;
    const row = expected.findIndex((value, k) => value !== column[k]);
    if (row >= 0) return `${name}, row ${row}: ${String(column[row])} instead of ${expected[row]}`;
  }
  return undefined;
}
