/** What verifyFile accepts is a segment of our own writer that adds up; everything else has a word and a sentence. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import * as fc from 'fast-check';
import { SEGMENT_GROUPS_MAX } from '@noroshi/wire/api/upload.ts';
import { FLOW_SCHEMA } from '@noroshi/wire/flow/columns.ts';
import type { ColumnData } from '@noroshi/wire/segment/parquet.ts';
import { BUFFER_BYTES } from './file-source.ts';
import { FROM_MS, makeSegment, type SegmentPlan } from './testing.ts';
import { type Verified, verifyFile } from './verify.ts';

const folder = mkdtempSync(join(tmpdir(), 'noroshi-verify-'));
const buffer = new Uint8Array(BUFFER_BYTES);
after(() => rmSync(folder, { recursive: true }));

function verified(file: Uint8Array, more: { sensor?: string; sequence?: number; prefixes?: string[] } = {}): Verified {
  const path = join(folder, 'segment.parquet');
  writeFileSync(path, file);
  return verifyFile({ path, sensor: 'tokyo-1', sequence: 7, ...more }, buffer);
}

/** `ok`, or the word and the state. */
function judged(file: Uint8Array, more?: Parameters<typeof verified>[1]): string {
  const result = verified(file, more);
  return result.ok ? 'ok' : `${result.word}: ${result.state}`;
}

const GOOD: Record<string, SegmentPlan> = {
  'no rows': { groups: [] },
  'one row': { groups: [1] },
  'several row groups': { groups: [9, 1, 1000, 8] },
  'several minutes': { minutes: 10, groups: [500] },
  'up to the end of the day': { minute_from_ms: Date.UTC(2026, 0, 2), minutes: 1440, groups: [3000] },
  'many rows': { groups: [70_000, 70_000] },
  'small pages': { pageBytesMax: 1024, groups: [3000] },
  gzip: { compression: 'gzip', groups: [500, 20] },
  zstd: { compression: 'zstd', groups: [500, 20] },
  'without checksums': { withCrc: false },
};
for (const [name, plan] of Object.entries(GOOD)) {
  test(`verifyFile accepts a segment as it is written: ${name}`, () => {
    const result = verified(makeSegment(plan));
    assert.deepEqual(result.ok ? undefined : result, undefined);
    const rows = (plan.groups ?? [100]).reduce((sum, count) => sum + count, 0);
    assert.equal(result.ok && result.segment.rows, rows);
  });
}

type Columns = Parameters<NonNullable<SegmentPlan['columns']>>[0];
const withColumn =
  (name: keyof Columns, data: ColumnData): NonNullable<SegmentPlan['columns']> =>
  (columns) => ({ ...columns, [name]: data });
const same = (value: number | string): ColumnData => ({ kind: 'constant', value });
const entries = (...values: (number | string)[]): ColumnData => {
  return { kind: 'dictionary', indices: Uint8Array.from({ length: 100 }, (_, i) => i % 3), entries: values };
};
const blob = (text: string): ColumnData => {
  const arena = Buffer.from(text);
  return { kind: 'blobs', arena, offsets: new Uint32Array(100), lengths: new Uint32Array(100).fill(arena.length) };
};
const plain = (value: number): ColumnData => ({
  kind: 'values',
  values: Uint32Array.from({ length: 100 }, (_, i) => value + (i & 1)),
});
const swapped = [FLOW_SCHEMA[1], FLOW_SCHEMA[0], ...FLOW_SCHEMA.slice(2)];

