/** flowBatchOf, splitByMinute and BinCollector beside their obvious forms, over every shape a column can have. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { ColumnData, Presence } from '@noroshi/wire/segment/columns.ts';
import { joinBatches, sliceBatch, Texter, TEXTS_MAX } from './batch-columns.ts';
import { BinCollector, binsOf, MINUTE_MS, splitByMinute } from './bins.ts';
import { flowBatchOf, markBits, minutesOf, predicateBits } from './flow-batch-of.ts';
import { batchOf } from './testing.ts';

const ROWS = 24;

function presences(chosen: readonly number[]): (Presence | undefined)[] {
  const bitmap = new Uint8Array(ROWS / 8);
  for (const row of chosen) bitmap[row >> 3] |= 1 << (row & 7);
  return [{ rows: Uint32Array.from(chosen) }, { bitmap }];
}

const rowsWith = fc.subarray(Array.from({ length: ROWS }, (_, row) => row));

test('flowBatchOf: numbers as values, dictionary and constant, with any rows present', () => {
  fc.assert(
    fc.property(
      rowsWith,
      fc.array(fc.integer({ min: 0, max: 65_535 }), { minLength: ROWS, maxLength: ROWS }),
      (rows, numbers) => {
        const dense = rows.map((row) => numbers[row]);
        const expected = numbers.map((number, row) => (rows.includes(row) ? number : 0));
        for (const present of presences(rows)) {
          const shared = present === undefined ? {} : { present };
          const forms: ColumnData[] = [
            { kind: 'values', values: Uint16Array.from(dense), ...shared },
            { kind: 'dictionary', indices: Uint8Array.from(dense, (_, k) => k), entries: dense, ...shared },
          ];
          for (const form of forms) {
            assert.deepEqual([...flowBatchOf({ service_port: form }, ROWS).service_port], expected);
          }
          const constant: ColumnData = { kind: 'constant', value: 7, ...shared };
          const sevens = expected.map((_, row) => (rows.includes(row) ? 7 : 0));
          assert.deepEqual([...flowBatchOf({ service_port: constant }, ROWS).service_port], sevens);
        }
      },
    ),
  );
});

test('flowBatchOf: addresses in every form are the same words', () => {
  const bytes = (last: number): Uint8Array => Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 203, 0, 113, last);
  const other = Uint8Array.of(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9);
  const entries = [bytes(1), other, bytes(3)];
  const all = new Uint8Array(48);
  for (const [k, entry] of entries.entries()) all.set(entry, k * 16);
  const tails = Uint8Array.of(203, 0, 113, 1, 1, 1, 1, 1, 203, 0, 113, 3);
  const forms: ColumnData[] = [
    { kind: 'values', values: all },
    { kind: 'tails', prefix: bytes(0).subarray(0, 12), tails, whole: Uint32Array.of(1), wholes: other },
    { kind: 'dictionary', indices: Uint8Array.of(0, 1, 2), entries },
    { kind: 'dictionary', indices: Uint8Array.of(0, 1, 2), entries: all },
    { kind: 'blobs', arena: all, offsets: Uint32Array.of(0, 16, 32), lengths: Uint8Array.of(16, 16, 16) },
  ];
  const expected = [0, 0, 0xffff, 0xcb007101, 0x20010db8, 0, 0, 9, 0, 0, 0xffff, 0xcb007103];
  for (const form of forms) assert.deepEqual([...flowBatchOf({ src: form }, 3).src], expected, form.kind);
  const constant: ColumnData = { kind: 'constant', value: other };
  assert.deepEqual([...flowBatchOf({ dst: constant }, 2).dst], [0x20010db8, 0, 0, 9, 0x20010db8, 0, 0, 9]);
});

test('flowBatchOf: names become codes and bits, wide numbers are put together, look-ups are asked', () => {
  const columns: Record<string, ColumnData> = {
    minute: { kind: 'values', values: Uint32Array.of(60_000, 0, 0, 1) },
    bytes: { kind: 'values', values: Uint32Array.of(5, 1, 7, 0) },
    class: { kind: 'dictionary', indices: Uint8Array.of(0, 1), entries: ['probe', 'backscatter'] },
    marks: { kind: 'constant', value: 'mirai zmap unheard' },
    predicates: {
      kind: 'blobs',
      arena: new TextEncoder().encode('bogon_src port_0'),
      offsets: Uint32Array.of(0, 10),
      lengths: Uint8Array.of(9, 6),
    },
    tcp_options_first: { kind: 'dictionary', indices: Uint8Array.of(1, 0), entries: ['', '2_1460_'] },
    payload: {
      kind: 'blobs',
      arena: Uint8Array.of(1, 2, 3),
      offsets: Uint32Array.of(1),
      lengths: Uint8Array.of(2),
      present: { rows: Uint32Array.of(1) },
    },
  };
  const lookups = { scanner: () => 'Lantern', asn: () => 64_500, country: () => 'JP' };
  const batch = flowBatchOf(columns, 2, lookups);
  assert.deepEqual([...minutesOf(columns, 2)], [60_000, 2 ** 32]);
  assert.deepEqual([...batch.bytes], [2 ** 32 + 5, 7]);
  assert.deepEqual([...batch.class], [2, 3]);
  assert.deepEqual([...batch.marks], [markBits('mirai zmap'), markBits('mirai zmap')]);
  assert.deepEqual([...batch.predicates], [predicateBits('bogon_src'), predicateBits('port_0')]);
  assert.deepEqual(
    [...batch.tcp_options_first].map((place) => batch.optionTexts[place]),
    ['2_1460_', ''],
  );
  assert.deepEqual(
    [[...batch.payloads], [...batch.payload_ends]],
    [
      [2, 3],
      [0, 2],
    ],
  );
  assert.deepEqual([...batch.victim_asn], [0, 64_500]);
  assert.equal(batch.scannerNames[batch.scanner[0]], 'Lantern');
  assert.equal(batch.countryNames[batch.victim_country[1]], 'JP');
});

test('splitByMinute: every row in its minute, minutes ascending, rows of a minute in their order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 60 }), (list) => {
      const batch = batchOf(list.map((_, src) => ({ src })));
      const parts = splitByMinute(
        batch,
        Float64Array.from(list, (minute) => minute * MINUTE_MS),
      );
      const expected = [...new Set(list)].sort((a, b) => a - b);
      assert.deepEqual(
        parts.map(({ minute_ms }) => minute_ms / MINUTE_MS),
        expected,
      );
      for (const { minute_ms, flows } of parts) {
        const sources = Array.from({ length: flows.rows }, (_, row) => flows.src[row * 4 + 3]);
        const wanted = list.flatMap((minute, src) => (minute * MINUTE_MS === minute_ms ? [src] : []));
        assert.deepEqual(sources, wanted);
      }
    }),
  );
});

test('BinCollector: chunks in any order give each minute once, also those with exposure alone', () => {
  const exposure = { addresses: 9, networks64: 1 };
  const collector = new BinCollector();
  collector.add(batchOf([{ src: 1 }, { src: 2 }]), Float64Array.of(2 * MINUTE_MS, MINUTE_MS));
  collector.add(batchOf([{ src: 3 }]), Float64Array.of(MINUTE_MS));
  const first = collector.take(2 * MINUTE_MS, new Map([[0, exposure]]));
  assert.deepEqual(
    first.map((bin) => [bin.minute_ms, bin.exposure.addresses, bin.flows.rows]),
    [
      [0, 9, 0],
      [MINUTE_MS, 0, 2],
    ],
  );
  assert.deepEqual(
    collector.take(9 * MINUTE_MS, new Map()).map((bin) => bin.minute_ms),
    [2 * MINUTE_MS],
  );
  const minute: ColumnData = { kind: 'dictionary', indices: Uint8Array.of(1, 0), entries: [0, MINUTE_MS] };
  assert.equal(binsOf([{ columns: { minute }, rows: 2 }], new Map()).length, 2);
});

test('joinBatches: texts are numbered anew, payloads stay with their rows', () => {
  const one = flowBatchOf(
    {
      tcp_options_first: { kind: 'dictionary', indices: Uint8Array.of(0, 1), entries: ['a', 'b'] },
      payload: { kind: 'constant', value: Uint8Array.of(1), present: { rows: Uint32Array.of(1) } },
    },
    2,
  );
  const other = flowBatchOf(
    { tcp_options_first: { kind: 'constant', value: 'b' }, payload: { kind: 'constant', value: Uint8Array.of(2, 3) } },
    1,
  );
  const joined = joinBatches([sliceBatch(one, 1, 2), other, one]);
  const texts = [...joined.tcp_options_first].map((place) => joined.optionTexts[place]);
  assert.deepEqual(texts, ['b', 'b', 'a', 'b']);
  assert.deepEqual(
    [[...joined.payloads], [...joined.payload_ends]],
    [
      [1, 2, 3, 1],
      [1, 3, 3, 4],
    ],
  );
});

test('Texter: texts beyond what 16 bits number share the last place', () => {
  const texter = new Texter('');
  for (let number = 0; number < TEXTS_MAX + 10; number++) texter.placeOf(String(number));
  assert.equal(texter.texts.length, TEXTS_MAX);
  assert.equal(texter.texts[texter.placeOf(String(TEXTS_MAX + 3))], '*');
});
