/** The writer against hyparquet, against its own promises (views, bounds, checksums) and against misuse. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32, gunzipSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { parquetReadObjects } from 'hyparquet';
import { WORD_COPY_BYTES_MAX } from './blobs.ts';
import {
  type Column,
  type ColumnData,
  type ColumnType,
  encodeRowGroup,
  joinChunks,
  type EncodeOptions,
  type Entries,
  PAGE_BYTES_MAX,
} from './parquet.ts';
import {
  difference,
  everyWay,
  fileCases,
  fileOf,
  type Plain,
  plainOf,
  plainScalar,
  type Written,
  writeCase,
} from './testing.ts';
import { ROWS_MAX } from './row-group.ts';
import { BOUND_BYTES_MAX, BOUNDED_ENTRIES_MAX } from './scalars.ts';
import { readThrift, type ThriftStruct } from './thrift.ts';

async function readAll({ schema, file }: Pick<Written, 'schema' | 'file'>): Promise<Plain[][]> {
  const compressors = { GZIP: (bytes: Uint8Array) => new Uint8Array(gunzipSync(bytes)) };
  const rows = await parquetReadObjects({ file: file.buffer, compressors, utf8: false });
  return schema.map(({ name }) => rows.map((row) => asText(row[name])));
}

function asText(value: unknown): Plain {
  if (value === null || value === undefined) return null;
  return value instanceof Date ? String(value.getTime()) : plainScalar(value as number);
}

for (const fileCase of fileCases([{ codec: 'GZIP', fn: (bytes) => gzipSync(bytes) }])) {
  test(`hyparquet reads every value of ${fileCase.name}`, async () => {
    const written = writeCase(fileCase);
    assert.equal(difference(written, await readAll(written)), undefined);
  });
}

function single(type: ColumnType, data: ColumnData, rowCount: number, nullable = false): Written {
  const column: Column = { name: 'x', type, ...(nullable && { nullable }) };
  const file = fileOf([column], [{ table: [{ column, data }], rowCount }]);
  return { schema: [column], file, expected: [plainOf(column, data, rowCount)] };
}

async function check(written: Written): Promise<void> {
  assert.equal(difference(written, await readAll(written)), undefined);
}

test('encodeRowGroup writes any blobs in any rows as they are', async () => {
  const blobs = fc.array(fc.option(fc.uint8Array({ maxLength: 2 * WORD_COPY_BYTES_MAX })), {
    minLength: 1,
    maxLength: 40,
  });
  await fc.assert(
    fc.asyncProperty(blobs, async (values) => {
      const given = values.filter((value) => value !== null);
      const arena = Uint8Array.from(given.flatMap((value) => [...value]));
      const lengths = Uint32Array.from(given, (value) => value.length);
      let end = 0;
      const offsets = lengths.map((length) => (end += length) - length);
      const rows = Uint32Array.from([...values.keys()].filter((row) => values[row] !== null));
      const written = single(
        'bytes',
        { kind: 'blobs', arena, offsets, lengths, present: { rows } },
        values.length,
        true,
      );
      assert.deepEqual(
        written.expected[0],
        values.map((value) => value && plainScalar(value)),
      );
      await check(written);
    }),
  );
});

test('encodeRowGroup writes any u8, u16 and u32 values as they are', async () => {
  const values = fc.oneof(
    fc.uint8Array({ minLength: 1 }),
    fc.uint16Array({ minLength: 1 }),
    fc.uint32Array({ minLength: 1 }),
  );
  await fc.assert(
    fc.asyncProperty(values, async (array) => {
      const type = ({ 1: 'u8', 2: 'u16', 4: 'u32' } as const)[array.BYTES_PER_ELEMENT as 1];
      await check(single(type, { kind: 'values', values: array }, array.length));
    }),
  );
});

test('encodeRowGroup reads typed arrays that do not begin with their buffer', async () => {
  const values = Uint16Array.from({ length: 40 }, (_, i) => i * 1_600).subarray(11, 31);
  await check(single('u16', { kind: 'values', values }, 19));
  await check(single('u8', { kind: 'dictionary', indices: Uint8Array.of(9, 0, 1, 0).subarray(1), entries: [3, 4] }, 3));
  const arena = Uint8Array.of(9, 9, 1, 2, 3).subarray(2);
  await check(
    single('bytes', { kind: 'blobs', arena, offsets: Uint32Array.of(0, 1), lengths: Uint8Array.of(1, 2) }, 2),
  );
});

test('encodeRowGroup takes addresses of a dictionary in one array or in several', async () => {
  const addresses = [new Uint8Array(16).fill(1), new Uint8Array(16).fill(2)];
  for (const picks of [Uint8Array.of(1, 1), Uint8Array.of(0, 1)]) {
    const several = single('fixed16', { kind: 'dictionary', indices: picks, entries: addresses }, 2);
    const entries = Uint8Array.from(addresses.flatMap((address) => [...address]));
    assert.deepEqual(several.file, single('fixed16', { kind: 'dictionary', indices: picks, entries }, 2).file);
    assert.deepEqual(await readAll(several), [Array.from(picks, (pick) => plainScalar(addresses[pick]))]);
  }
});

for (const rowCount of [131_071, 131_072, 131_073]) {
  test(`encodeRowGroup writes ${rowCount} u16 values, where the full dictionary begins to pay`, async () => {
    const wide = Uint16Array.from({ length: rowCount }, (_, i) => 65_535 - i);
    await check(single('u16', { kind: 'values', values: wide }, rowCount));
    const low = wide.map((value) => value % 1_000);
    await check(single('u16', { kind: 'values', values: low }, rowCount));
  });
}

interface Page {
  readonly head: ThriftStruct;
  readonly body: Uint8Array;
}

/** The pages of a row group, as a reader walks them. */
function pagesOf(bytes: Uint8Array): Page[] {
  const pages: Page[] = [];
  for (let at = 0; at < bytes.length; ) {
    const head = readThrift(bytes, at);
    assert.ok(head.ok);
    const end = head.end + Number(head.value.get(3));
    pages.push({ head: head.value, body: bytes.subarray(head.end, end) });
    at = end;
  }
  return pages;
}