const BAD: [name: string, plan: SegmentPlan, expected: RegExp][] = [
  [
    'a column more',
    { schema: [...FLOW_SCHEMA, { name: 'note', type: 'u8' }], columns: withColumn('note' as 'src', same(1)) },
    /^wrong_schema/,
  ],
  ['columns in another order', { schema: swapped }, /^wrong_schema/],
  [
    'another type',
    { schema: FLOW_SCHEMA.map((c) => (c.name === 'tcp_flags' ? { ...c, type: 'u32' } : c)) },
    /^wrong_schema/,
  ],
  ['another sensor', { sensor: 'osaka-1' }, /^wrong_metadata: it is of another sensor/],
  ['another sequence', { sequence: 8 }, /^wrong_metadata: it has another sequence/],
  [
    'a day crossed',
    { minute_from_ms: Date.UTC(2026, 0, 2, 23, 59), minutes: 2 },
    /^wrong_metadata: it crosses a UTC day/,
  ],
  [
    'packets not kept',
    {
      segment: (s) => ({
        ...s,
        counters: { ...s.counters, kept: s.counters.kept + 1, received: s.counters.received + 1 },
      }),
    },
    /^wrong_rows: the packets/,
  ],
  ['another number of rows', { segment: (s) => ({ ...s, rows: 101 }) }, /^wrong_metadata: it has other rows/],
  [
    'a digest more',
    { segment: (s) => ({ ...s, digests: [...s.digests, s.digest] }) },
    /^wrong_metadata: it has other rows/,
  ],
  ['another digest of rows', { segment: (s) => ({ ...s, digests: [s.digest] }) }, /^wrong_rows: the digest/],
  ['another digest', { segment: (s) => ({ ...s, digest: s.digests[0] }) }, /^wrong_metadata: its digest/],
  [
    'too many packets',
    {
      segment: (s) => ({
        ...s,
        counters: { ...s.counters, received: 2 ** 50, dropped: { x: 2 ** 50 - s.counters.kept - 7 } },
      }),
    },
    /^wrong_metadata: it claims/,
  ],
  [
    'too many addresses',
    { segment: (s) => ({ ...s, exposure: [{ ...s.exposure[0], addresses: 2 ** 33 }] }) },
    /^wrong_metadata: it claims/,
  ],
  ['no metadata', { keyValue: () => ({}) }, /^wrong_metadata: its metadata field/],
  ['metadata that are not JSON', { keyValue: (kv) => ({ ...kv, 'noroshi.segment': '{' }) }, /^wrong_metadata/],
  [
    'another flat figure',
    { keyValue: (kv) => ({ ...kv, 'noroshi.sensor': 'osaka-1' }) },
    /^wrong_metadata: its metadata contradict/,
  ],
  ['a key more', { keyValue: (kv) => ({ ...kv, note: 'x' }) }, /^wrong_metadata: its metadata contradict/],
  ['another writer', { createdBy: 'parquet-mr version 1' }, /^wrong_metadata: it does not name its writer/],
  ['too many row groups', { groups: new Array<number>(SEGMENT_GROUPS_MAX + 1).fill(1) }, /^too_large/],
  [
    'a row before its minutes',
    { columns: withColumn('minute', same(FROM_MS - 60_000)) },
    /^wrong_rows: column minute.*not allowed/,
  ],
  [
    'a row behind its minutes',
    { columns: withColumn('minute', entries(FROM_MS, FROM_MS, FROM_MS + 60_000)) },
    /^wrong_rows: column minute/,
  ],
  [
    'half a minute',
    { columns: withColumn('minute', entries(FROM_MS, FROM_MS + 30_000, FROM_MS)) },
    /^wrong_rows: column minute/,
  ],
  [
    'an index beyond its dictionary',
    { columns: withColumn('minute', entries(FROM_MS, FROM_MS)) },
    /^wrong_rows: column minute.*beyond/,
  ],
  [
    'an unknown class',
    { columns: withColumn('class', entries('probe', 'backscatter', '<script>')) },
    /^wrong_rows: column class/,
  ],
  [
    'a class index beyond its dictionary',
    { columns: withColumn('class', entries('probe', 'probe')) },
    /^wrong_rows: column class.*beyond/,
  ],
  ['an unknown mark', { columns: withColumn('marks', same('mirai evil')) }, /^wrong_rows: column marks/],
  ['marks in another order', { columns: withColumn('marks', same('zmap mirai')) }, /^wrong_rows: column marks/],
  ['a mark twice', { columns: withColumn('marks', blob('mirai mirai')) }, /^wrong_rows: column marks/],
  ['an unknown predicate', { columns: withColumn('predicates', blob('sunny')) }, /^wrong_rows: column predicates/],
  [
    'options of free text',
    { columns: withColumn('tcp_options_first', entries('', '2_1460_', 'DROP TABLE')) },
    /^wrong_rows: column tcp_options_first/,
  ],
  ['a row of no packet', { columns: withColumn('packets', entries(1, 2, 0)) }, /^wrong_rows: column packets/],
  [
    'more bytes than there can be',
    { columns: withColumn('bytes', { kind: 'values', values: new Uint32Array(200).fill(0x1fffff) }) },
    /^wrong_rows/,
  ],
  [
    'a packet behind its minute',
    { columns: withColumn('first_us', plain(59_999_999)) },
    /^wrong_rows: column first_us/,
  ],
  [
    'a row that lasts too long',
    { columns: withColumn('duration_us', same(60_000_000)) },
    /^wrong_rows: column duration_us/,
  ],
  ['flags that TCP has not', { columns: withColumn('tcp_flags', same(0x1000)) }, /^wrong_rows: column tcp_flags/],
  [
    'a payload that is too long',
    { columns: withColumn('payload', blob('x'.repeat(129))) },
    /^wrong_rows: column payload/,
  ],
  ['a payload of nothing', { columns: withColumn('payload', blob('')) }, /^wrong_rows: column payload/],
];
for (const [name, plan, expected] of BAD) {
  test(`verifyFile refuses a segment with ${name}`, () => assert.match(judged(makeSegment(plan)), expected));
}

