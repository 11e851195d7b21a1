/** A feed as a sequence of segments: a minute each when it is live, large ones from the past, and when it listened to the millisecond. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { parquetReadObjects } from 'hyparquet';
import { SILENT } from '@noroshi/kit/log.ts';
import { simulateToBytes } from '@noroshi/simulate/main.ts';
import type { Segment } from '@noroshi/wire/segment/segment.ts';
import { Telescope } from './flow/telescope.ts';
import { cutFeed, type FeedOptions, type FeedPiece } from './segment/feed.ts';
import { Spool } from './spool/spool.ts';
import { pcapOf, scratch, type Shot, shotsOf } from './testing/captures.ts';
import { oracle } from './testing/oracle.ts';
import { difference, readRows } from './testing/rows.ts';
import { complaints, type Found, segmentsIn, sumsOf } from './testing/segments.ts';

const at = scratch();
const MINUTE_MS = 60_000;
/** 2025-03-01T10:00:00Z. */
const START_S = 1_740_823_200;
const START_MS = START_S * 1000;
const PREFIXES = ['25.37.0.0/20', '2d00:6e6f:726f:7368::/64'];

async function* from(pieces: Iterable<FeedPiece>): AsyncGenerator<FeedPiece> {
  yield* pieces;
}

async function cut(pieces: Iterable<FeedPiece>, options: Partial<FeedOptions> = {}): Promise<readonly Found[]> {
  const folder = at('spool');
  rmSync(folder, { recursive: true, force: true });
  const spool = new Spool({ folder, sensor: 'test', log: SILENT });
  try {
    await cutFeed(from(pieces), { prefixes: PREFIXES, compression: 'none', outlet: spool, ...options });
    const found = segmentsIn(folder);
    assert.deepEqual(complaints(found.map(({ segment }) => segment)), []);
    return found;
  } finally {
    spool.close();
  }
}

const listening = (from_ms: number): FeedPiece => ({ kind: 'listening', from_ms });
const until = (to_ms: number, isLive = true): FeedPiece => ({ kind: 'until', to_ms, isLive });
const bytes = (given: Uint8Array): FeedPiece => ({ kind: 'bytes', bytes: given });

const [probe] = shotsOf(simulateToBytes({ seed: 5, packets: 1, mix: { mirai: 1 }, only: true }).bytes);
const shotAt = (seconds: number): Shot => ({ ...probe, seconds: START_S + seconds, nanoseconds: 0 });
/** The records of some packets without the head of a capture: what follows in a stream. */
const more = (...seconds: readonly number[]): FeedPiece => bytes(pcapOf(seconds.map(shotAt)).subarray(24));
const head = bytes(pcapOf([]));

/** From when to when each segment says that it listened, seconds behind the start. */
function spans({ exposure }: Segment): (readonly [number, number])[] {
  return exposure.map(({ from_ms, to_ms }) => [(from_ms - START_MS) / 1000, (to_ms - START_MS) / 1000] as const);
}

test('cutFeed: live, every minute is a segment, quiet ones as well', async () => {
  const pieces = [
    listening(START_MS + 30_000),
    head,
    more(31, 59),
    until(START_MS + MINUTE_MS),
    until(START_MS + 2 * MINUTE_MS),
    more(130),
    until(START_MS + 150_000),
    until(START_MS + 3 * MINUTE_MS + 500),
    until(START_MS + 200_250),
  ];
  const found = await cut(pieces);
  const said = found.map(({ segment }) => [segment.counters.kept, spans(segment)]);
  assert.deepEqual(said, [
    [2, [[30, 60]]],
    [0, [[60, 120]]],
    [1, [[120, 180]]],
    [0, [[180, 200.25]]],
  ]);
  assert.ok(found.every(({ segment }) => segment.minute_to_ms - segment.minute_from_ms === MINUTE_MS));
});

test('cutFeed: packets up to a minute late are rows of their own minute in a later segment', async () => {
  const pieces = [
    listening(START_MS),
    head,
    more(10),
    until(START_MS + MINUTE_MS),
    more(61, 59, 62, 58),
    until(START_MS + 2 * MINUTE_MS),
  ];
  const found = await cut(pieces);
  assert.deepEqual(
    found.map(({ segment }) => [
      segment.counters.kept,
      (segment.minute_from_ms - START_MS) / MINUTE_MS,
      spans(segment),
    ]),
    [
      [1, 0, [[0, 60]]],
      [4, 0, [[60, 120]]],
    ],
  );
  const minutes = (await readRows(found[1].path, parquetReadObjects)).map(({ minute }) => Number(minute) - START_MS);
  assert.deepEqual(
    minutes.toSorted((a, b) => a - b),
    [0, MINUTE_MS],
  );
});

test('cutFeed: a packet whose clock is wrong is a segment of its own and says nothing about listening', async () => {
  const pieces = [
    listening(START_MS),
    head,
    more(10, 400 * 86_400, -400 * 86_400, 11),
    until(START_MS + MINUTE_MS),
    more(70),
    until(START_MS + 2 * MINUTE_MS),
  ];
  const found = await cut(pieces);
  assert.equal(sumsOf(found.map(({ segment }) => segment)).kept, 5);
  assert.deepEqual(
    found.flatMap(({ segment }) => spans(segment)),
    [
      [0, 60],
      [60, 120],
    ],
  );
});

test('cutFeed: a clock that steps back counts no moment twice', async () => {
  const pieces = [
    listening(START_MS),
    head,
    until(START_MS + MINUTE_MS),
    until(START_MS + 20_000),
    until(START_MS + 90_000),
    until(START_MS + 2 * MINUTE_MS),
  ];
  const found = await cut(pieces);
  assert.deepEqual(
    found.flatMap(({ segment }) => spans(segment)),
    [
      [0, 60],
      [60, 120],
    ],
  );
});