function encodeEveryWay(rowCount: number, options: EncodeOptions) {
  const table = everyWay(rowCount, 1);
  const columns = Object.fromEntries(table.map(({ column, data }) => [column.name, data]));
  return encodeRowGroup(
    table.map(({ column }) => column),
    columns,
    rowCount,
    options,
  );
}

for (const compress of [undefined, { codec: 'GZIP', fn: (bytes: Uint8Array) => gzipSync(bytes) } as const]) {
  test(`encodeRowGroup gives every ${compress?.codec ?? 'plain'} page its CRC-32 and the right sizes`, () => {
    const group = encodeEveryWay(3_001, { crc32, pageBytesMax: 2048, ...(compress && { compress }) });
    const bytes = joinChunks(group);
    assert.equal(bytes.length, group.byteLength);
    const pages = pagesOf(bytes);
    assert.ok(pages.length > 100);
    for (const { head, body } of pages) {
      assert.equal(head.get(4), crc32(body) | 0);
      assert.equal(head.get(2), compress ? gunzipSync(body).length : body.length);
      if (head.get(1) === 0) assert.ok(Number(head.get(2)) <= 2048);
    }
  });
}

test('encodeRowGroup keeps pages within PAGE_BYTES_MAX', () => {
  const rowCount = 600_000;
  const arena = Uint8Array.from({ length: 300 }, (_, i) => i);
  const blobs = {
    arena,
    offsets: new Uint32Array(rowCount).map((_, i) => i % 250),
    lengths: new Uint8Array(rowCount).fill(50),
  };
  const data: ColumnData = { kind: 'blobs', ...blobs };
  const group = encodeRowGroup([{ name: 'x', type: 'bytes', nullable: true }], { x: data }, rowCount);
  const sizes = pagesOf(joinChunks(group)).map(({ body }) => body.length);
  assert.equal(sizes.length, Math.ceil((rowCount * 54) / PAGE_BYTES_MAX));
  assert.ok(Math.max(...sizes) <= PAGE_BYTES_MAX && sizes[0] > PAGE_BYTES_MAX * 0.99);
});

