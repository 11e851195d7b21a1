import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { CHUNKS_MAX, COLUMNS_MAX, FOOTER_BYTES_MAX, KEY_VALUES_MAX, NAME_CHARS_MAX, ROW_GROUPS_MAX } from './format.ts';
import {
  type Column,
  encodeFooter,
  type FooterFailure,
  type PlacedRowGroup,
  readFooter,
  type Schema,
} from './parquet.ts';
import { everyWay, fileOf } from './testing.ts';

const rowCounts = [9, 1, 500];
const schema = everyWay(1, 0).map(({ column }) => column);
const groups = rowCounts.map((rowCount, i) => ({ rowCount, table: everyWay(rowCount, i) }));
const keyValue = { 'noroshi.segment': '{}', ['__proto__']: 'a key like any other', 名: '狼煙' };
const file = fileOf(schema, groups, {}, keyValue);

function failureOf(bytes: Uint8Array, file_bytes?: number): FooterFailure | undefined {
  const result = readFooter(bytes, file_bytes);
  return result.ok ? undefined : result.failure;
}

function footerOf(bytes: Uint8Array) {
  const result = readFooter(bytes);
  assert.ok(result.ok);
  return result.footer;
}

test('readFooter gives back what encodeFooter was given', () => {
  const footer = footerOf(file);
  assert.deepEqual(footer.schema, schema);
  assert.deepEqual(Object.entries(footer.keyValue), Object.entries(keyValue));
  assert.equal(footer.createdBy, 'noroshi version 0.1.0 (build test)');
  assert.equal(footer.rowCount, 510);
  assert.deepEqual(
    footer.groups.map(({ meta }) => meta.rowCount),
    rowCounts,
  );
  const again = encodeFooter(footer.schema, footer.groups, footer.keyValue, footer.createdBy);
  assert.deepEqual(again, file.subarray(file.length - again.length));
});

test('readFooter reads a file without row groups', () => {
  assert.deepEqual(footerOf(fileOf(schema, [])).groups, []);
});

test('readFooter asks for more of the file when its tail is too short', () => {
  const short = failureOf(file.subarray(file.length - 8), file.length);
  assert.equal(short?.reason, 'tail');
  const needed = short?.reason === 'tail' ? short.needed_bytes : 0;
  assert.equal(failureOf(file.subarray(file.length - needed), file.length), undefined);
  assert.equal(failureOf(file.subarray(file.length - needed + 1), file.length)?.reason, 'tail');
});

test('readFooter reports any cut of a file', () => {
  for (let length = 0; length < file.length; length += 7) assert.ok(failureOf(file.subarray(0, length)), `${length}`);
});

test('readFooter gives a footer or a failure for any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(), (bytes, claimed) => {
      const trailer = Uint8Array.of(claimed & 0xff, claimed >> 8, claimed >> 16, claimed >> 24, 0x50, 0x41, 0x52, 0x31);
      readFooter(bytes);
      readFooter(Uint8Array.of(...bytes, ...trailer));
      assert.ok(
        failureOf(Uint8Array.of(0x50, 0x41, 0x52, 0x31, ...bytes, bytes.length, 0, 0, 0, 0x50, 0x41, 0x52, 0x31)),
      );
    }),
    { numRuns: 1_000 },
  );
});

test('readFooter gives a footer that can be written again, or a failure, for mutated footers', () => {
  const { groups: placed } = footerOf(file);
  const last = placed[placed.length - 1];
  const footerAt = last.fileOffset + last.meta.byteLength;
  const change = fc.record({ at: fc.integer({ min: footerAt, max: file.length - 1 }), value: fc.nat(255) });
  let accepted = 0;
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
      const mutated = file.slice();
      for (const { at, value } of changes) mutated[at] = value;
      const result = readFooter(mutated);
      if (!result.ok) return;
      accepted++;
      const { footer } = result;
      const again = encodeFooter(footer.schema, footer.groups, footer.keyValue, footer.createdBy);
      const reread = readFooter(again, footerAt + again.length);
      assert.deepEqual(reread, result);
    }),
    { numRuns: 5_000 },
  );
  assert.ok(accepted > 0, 'a changed letter of a key is still a footer');
});

/** A footer like the file's, with something changed that encodeFooter would not notice. */
function lie(change: (group: PlacedRowGroup) => PlacedRowGroup, lyingSchema: Schema = schema): Uint8Array {
  const { groups: placed } = footerOf(file);
  const last = placed[placed.length - 1];
  const footer = encodeFooter(lyingSchema, [...placed.slice(0, -1), change(last)], {}, '');
  const bytes = new Uint8Array(last.fileOffset + last.meta.byteLength + footer.length);
  bytes.set(footer, bytes.length - footer.length);
  return bytes;
}

type Chunk = PlacedRowGroup['meta']['columns'][number];

function inChunk(change: (chunk: Chunk) => Partial<Chunk>): (group: PlacedRowGroup) => PlacedRowGroup {
  return ({ meta, fileOffset }) => {
    const columns = meta.columns.map((chunk, i) => (i === 1 ? { ...chunk, ...change(chunk) } : chunk));
    return { meta: { ...meta, columns }, fileOffset };
  };
}

