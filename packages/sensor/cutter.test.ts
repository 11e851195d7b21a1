/** Where segments end for other reasons than a day or a million rows, and what is counted up to a limit. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SILENT } from '@noroshi/kit/log.ts';
import { SEGMENT_BYTES_MAX, SEGMENT_GROUPS_MAX } from '@noroshi/wire/api/upload.ts';
import { SegmentCutter, spansByDay } from './segment/cutter.ts';
import { Destinations, DESTINATIONS_MAX } from './segment/destinations.ts';
import { Listening } from './segment/listening.ts';
import { Spool } from './spool/spool.ts';
import { scratch } from './testing/captures.ts';
import { rowsOf } from './testing/pieces.ts';
import { complaints, segmentsIn, sumsOf } from './testing/segments.ts';

const at = scratch();
const DAY_MS = 86_400_000;

test('SegmentCutter.add: a segment has no more row groups than a center takes', () => {
  const spool = new Spool({ folder: at('groups'), sensor: 'test', log: SILENT });
  const cutter = new SegmentCutter(spool);
  const { group, facts } = rowsOf(2);
  for (let index = 0; index < SEGMENT_GROUPS_MAX + 5; index++) cutter.add(group, facts);
  cutter.closeAll();
  const segments = segmentsIn(at('groups')).map(({ segment }) => segment);
  assert.deepEqual(complaints(segments), []);
  assert.deepEqual(
    segments.map(({ digests }) => digests.length),
    [SEGMENT_GROUPS_MAX, 5],
  );
  assert.equal(sumsOf(segments).kept, 2 * (SEGMENT_GROUPS_MAX + 5));
  spool.close();
});

test('SegmentCutter.add: a segment stays well below the bytes that a center takes', () => {
  const spool = new Spool({ folder: at('bytes'), sensor: 'test', log: SILENT });
  const cutter = new SegmentCutter(spool);
  const { group, facts } = rowsOf(60);
  // Groups as large as a row store can make them: the rows are few, the bytes are not.
  const padding = new Uint8Array(40 * 1024 * 1024);
  const meta = { ...group.meta, byteLength: group.meta.byteLength + padding.length };
  for (let index = 0; index < 5; index++) cutter.add({ ...group, meta, chunks: [...group.chunks, padding] }, facts);
  assert.equal(spool.waiting, 1);
  assert.ok(spool.bytes > padding.length && spool.bytes < SEGMENT_BYTES_MAX, `${spool.bytes}`);
  cutter.abandon();
  spool.close();
});

test('Destinations: counts different ones exactly, and stops at its limit', () => {
  const destinations = new Destinations();
  const addresses = Int32Array.from({ length: DESTINATIONS_MAX - 1 }, (_, index) => index * 7);
  destinations.append({ addresses, networks64: Int32Array.of(1, 2, 1, 2, 1, 3) });
  destinations.append({ addresses: addresses.subarray(0, 1000), networks64: new Int32Array(0) });
  assert.deepEqual(
    [destinations.addresses, destinations.networks64, destinations.isAtLeast],
    [DESTINATIONS_MAX - 1, 2, false],
  );
  destinations.append({ addresses: Int32Array.of(-1, -2, -3), networks64: new Int32Array(0) });
  assert.deepEqual([destinations.addresses, destinations.isAtLeast], [DESTINATIONS_MAX, true]);
});

test('Listening: what was told is said once, by the days that it is of', () => {
  const listening = new Listening({ addresses: 3, networks64: 1 });
  const size = { addresses: 3, networks64: 1 };
  listening.until(5);
  assert.deepEqual([...listening.days()], [], 'nobody has begun');
  listening.start(DAY_MS - 10);
  listening.until(DAY_MS + 10);
  listening.start(3 * DAY_MS);
  listening.until(3 * DAY_MS + 1);
  assert.deepEqual([...listening.days()], [0, 1, 3]);
  assert.deepEqual(listening.take(1), [{ from_ms: DAY_MS, to_ms: DAY_MS + 10, ...size }]);
  assert.deepEqual(listening.take(0), [{ from_ms: DAY_MS - 10, to_ms: DAY_MS, ...size }]);
  assert.deepEqual([...listening.days(), ...listening.take(0)], [3]);
});

test('spansByDay: cuts at midnight', () => {
  const size = { addresses: 1, networks64: 0 };
  const days = spansByDay([{ from_ms: DAY_MS - 60_000, to_ms: 3 * DAY_MS, ...size }]);
  assert.deepEqual(
    [...days].map(([day, spans]) => [day, spans.map(({ from_ms, to_ms }) => to_ms - from_ms)]),
    [
      [0, [60_000]],
      [1, [DAY_MS]],
      [2, [DAY_MS]],
    ],
  );
});