test('encodeRowGroup hands out views on the columns, not copies', () => {
  const values = Uint8Array.from({ length: 1_000 }, (_, i) => i);
  const words = Uint32Array.from(values);
  const schema: Column[] = [
    { name: 'a', type: 'u8' },
    { name: 'b', type: 'u32' },
  ];
  const columns = { a: { kind: 'values', values }, b: { kind: 'values', values: words } } as const;
  const { chunks } = encodeRowGroup(schema, columns, values.length);
  assert.ok(chunks.some((chunk) => chunk.buffer === values.buffer && chunk.length === 1_000));
  assert.ok(chunks.some((chunk) => chunk.buffer === words.buffer && chunk.length === 4_000));
});

test('encodeRowGroup gives meta that survives structuredClone', () => {
  const { meta } = encodeEveryWay(9, {});
  assert.deepEqual(structuredClone(meta), meta);
});

function statisticsOf(type: ColumnType, data: ColumnData, rowCount: number) {
  return encodeRowGroup([{ name: 'x', type, nullable: 'present' in data }], { x: data }, rowCount).meta.columns[0]
    .statistics;
}

test('encodeRowGroup gives exact bounds of columns that are all equal', () => {
  const top = Uint8Array.of(0, 0, 0, 0x80);
  const values = new Uint32Array(5).fill(0x80000000);
  assert.deepEqual(statisticsOf('u32', { kind: 'values', values }, 5), {
    nullCount: 0,
    min: top,
    max: top,
    exact: true,
  });
  const present = { bitmap: Uint8Array.of(0b10101) };
  const nullable = statisticsOf('u32', { kind: 'constant', value: 0x80000000, present }, 5);
  assert.deepEqual(nullable, { nullCount: 2, min: top, max: top, exact: true });
  assert.deepEqual(statisticsOf('u32', { kind: 'values', values: Uint32Array.of(1, 2) }, 2), { nullCount: 0 });
});

test('encodeRowGroup gives bounds of dictionaries: unsigned, signed for timestamps, bytes from the left', () => {
  const bounds = (type: ColumnType, entries: Entries): string => {
    const indices = Uint8Array.of(0, 1, 0);
    const { min, max, exact } = statisticsOf(type, { kind: 'dictionary', indices, entries }, 3);
    assert.equal(exact, min && false);
    return `${min && plainScalar(min)} ${max && plainScalar(max)}`;
  };
  assert.equal(bounds('u32', [0x80000000, 1]), '01000000 00000080');
  assert.equal(bounds('timestamp_ms', [-1, 1, 0]), 'ffffffffffffffff 0100000000000000');
  assert.equal(bounds('string', ['ab', 'a', '狼']), '61 e78bbc');
  const low = new Uint8Array(16).fill(1);
  assert.equal(bounds('fixed16', Uint8Array.of(...low.fill(200, 15), ...low.fill(3, 15))).slice(30, 32), '03');
  const long = 'x'.repeat(BOUND_BYTES_MAX);
  assert.equal(bounds('string', [long, 'y']), `${'78'.repeat(BOUND_BYTES_MAX)} 79`);
  assert.equal(bounds('string', [`${long}x`, 'y']), 'undefined undefined');
  const many = Array.from({ length: BOUNDED_ENTRIES_MAX }, (_, i) => i);
  assert.equal(bounds('u16', many), '00000000 ff030000');
  assert.equal(bounds('u16', [...many, 0]), 'undefined undefined');
});

