/** Captures as a sequence of segments: cut by day and rows, the same whatever the number of workers, nothing lost on the way. */
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { parquetReadObjects } from 'hyparquet';
import { SILENT } from '@noroshi/kit/log.ts';
import { simulateToBytes } from '@noroshi/simulate/main.ts';
import { Blocks } from '@noroshi/wire/capture/testing.ts';
import { type CaptureOptions, type CaptureOutcome, cutCaptures } from './segment/captures.ts';
import { Spool } from './spool/spool.ts';
import { pcapOf, scratch, shotsOf } from './testing/captures.ts';
import { oracle } from './testing/oracle.ts';
import { difference, readRows } from './testing/rows.ts';
import { complaints, type Found, segmentsIn, sumsOf } from './testing/segments.ts';

const at = scratch();
const DAY_S = 86_400;
/** 2025-03-01T00:00:00Z. */
const START_S = 1_740_787_200;
const PREFIXES = ['25.37.0.0/20', '2d00:6e6f:726f:7368::/64'];

interface Cut {
  readonly outcome: CaptureOutcome;
  readonly found: readonly Found[];
}

async function cut(captures: readonly Uint8Array[], options: Partial<CaptureOptions> = {}): Promise<Cut> {
  const paths = captures.map((bytes, index) => {
    writeFileSync(at(`${index}.pcap`), bytes);
    return at(`${index}.pcap`);
  });
  const folder = at('spool');
  rmSync(folder, { recursive: true, force: true });
  const spool = new Spool({ folder, sensor: 'test', log: SILENT });
  try {
    const outcome = await cutCaptures({ paths, workers: 1, compression: 'none', outlet: spool, ...options });
    return { outcome, found: segmentsIn(folder) };
  } finally {
    spool.close();
  }
}

/** All checks that hold for every capture. */
async function check(captures: readonly Uint8Array[], options: Partial<CaptureOptions> = {}): Promise<Cut> {
  const result = await cut(captures, options);
  const segments = result.found.map(({ segment }) => segment);
  assert.deepEqual(complaints(segments), []);
  const { counters, dropped } = result.outcome;
  const sums = sumsOf(segments);
  if (segments.length > 0) assert.equal(sums.received, counters.received + dropped);
  assert.equal(sums.kept, counters.kept);
  assert.equal(sums.rows, counters.rows);
  const filtered = Object.fromEntries(Object.entries(counters.filtered).filter(([, count]) => count > 0));
  assert.deepEqual(sums.filtered, filtered);
  return result;
}

/** Simulated packets over some days, the days' borders well populated. */
function days(count: number, packets: number, seed = 1): Uint8Array {
  return simulateToBytes({ seed, packets, start_s: START_S + 40_000, duration_s: (count - 1) * DAY_S + 20_000 }).bytes;
}

test('cutCaptures: several days become segments of one day each, the same bytes with one, two and three workers', async () => {
  const capture = days(4, 20_000);
  const results = [];
  for (const workers of [1, 2, 3]) {
    const { outcome, found } = await check([capture], { workers });
    results.push({ outcome, files: found.map(({ sha256 }) => sha256) });
    assert.equal(new Set(found.map(({ segment }) => Math.floor(segment.minute_from_ms / 86_400_000))).size, 4);
  }
  assert.deepEqual(results[1], results[0]);
  assert.deepEqual(results[2], results[0]);
});

test('cutCaptures: more packets than a group give the same bytes with any number of workers', async () => {
  const shape = {
    seed: 3,
    packets: 600_000,
    duration_s: 3000,
    start_s: START_S + DAY_S - 1500,
    scenario: 'unique',
  } as const;
  const capture = simulateToBytes(shape).bytes;
  const results = [];
  for (const workers of [1, 2, 3]) {
    const { found } = await check([capture], { workers, prefixes: ['25.37.0.0/21'], compression: 'zstd' });
    results.push(found.map(({ sha256 }) => sha256));
  }
  assert.deepEqual(results[1], results[0]);
  assert.deepEqual(results[2], results[0]);
});

test('cutCaptures: the rows of all segments are those of the capture', async () => {
  const capture = days(3, 3000, 7);
  const { found } = await check([capture]);
  const rows = [];
  for (const { path, segment } of found) {
    const own = await readRows(path, parquetReadObjects);
    for (const { minute } of own) {
      assert.ok(Number(minute) >= segment.minute_from_ms && Number(minute) < segment.minute_to_ms);
    }
    rows.push(...own);
  }
  assert.equal(difference(rows, oracle(capture).rows), undefined);
});

test('cutCaptures: packets late at midnight go to the day that they are of', async () => {
  const [shot] = shotsOf(simulateToBytes({ seed: 5, packets: 1, mix: { mirai: 1 }, only: true }).bytes);
  const midnight = START_S + DAY_S;
  const seconds = [midnight - 30, midnight, midnight - 1, midnight + 20, midnight - 40, midnight + 61];
  const { found } = await check([pcapOf(seconds.map((second) => ({ ...shot, seconds: second })))]);
  assert.deepEqual(
    found.map(({ segment }) => [segment.counters.kept, segment.first_ms, segment.last_ms]),
    [
      [3, (midnight - 40) * 1000, (midnight - 1) * 1000],
      [3, midnight * 1000, (midnight + 61) * 1000],
    ].map(([kept, first, last]) => [
      kept,
      first + Math.floor(shot.nanoseconds / 1e6),
      last + Math.floor(shot.nanoseconds / 1e6),
    ]),
  );
});