test('verifyFile: bytes of a row beyond what packets can have', () => {
  const columns = withColumn('bytes', {
    kind: 'values',
    values: Uint32Array.from({ length: 200 }, (_, i) => (i & 1 ? 4 : i)),
  });
  assert.match(judged(makeSegment({ columns })), /^wrong_rows: its rows have more bytes/);
});

test('verifyFile refuses rows about addresses that are not the sensor’s', () => {
  const file = makeSegment({ groups: [500] });
  assert.equal(judged(file, { prefixes: ['25.37.0.0/20', '2d00:6e6f:726f:7368::/64'] }), 'ok');
  assert.match(judged(file, { prefixes: ['25.37.0.0/20'] }), /^wrong_rows: column dst.*not the sensor’s$/);
  assert.match(judged(file, { prefixes: ['25.37.0.0/24', '2d00:6e6f:726f:7368::/64'] }), /^wrong_rows: column dst/);
  const refused = verified(file, { prefixes: ['192.0.2.0/24'] });
  assert.doesNotMatch(JSON.stringify(refused), /25\.37|192\.0|2d00/, 'no address is told');
});

test('verifyFile refuses what is no Parquet file at all', () => {
  assert.match(judged(Buffer.from('')), /^cut/);
  assert.match(judged(Buffer.from('GET / HTTP/1.1')), /^not_parquet/);
  assert.match(judged(Buffer.from('PAR1')), /^cut/);
  assert.match(judged(Buffer.from('PAR1PAR1PAR1')), /^cut/);
  assert.match(judged(gzipSync(makeSegment())), /^not_parquet/);
});

test('verifyFile refuses every cut of a file', () => {
  const file = makeSegment({ groups: [20] });
  for (let length = 0; length < file.length; length += 13) {
    assert.match(judged(file.subarray(0, length)), /^cut/, `${length} of ${file.length}`);
  }
  assert.match(judged(Buffer.concat([file, Buffer.from('PAR1')])), /^(cut|wrong_schema)/);
});

test('verifyFile stops a page that explodes', () => {
  const zeros = Buffer.alloc(300 * 1024 * 1024);
  for (const [compression, bomb] of [
    ['zstd', zstdCompressSync(zeros)],
    ['gzip', gzipSync(zeros)],
  ] as const) {
    assert.match(judged(makeSegment({ compression, pageFn: () => bomb })), /^explodes/);
  }
});

test('verifyFile is never wrong about random bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, isFramed) => {
      const framed = Buffer.concat([
        Buffer.from('PAR1'),
        bytes,
        Buffer.from([bytes.length, 0, 0, 0]),
        Buffer.from('PAR1'),
      ]);
      assert.notEqual(judged(isFramed ? framed : bytes), 'ok');
    }),
    { numRuns: 500 },
  );
});