const one = { kind: 'values', values: Uint8Array.of(1) } as const;
const blob = {
  kind: 'blobs',
  arena: new Uint8Array(4),
  offsets: Uint32Array.of(2),
  lengths: Uint8Array.of(3),
} as const;
const indices = Uint8Array.of(1, 0);
const MISUSE: readonly [string, ColumnType, ColumnData, number, RegExp][] = [
  ['values of another type', 'u16', one, 1, /column x: a Uint8Array does not fit u16/],
  ['too few values', 'u8', one, 2, /column x: 1 elements are fewer than 2/],
  ['half an address', 'fixed16', one, 1, /1 elements are fewer than 16/],
  ['presence where nothing is nullable', 'u8', { ...one, present: { rows: Uint32Array.of(0) } }, 1, /not nullable/],
  ['null where nothing is nullable', 'u8', { kind: 'constant', value: null }, 1, /not nullable/],
  ['a blob beyond the arena', 'bytes', blob, 1, /blob 0 ends beyond the arena/],
  ['blobs as numbers', 'u8', blob, 1, /blobs do not fit u8/],
  ['fewer blobs than rows', 'bytes', blob, 2, /1 blobs are fewer than 2 values/],
  ['a number too large', 'u8', { kind: 'constant', value: 256 }, 1, /the value 256 does not fit u8/],
  ['a fraction', 'u32', { kind: 'constant', value: 0.5 }, 1, /does not fit u32/],
  ['a number as text', 'string', { kind: 'constant', value: 7 }, 1, /the value 7 does not fit string/],
  ['text as bytes', 'bytes', { kind: 'constant', value: 'x' }, 1, /does not fit bytes/],
  ['an address of 4 bytes', 'fixed16', { kind: 'constant', value: new Uint8Array(4) }, 1, /4 bytes/],
  [
    'an index without address',
    'fixed16',
    { kind: 'dictionary', indices, entries: new Uint8Array(16) },
    1,
    /no entry 1/,
  ],
  [
    'an index without entry',
    'u8',
    { kind: 'dictionary', indices: indices.subarray(0, 1), entries: [7] },
    1,
    /no entry 1/,
  ],
  ['too few indices', 'u8', { kind: 'dictionary', indices, entries: [7, 8] }, 3, /2 indices are fewer than 3/],
  ['more rows than ROWS_MAX', 'u8', one, ROWS_MAX + 1, /1073741825 rows/],
  ['no rows', 'u8', one, 0, /Cannot encode a row group: 0 rows/],
  ['a fraction of a row', 'u8', one, 0.5, /0.5 rows/],
];

for (const [name, type, data, rowCount, message] of MISUSE) {
  test(`encodeRowGroup refuses ${name}`, () => {
    assert.throws(() => encodeRowGroup([{ name: 'x', type }], { x: data }, rowCount), { name: 'RangeError', message });
  });
}

test('encodeRowGroup refuses rows out of order, a short bitmap, unknown columns and pages out of bounds', () => {
  const schema: Column[] = [{ name: 'x', type: 'u8', nullable: true }];
  const values = new Uint8Array(20);
  const encode = (present: { rows: Uint32Array } | { bitmap: Uint8Array }) =>
    encodeRowGroup(schema, { x: { kind: 'values', values, present } }, 9);
  assert.throws(() => encode({ rows: Uint32Array.of(3, 3) }), /row 3 of 9 follows row 3/);
  assert.throws(() => encode({ rows: Uint32Array.of(9) }), /row 9 of 9/);
  assert.throws(() => encode({ bitmap: Uint8Array.of(1) }), /shorter than 9 rows/);
  assert.throws(() => encodeRowGroup(schema, { y: one }, 1), /column x: its data are missing/);
  assert.throws(() => encodeRowGroup(schema, { x: one, y: one }, 1), /columns given: x,y/);
  assert.throws(() => encodeRowGroup(schema, { x: one }, 1, { pageBytesMax: 9 }), /pages of 9 bytes/);
});