test('cutCaptures: a segment has at most 2^19 rows', async () => {
  const capture = simulateToBytes({
    seed: 6,
    packets: 1_300_000,
    duration_s: 1200,
    scenario: 'unique',
    start_s: START_S,
  }).bytes;
  const { found, outcome } = await check([capture], { workers: 2 });
  assert.ok(outcome.counters.rows > 1_048_576);
  assert.ok(found.length > 2);
  for (const { segment } of found) assert.ok(segment.rows <= 524_288);
});

test('cutCaptures: listening is what packets tell, with silences up to an hour in it and longer ones as gaps', async () => {
  const [shot] = shotsOf(simulateToBytes({ seed: 5, packets: 1, mix: { mirai: 1 }, only: true }).bytes);
  const minutes = [0, 50, 51, 200, 1439, 1440 + 50, 3 * 1440];
  const capture = pcapOf(minutes.map((minute) => ({ ...shot, seconds: START_S + minute * 60 })));
  const { found } = await check([capture], { prefixes: PREFIXES });
  const spans = found.flatMap(({ segment }) => segment.exposure);
  assert.deepEqual(
    spans.map(({ from_ms, to_ms }) => [(from_ms / 1000 - START_S) / 60, (to_ms / 1000 - START_S) / 60]),
    [
      [0, 52],
      [200, 201],
      [1439, 1440],
      [1440, 1491],
      [4320, 4321],
    ],
  );
  assert.ok(spans.every(({ addresses, networks64 }) => addresses === 4096 && networks64 === 1));
});

test('cutCaptures: days with nothing but filtered packets have segments with their exposure', async () => {
  const { found, outcome } = await check([days(3, 500)], { prefixes: ['198.51.100.0/24'] });
  assert.equal(outcome.counters.kept, 0);
  assert.equal(found.length, 3);
  assert.ok(found.every(({ segment }) => segment.exposure.length > 0 && segment.counters.received > 0));
});

test('cutCaptures: without prefixes the different destinations are what listened', async () => {
  const capture = simulateToBytes({ packets: 3000, start_s: START_S }).bytes;
  const rows = oracle(capture).rows;
  const isIpv4 = (dst: string): boolean => dst.startsWith('00000000000000000000ffff');
  const addresses = new Set(rows.map(({ dst }) => dst).filter(isIpv4)).size;
  const networks64 = new Set(rows.filter(({ dst }) => !isIpv4(dst)).map(({ dst }) => dst.slice(0, 16))).size;
  for (const workers of [1, 2]) {
    const { outcome, found } = await check([capture], { workers });
    assert.deepEqual([outcome.addresses, outcome.networks64, outcome.isExact], [addresses, networks64, true]);
    assert.ok(found.every(({ segment: { exposure } }) => exposure.every((span) => span.addresses === addresses)));
  }
});

test('cutCaptures: several captures of several weeks, with gaps, take no longer for the gaps', async () => {
  const captures = [0, 10, 20].map((day, seed) => {
    return simulateToBytes({ seed, packets: 2000, start_s: START_S + day * DAY_S, duration_s: 7200 }).bytes;
  });
  const { found } = await check(captures, { prefixes: PREFIXES });
  // The first day was closed for the third before anybody knew how long it had been listened to.
  assert.equal(found.length, 4);
  const minutes = captures.map((capture) => {
    const own = shotsOf(capture).map(({ seconds }) => Math.floor(seconds / 60));
    return Math.max(...own) - Math.min(...own) + 1;
  });
  const listened_s = minutes.reduce((sum, count) => sum + count * 60, 0);
  assert.equal(sumsOf(found.map(({ segment }) => segment)).address_seconds, listened_s * 4096);
});

test('cutCaptures: a clock that jumps over months gives many small segments, and loses nothing', async () => {
  const shots = shotsOf(simulateToBytes({ seed: 8, packets: 600 }).bytes);
  const capture = pcapOf(shots.map((shot, index) => ({ ...shot, seconds: START_S + ((index * 7919) % 200) * DAY_S })));
  const results = [];
  for (const workers of [1, 2]) {
    const { found } = await check([capture], { workers });
    results.push(found.map(({ sha256 }) => sha256));
    assert.ok(found.length >= 200, `${found.length} segments`);
  }
  assert.deepEqual(results[1], results[0]);
});

test('cutCaptures: damage ends a capture, and everything before it is in segments', async () => {
  const capture = days(2, 4000);
  const { outcome, found } = await check([capture.subarray(0, capture.length - 5)]);
  assert.equal(outcome.damage.length, 1);
  assert.equal(sumsOf(found.map(({ segment }) => segment)).received, 3999);
});

test('cutCaptures: captures without a packet give no segment', async () => {
  for (const bytes of [pcapOf([]), new Uint8Array(0)]) assert.deepEqual((await check([bytes])).found, []);
});

test('cutCaptures: what the capture lost is said by its last day', async () => {
  const blocks = new Blocks(true);
  const shots = shotsOf(days(3, 300));
  const packets = shots.map(({ bytes, seconds }) => blocks.enhanced(0, BigInt(seconds) * 1_000_000n, bytes));
  const statistics = blocks.statistics(0, blocks.option(5, blocks.u64(42n)));
  const capture = Buffer.concat([blocks.section(), blocks.interface(1), ...packets, statistics]);
  const { found } = await check([capture]);
  assert.deepEqual(
    found.map(({ segment }) => segment.counters.dropped),
    [...found.slice(1).map(() => ({})), { before_capture: 42 }],
  );
});

test('cutCaptures: waits for room before it reads on', async () => {
  let waits = 0;
  const room = async (): Promise<void> => {
    waits++;
  };
  for (const workers of [1, 2]) {
    waits = 0;
    await check([days(2, 3000)], { workers, room });
    assert.ok(waits > 0);
  }
});
