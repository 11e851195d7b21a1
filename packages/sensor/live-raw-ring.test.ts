/** The raw ring: minutes as files, bounded, never in the way of the capture. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createLog, SILENT } from '@noroshi/kit/log.ts';
import { readAll } from '@noroshi/wire/capture/testing.ts';
import { scratch } from './testing/captures.ts';
import { CAPTURE_HEADER, recordsAt } from './testing/fake-capture.ts';
import { RawRing, RING_FILE_BYTES_MAX, ringFiles, type RingOptions } from './live/raw-ring.ts';

const at = scratch();
const MINUTE_MS = 60_000;
const START_MS = 1_740_823_200_000;
const FRAME = new Uint8Array(84).fill(1);
const RECORD_BYTES = 100;
const stream = { number: 1 } as Parameters<RawRing['write']>[0];
const port = { name: 'eth0' } as Parameters<RawRing['write']>[1];

function ringOf(name: string, more: Partial<RingOptions> = {}): RawRing {
  const free = (): number => 2 ** 40;
  return new RawRing({ folder: at(name), bytesMax: 2 ** 30, log: SILENT, now_ms: () => START_MS, free, ...more });
}

function write(ring: RawRing, minute: number, packets = 1): void {
  const times = Array.from({ length: packets }, () => START_MS + minute * MINUTE_MS);
  ring.write(stream, port, CAPTURE_HEADER, recordsAt(FRAME, times), START_MS + minute * MINUTE_MS);
}

test('RawRing: a minute is a capture of its own, whole up to its last packet when the process dies', () => {
  const ring = ringOf('minutes');
  for (const [minute, packets] of [
    [0, 2],
    [0, 1],
    [1, 4],
  ] as const) {
    write(ring, minute, packets);
  }
  // Nothing was closed: this is what a killed process leaves.
  const files = ringFiles(at('minutes'));
  const read = files.map(({ path, minute_ms }) => {
    const { packets, failure } = readAll(readFileSync(path));
    return [(minute_ms - START_MS) / MINUTE_MS, packets.length, failure];
  });
  assert.deepEqual(read, [
    [0, 3, undefined],
    [1, 4, undefined],
  ]);
  assert.match(files[0].name, /^20250301T100000Z-eth0-/);
});

test('RawRing: the oldest files give way, by bytes and by hours', () => {
  const ring = ringOf('bytes', { bytesMax: 3 * (RECORD_BYTES + CAPTURE_HEADER.length) });
  for (let minute = 0; minute < 10; minute++) write(ring, minute);
  const left = ringFiles(at('bytes')).map(({ minute_ms }) => (minute_ms - START_MS) / MINUTE_MS);
  assert.deepEqual(left, [6, 7, 8, 9]);
  const later = ringOf('bytes', { hoursMax: 1, now_ms: () => START_MS + 68 * MINUTE_MS });
  write(later, 67);
  assert.deepEqual(
    ringFiles(at('bytes')).map(({ minute_ms }) => (minute_ms - START_MS) / MINUTE_MS),
    [7, 8, 9, 67],
  );
});

test('RawRing: a file ends at its limit, and an earlier process’s files stay', () => {
  const large = recordsAt(new Uint8Array(RING_FILE_BYTES_MAX / 64), [START_MS]);
  const ring = ringOf('large', { bytesMax: 2 ** 40 });
  for (let count = 0; count < 65; count++) ring.write(stream, port, CAPTURE_HEADER, large, START_MS);
  assert.equal(ringFiles(at('large')).length, 2);
  rmSync(at('large'), { recursive: true });
});

test('RawRing: a full disk is said once, costs raw packets only, and is tried again', () => {
  let isFull = true;
  let now_ms = START_MS;
  let log = '';
  const ring = ringOf('full', {
    free: () => (isFull && now_ms > START_MS ? 0 : 2 ** 40),
    now_ms: () => now_ms,
    log: createLog({ part: 'ring', write: (line) => (log += line), now_ms: () => 0 }),
  });
  now_ms += 1;
  for (let minute = 0; minute < 3; minute++) write(ring, minute);
  assert.equal(ring.lostBytes, 3 * RECORD_BYTES);
  assert.equal(log.match(/Cannot keep raw packets/g)?.length, 1);
  isFull = false;
  now_ms += MINUTE_MS;
  write(ring, 3);
  assert.equal(ringFiles(at('full')).length, 1);
});

test('ringFiles: what is no file of the ring is left alone', () => {
  const folder = at('others');
  mkdirSync(folder);
  for (const name of ['notes.txt', '20250301T100000Z-eth0-1.pcap.part', 'x-20250301T100000Z-eth0-1.pcap']) {
    writeFileSync(join(folder, name), '');
  }
  assert.deepEqual(ringFiles(folder), []);
  ringOf('others', { bytesMax: 0 });
  assert.equal(readdirSync(folder).length, 3);
});