const LIES: readonly [string, Uint8Array, string][] = [
  ['nothing', lie((group) => group), ''],
  [
    'a chunk longer',
    lie(inChunk((chunk) => ({ compressed_bytes: chunk.compressed_bytes + 1 }))),
    'u8_same.data_page_offset',
  ],
  ['a gap in front', lie(inChunk(() => ({ dictionaryOffset: 9_999 }))), 'u8.data_page_offset'],
  ['data before its dictionary', lie(inChunk(() => ({ dataOffset: 0 }))), 'u8.dictionary_page_offset'],
  ['data behind its chunk', lie(inChunk(() => ({ dataOffset: 1e9 }))), 'u8.total_compressed_size'],
  ['fewer values', lie(inChunk(() => ({ valueCount: 8 }))), 'u8.num_values'],
  ['nulls where there are none', lie(inChunk(() => ({ statistics: { nullCount: 1 } }))), 'u8.statistics'],
  [
    'bounds of another width',
    lie(inChunk(() => ({ statistics: { nullCount: 0, min: new Uint8Array(5), max: new Uint8Array(4) } }))),
    'u8.statistics',
  ],
  ['no rows', lie(({ meta, fileOffset }) => ({ meta: { ...meta, rowCount: 0 }, fileOffset })), 'row_groups.columns'],
  [
    'a group too short',
    lie(({ meta, fileOffset }) => ({ meta: { ...meta, byteLength: 5 }, fileOffset })),
    'row_groups.total_compressed_size',
  ],
  [
    'the type of a column',
    lie(
      (group) => group,
      schema.map((c, i) => (i === 1 ? { ...c, type: 'u64' } : c)),
    ),
    'u8.statistics',
  ],
  [
    'a name twice',
    lie(
      (group) => group,
      schema.map((c, i) => (i === 1 ? schema[0] : c)),
    ),
    'schema',
  ],
];

for (const [name, bytes, path] of LIES) {
  test(`readFooter of a footer that lies about ${name}`, () => {
    const expected = path === '' ? undefined : { reason: 'field', path };
    assert.deepEqual(failureOf(bytes), expected);
  });
}

test('readFooter refuses a footer longer than the file or FOOTER_BYTES_MAX', () => {
  const trailer = (claimed: number) =>
    new Uint8Array([...new Uint8Array(Uint32Array.of(claimed).buffer), 0x50, 0x41, 0x52, 0x31]);
  assert.deepEqual(failureOf(trailer(1)), { reason: 'length', claimed_bytes: 1 });
  const large = FOOTER_BYTES_MAX + 1;
  assert.deepEqual(failureOf(trailer(large), 2 * large), { reason: 'length', claimed_bytes: large });
});

test('readFooter accepts a footer of just the length that its caller allows', () => {
  const { groups: placed } = footerOf(file);
  const last = placed[placed.length - 1];
  const claimed_bytes = file.length - 8 - last.fileOffset - last.meta.byteLength;
  assert.equal(readFooter(file, file.length, claimed_bytes).ok, true);
  assert.deepEqual(readFooter(file, file.length, claimed_bytes - 1), {
    ok: false,
    failure: { reason: 'length', claimed_bytes },
  });
});

test('readFooter reads as many row groups and column chunks as encodeFooter writes', () => {
  const columns = Array.from(
    { length: CHUNKS_MAX / ROW_GROUPS_MAX },
    (_, i): Column => ({ name: `c${i}`, type: 'u16' }),
  );
  const value = new Uint8Array(4);
  const chunks = columns.map((_, i) => ({
    encodings: [0, 3, 8],
    codec: 'ZSTD' as const,
    valueCount: 1,
    uncompressed_bytes: 4,
    compressed_bytes: 2,
    dictionaryOffset: 2 * i,
    dataOffset: 2 * i + 1,
    statistics: { nullCount: 0, min: value, max: value, exact: true },
  }));
  const meta = { rowCount: 1, byteLength: 2 * columns.length, columns: chunks };
  const placed = Array.from({ length: ROW_GROUPS_MAX }, (_, i) => ({ meta, fileOffset: 4 + i * meta.byteLength }));
  const footer = encodeFooter(columns, placed, {}, '');
  const result = readFooter(footer, 4 + ROW_GROUPS_MAX * meta.byteLength + footer.length);
  assert.ok(result.ok);
  assert.deepEqual(result.footer.groups[ROW_GROUPS_MAX - 1], placed[ROW_GROUPS_MAX - 1]);
  assert.throws(() => encodeFooter([...columns, { name: 'x', type: 'u8' }], placed, {}, ''), /270336 column chunks/);
});

test('encodeFooter refuses gaps, overlaps and more than readFooter accepts', () => {
  const footer = footerOf(file);
  const moved = footer.groups.map(({ meta, fileOffset }) => ({ meta, fileOffset: fileOffset + 1 }));
  assert.throws(() => encodeFooter(schema, moved, {}, ''), /a row group lies at 5 instead of 4/);
  const column: Column = { name: 'x'.repeat(NAME_CHARS_MAX + 1), type: 'u8' };
  assert.throws(() => encodeFooter([column], [], {}, ''), /characters of a name/);
  const many = Array.from({ length: COLUMNS_MAX + 1 }, (_, i): Column => ({ name: `${i}`, type: 'u8' }));
  assert.throws(() => encodeFooter(many, [], {}, ''), /257 columns/);
  const keys = Object.fromEntries(Array.from({ length: KEY_VALUES_MAX + 1 }, (_, i) => [`k${i}`, '']));
  assert.throws(() => encodeFooter(schema, [], keys, ''), /257 key-values/);
  assert.throws(() => encodeFooter(schema, [], { k: 'x'.repeat(FOOTER_BYTES_MAX) }, ''), /bytes are more than/);
  const group = { meta: { rowCount: 1, byteLength: 0, columns: [] }, fileOffset: 4 };
  const crowd = Array.from({ length: ROW_GROUPS_MAX + 1 }, () => group);
  assert.throws(() => encodeFooter([], crowd, {}, ''), /8193 row groups/);
});
