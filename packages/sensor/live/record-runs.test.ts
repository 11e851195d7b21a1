/** Runs of records: whatever the pieces in which a stream comes, and whatever stands in it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { pcapHeader, pcapRecord } from '@noroshi/wire/capture/testing.ts';
import { PACKET_BYTES_MAX } from '@noroshi/wire/capture/reader.ts';
import { RecordRuns } from './record-runs.ts';

const START_S = 1_700_000_000;
const START_MS = START_S * 1000;
const HEADER = pcapHeader({});

interface Record {
  readonly time_s: number;
  readonly length: number;
}

function recordOf({ time_s, length }: Record): Uint8Array {
  return pcapRecord(new Uint8Array(length).fill(7), { seconds: START_S + time_s, fraction: 0, wireBytes: length });
}

const streamOf = (records: readonly Record[]): Uint8Array => Buffer.concat([HEADER, ...records.map(recordOf)]);

function pieces(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length];
    parts.push(bytes.slice(at, at + size));
    at += size;
  }
  return parts;
}

const RECORDS = fc.array(fc.record({ time_s: fc.nat(3), length: fc.nat(200) }), { maxLength: 30 });
const SIZES = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 });

test('RecordRuns: any pieces give every record once and in order', () => {
  fc.assert(
    fc.property(RECORDS, SIZES, (records, sizes) => {
      const runs = new RecordRuns();
      const given: Uint8Array[] = [];
      for (const piece of pieces(streamOf(records), sizes)) {
        runs.push(piece);
        for (let run = runs.next(Infinity); run !== undefined; run = runs.next(Infinity)) given.push(run.bytes);
      }
      assert.deepEqual(Buffer.concat(given), Buffer.concat(records.map(recordOf)));
      assert.deepEqual(Buffer.from(runs.header ?? []), Buffer.from(HEADER));
      assert.equal(runs.packets, records.length);
      assert.equal(runs.bytes, 0);
    }),
  );
});

test('RecordRuns: nothing of a time is given before it is asked for, and isPast says so', () => {
  fc.assert(
    fc.property(RECORDS, SIZES, (records, sizes) => {
      const sorted = records.toSorted((a, b) => a.time_s - b.time_s);
      const runs = new RecordRuns();
      for (const piece of pieces(streamOf(sorted), sizes)) runs.push(piece);
      for (const end_s of [1, 2, 3, 4]) {
        const until_ms = START_MS + end_s * 1000;
        let packets = 0;
        for (let run = runs.next(until_ms); run !== undefined; run = runs.next(until_ms)) packets += run.packets;
        assert.equal(packets, sorted.filter(({ time_s }) => time_s === end_s - 1).length);
        assert.equal(
          runs.isPast(until_ms),
          sorted.some(({ time_s }) => time_s >= end_s),
        );
      }
    }),
  );
});

test('RecordRuns: records of earlier times are left out and counted', () => {
  const runs = new RecordRuns();
  runs.leaveOutBefore_ms = START_MS + 1000;
  runs.push(streamOf([0, 1, 0, 0, 2, 1].map((time_s) => ({ time_s, length: 10 }))));
  let packets = 0;
  for (let run = runs.next(Infinity); run !== undefined; run = runs.next(Infinity)) packets += run.packets;
  assert.deepEqual([packets, runs.leftOut, runs.bytes], [3, 3, 0]);
});

test('RecordRuns: the rest of a record whose program died is no packet', () => {
  const runs = new RecordRuns();
  runs.push(streamOf([{ time_s: 0, length: 50 }]).subarray(0, -1));
  assert.equal(runs.next(Infinity), undefined);
  assert.ok(runs.bytes > 0);
  runs.discard();
  assert.deepEqual([runs.bytes, runs.packets, runs.next(Infinity)], [0, 0, undefined]);
});

test('RecordRuns: a record of the greatest size is taken, a larger one is damage', () => {
  for (const [length, isDamaged] of [
    [PACKET_BYTES_MAX, false],
    [PACKET_BYTES_MAX + 1, true],
  ] as const) {
    const runs = new RecordRuns();
    runs.push(streamOf([{ time_s: 0, length }]));
    assert.equal(runs.next(Infinity)?.packets, isDamaged ? undefined : 1);
    assert.equal(runs.isDamaged, isDamaged);
  }
});

test('RecordRuns: random bytes never crash and never grow', () => {
  fc.assert(
    fc.property(fc.boolean(), fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 10 }), (isPcap, chunks) => {
      const runs = new RecordRuns();
      if (isPcap) runs.push(HEADER);
      for (const chunk of chunks) runs.push(chunk);
      let given = 0;
      for (let run = runs.next(Infinity); run !== undefined; run = runs.next(Infinity)) given += run.bytes.length;
      const all = chunks.reduce((sum, { length }) => sum + length, 0);
      assert.ok(given + runs.bytes <= all + HEADER.length && runs.bytes >= 0);
    }),
  );
});