test('cutFeed: a stretch without listening is a gap', async () => {
  const pieces = [
    listening(START_MS),
    head,
    more(5),
    until(START_MS + 45_000),
    listening(START_MS + 300_000),
    more(301),
    until(START_MS + 6 * MINUTE_MS),
  ];
  const found = await cut(pieces);
  assert.deepEqual(
    found.map(({ segment }) => spans(segment)),
    [[[0, 45]], [[300, 360]]],
  );
});

test('cutFeed: filtered packets are said by the segment of their minute', async () => {
  const pieces = [
    listening(START_MS),
    head,
    more(1, 2, 3),
    until(START_MS + MINUTE_MS),
    more(61),
    until(START_MS + 2 * MINUTE_MS),
  ];
  const found = await cut(pieces, { prefixes: ['198.51.100.0/24'] });
  assert.deepEqual(
    found.map(({ segment }) => segment.counters),
    [3, 1].map((elsewhere) => {
      return { received: elsewhere, kept: 0, filtered: { elsewhere }, dropped: {} };
    }),
  );
});

test('cutFeed: over midnight a live minute is two segments when somebody was late', async () => {
  const midnight = 14 * 3600;
  const pieces = [
    listening(START_MS + midnight * 1000 - 30_000),
    head,
    more(midnight - 20),
    until(START_MS + midnight * 1000),
    more(midnight + 1, midnight - 1),
    until(START_MS + (midnight + 60) * 1000),
  ];
  const found = await cut(pieces);
  assert.deepEqual(
    found.map(({ segment }) => [segment.counters.kept, spans(segment)]),
    [
      [1, [[midnight - 30, midnight]]],
      [1, []],
      [1, [[midnight, midnight + 60]]],
    ],
  );
});

/** Days of the past in hourly pieces. */
function past(packets: number, hours: number, isLive = false): { capture: Uint8Array; pieces: FeedPiece[] } {
  const capture = simulateToBytes({ seed: 9, packets, start_s: START_S, duration_s: hours * 3600 }).bytes;
  const shots = shotsOf(capture);
  const pieces: FeedPiece[] = [listening(START_MS), head];
  for (let hour = 1; hour <= hours; hour++) {
    const own = shots.filter(({ seconds }) => Math.floor((seconds - START_S) / 3600) === hour - 1);
    if (own.length > 0) pieces.push(bytes(pcapOf(own).subarray(24)));
    pieces.push(until(START_MS + hour * 3_600_000, isLive));
  }
  return { capture, pieces };
}

test('cutFeed: the past becomes segments of whole days with all its rows, and is listened to from end to end', async () => {
  const { capture, pieces } = past(4000, 60);
  let asked = 0;
  const room = (): undefined => {
    asked++;
  };
  const found = await cut(pieces, { room });
  assert.equal(found.length, 3);
  const rows = [];
  for (const { path } of found) rows.push(...(await readRows(path, parquetReadObjects)));
  const telescope = Telescope.of(PREFIXES);
  const expected = oracle(capture, { keeps: (packet) => telescope.has(packet) });
  assert.equal(difference(rows, expected.rows), undefined);
  assert.ok(asked > 60);
  const seconds = found.flatMap(({ segment }) => spans(segment)).reduce((sum, [start, end]) => sum + end - start, 0);
  assert.equal(seconds, 60 * 3600);
});

test('cutFeed: the past and then live leaves no gap and no overlap', async () => {
  const { pieces } = past(2000, 5);
  const end = START_MS + 5 * 3_600_000;
  const found = await cut([...pieces, until(end + 20_000), until(end + MINUTE_MS), until(end + 2 * MINUTE_MS)]);
  const all = found.flatMap(({ segment }) => spans(segment));
  for (const [index, [start]] of all.entries()) if (index > 0) assert.equal(start, all[index - 1][1]);
  assert.equal(all.at(-1)?.[1], 5 * 3600 + 120);
});

test('cutFeed: what cannot be a capture ends the feed with a reason, and the minutes before are kept', async () => {
  const folder = at('spool');
  rmSync(folder, { recursive: true, force: true });
  const spool = new Spool({ folder, sensor: 'test', log: SILENT });
  const rubbish = bytes(Buffer.from('hello world, this is no capture at all'.repeat(2000)));
  const pieces = [listening(START_MS), until(START_MS + 50_000), rubbish, until(START_MS + 90_000)];
  const { failure } = await cutFeed(from(pieces), { prefixes: PREFIXES, compression: 'none', outlet: spool });
  assert.equal(failure?.kind, 'format');
  assert.deepEqual(
    segmentsIn(folder).map(({ segment }) => spans(segment)),
    [[[0, 50]]],
  );
  spool.close();
});

test('cutFeed: refuses to listen on more addresses than can be counted', async () => {
  await assert.rejects(cut([], { prefixes: ['::/0'] }), /^RangeError: Cannot listen on so many addresses/);
});

test('cutFeed: makes room behind each live minute, and waits for room in the past', async () => {
  const calls: string[] = [];
  const { pieces } = past(100, 1);
  const end = START_MS + 3_600_000;
  await cut([...pieces, until(end + MINUTE_MS), until(end + 2 * MINUTE_MS)], {
    room: () => {
      calls.push('room');
      return undefined;
    },
    shed: () => calls.push('shed'),
  });
  assert.deepEqual([...new Set(calls)], ['room', 'shed']);
  assert.equal(calls.filter((call) => call === 'shed').length, 2);
});
