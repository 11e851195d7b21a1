/** The sensor process from packets to a center: live and past, over restarts, and captures replayed. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { SILENT } from '@noroshi/kit/log.ts';
import { simulateToBytes } from '@noroshi/simulate/main.ts';
import {
  type FeedPiece,
  type ReplayOptions,
  runReplay,
  runSensor,
  type SensorOptions,
  type SensorProgress,
} from './main.ts';
import { scratch, shotsOf, pcapOf } from './testing/captures.ts';
import { cuts, FakeCenter, problem, storesAndCuts } from './testing/fake-center.ts';
import { complaints, sumsOf } from './testing/segments.ts';

const at = scratch();
const START_S = 1_740_823_200;
const START_MS = START_S * 1000;
const PREFIXES = ['25.37.0.0/20', '2d00:6e6f:726f:7368::/64'];
const MINUTES = 12;
const capture = simulateToBytes({ seed: 4, packets: 3000, start_s: START_S, duration_s: MINUTES * 60 }).bytes;
const shots = shotsOf(capture);
let number = 0;

async function centerFor(context: TestContext): Promise<FakeCenter> {
  const center = await FakeCenter.start();
  context.after(() => center.stop());
  return center;
}

/** Minutes of the capture from a moment on, live; ends behind minute `last`, or when the signal is aborted. */
function feedTo(last: number): SensorOptions['feed'] {
  return async function* feed(resume_ms, signal): AsyncGenerator<FeedPiece> {
    const from_ms = resume_ms ?? START_MS;
    yield { kind: 'listening', from_ms };
    yield { kind: 'bytes', bytes: pcapOf([]) };
    for (let minute = Math.floor((from_ms - START_MS) / 60_000); minute < last && !signal.aborted; minute++) {
      const own = shots.filter(({ seconds }) => Math.floor((seconds - START_S) / 60) === minute);
      yield { kind: 'bytes', bytes: pcapOf(own).subarray(24) };
      yield { kind: 'until', to_ms: START_MS + (minute + 1) * 60_000, isLive: true };
      await wait(1);
    }
  };
}

function sensor(center: FakeCenter, folder: string, options: Partial<SensorOptions> = {}): SensorOptions {
  return {
    sensor: 'test',
    prefixes: PREFIXES,
    center: { url: center.url, token: 'secret' },
    spool: { folder },
    compression: 'zstd',
    log: SILENT,
    signal: new AbortController().signal,
    feed: feedTo(MINUTES),
    ...options,
  };
}

/** All packets of the capture are in the center, every minute was listened to once. */
function checkWhole(center: FakeCenter): void {
  const segments = center.segments('test');
  assert.deepEqual(complaints(segments), []);
  const sums = sumsOf(segments);
  assert.equal(sums.received, shots.length);
  assert.equal(sums.address_seconds, MINUTES * 60 * 4096);
  assert.deepEqual(sums.dropped, {});
}

test('runSensor: what a live feed gives is in the center when it ends, a segment a minute', async (context) => {
  const center = await centerFor(context);
  const told: SensorProgress[] = [];
  const folder = at(`s${number++}`);
  const outcome = await runSensor(sensor(center, folder, { onProgress: (progress) => told.push(progress) }));
  assert.equal(outcome.failure, undefined);
  assert.equal(center.segments('test').length, MINUTES);
  checkWhole(center);
  const last = told.at(-1);
  assert.deepEqual([last?.segments, last?.waiting, last?.status.stored, last?.isLive], [MINUTES, 0, MINUTES, true]);
  assert.equal(last?.counters.received, shots.length);
  assert.equal(last?.to_ms, START_MS + MINUTES * 60_000);
});

test('runSensor: goes on after each stop where it ended', async (context) => {
  const center = await centerFor(context);
  const folder = at(`s${number++}`);
  for (const last of [3, 4, 9, MINUTES]) await runSensor(sensor(center, folder, { feed: feedTo(last) }));
  checkWhole(center);
});

test('runSensor: the signal stops it in order', async (context) => {
  const center = await centerFor(context);
  const folder = at(`s${number++}`);
  const stop = new AbortController();
  center.always = (request, response, self) => {
    if (self.stored.size === 4) stop.abort();
    self.take(request, response);
  };
  await runSensor(sensor(center, folder, { signal: stop.signal }));
  assert.ok(center.stored.size >= 4 && center.stored.size <= MINUTES);
  await runSensor(sensor(center, folder));
  checkWhole(center);
});

test('runSensor: without a center everything waits, and goes when there is one', async (context) => {
  const center = await centerFor(context);
  await center.stop();
  const folder = at(`s${number++}`);
  const began = performance.now();
  await runSensor(sensor(center, folder, { drain_ms: 50 }));
  assert.ok(performance.now() - began < 5000);
  assert.equal(readdirSync(folder).filter((name) => name.endsWith('.parquet')).length, MINUTES);
  await center.restart();
  await runSensor(sensor(center, folder));
  checkWhole(center);
});

test('runSensor: live, a spool that is full gives up the oldest, and says every packet of it', async (context) => {
  const center = await centerFor(context);
  await center.stop();
  const folder = at(`s${number++}`);
  await runSensor(sensor(center, folder, { drain_ms: 10, spool: { folder, filesMax: 5 }, feed: feedTo(MINUTES - 1) }));
  await center.restart();
  await runSensor(sensor(center, folder));
  const sums = sumsOf(center.segments('test'));
  assert.equal(sums.received, shots.length);
  assert.ok((sums.dropped.spool_full ?? 0) > 0);
  assert.ok(
    sums.address_seconds < MINUTES * 60 * 4096,
    'a minute of which nothing is known is none that was listened to',
  );
});

test('runSensor: the past waits for room instead of giving anything up', async (context) => {
  const center = await centerFor(context);
  center.always = (request, response, self) => setTimeout(() => self.take(request, response), 10);
  const days = 6;
  const { bytes } = simulateToBytes({ seed: 2, packets: 6000, start_s: START_S, duration_s: days * 86_400 });
  async function* feed(): AsyncGenerator<FeedPiece> {
    yield { kind: 'listening', from_ms: START_MS };
    for (let from = 0; from < bytes.length; from += 20_000) {
      yield { kind: 'bytes', bytes: bytes.subarray(from, from + 20_000) };
    }
    yield { kind: 'until', to_ms: START_MS + days * 86_400_000, isLive: false };
  }
  const folder = at(`s${number++}`);
  await runSensor(sensor(center, folder, { feed, spool: { folder, filesMax: 1 } }));
  const sums = sumsOf(center.segments('test'));
  assert.deepEqual([sums.received, sums.dropped, sums.address_seconds], [6000, {}, days * 86_400 * 4096]);
});

function replay(center: FakeCenter, options: Partial<ReplayOptions> = {}): ReplayOptions {
  return {
    sensor: 'replay-1',
    paths: [at('x.pcap')],
    workers: 1,
    center: { url: center.url, token: 'secret' },
    spool: { folder: at(`s${number++}`) },
    compression: 'none',
    log: SILENT,
    signal: new AbortController().signal,
    patience_ms: 300,
    ...options,
  };
}

test('runReplay: the same captures twice are the same segments, with any number of workers', async (context) => {
  const center = await centerFor(context);
  writeFileSync(
    at('x.pcap'),
    simulateToBytes({ seed: 3, packets: 9000, start_s: START_S, duration_s: 3 * 86_400 }).bytes,
  );
  const first = await runReplay(replay(center));
  const again = await runReplay(replay(center, { workers: 2 }));
  assert.deepEqual([first.status.stored, first.status.duplicate], [first.segments, 0]);
  assert.deepEqual([again.status.stored, again.status.duplicate], [0, first.segments]);
  assert.equal(sumsOf(center.segments('replay-1')).received, 9000);
  assert.deepEqual(complaints(center.segments('replay-1')), []);
});

test('runReplay: connections that break on the way change nothing', async (context) => {
  const center = await centerFor(context);
  writeFileSync(at('x.pcap'), capture);
  center.script.push(cuts, storesAndCuts, problem(503, 'busy'));
  const { status, segments } = await runReplay(replay(center, { patience_ms: 20_000 }));
  assert.equal(status.stored + status.duplicate, segments);
  assert.equal(sumsOf(center.segments('replay-1')).received, shots.length);
});

test('runReplay: a center that asks for time gets it, beyond what patience there is', async (context) => {
  const center = await centerFor(context);
  writeFileSync(at('x.pcap'), capture);
  center.script.push(problem(507, 'disk_full', { 'retry-after': '1' }));
  const { status, segments } = await runReplay(replay(center));
  assert.equal(status.stored, segments);
  assert.equal(status.trouble, undefined);
});

const failures: readonly [string, (center: FakeCenter) => unknown, string, RegExp][] = [
  [
    'is not there',
    (center) => center.stop(),
    'unreachable',
    /^Cannot reach the center at http:.*: connection refused$/,
  ],
  ['wants another token', (center) => (center.token = 'x'), 'forbidden', /^Cannot send to the center at .* 401$/],
  [
    'has other segments under the name',
    (center) => center.script.push(problem(409, 'identity_conflict')),
    'refused',
    /^Cannot send to the center at .*: It is identity_conflict$/,
  ],
  [
    'takes nothing any more',
    (center) => (center.always = problem(503, 'stopping')),
    'unreachable',
    /^Cannot reach the center at .* 503: It is stopping$/,
  ],
];

for (const [what, arrange, kind, sentence] of failures) {
  test(`runReplay: ends with a sentence when the center ${what}`, async (context) => {
    const center = await centerFor(context);
    writeFileSync(at('x.pcap'), capture);
    await arrange(center);
    await assert.rejects(runReplay(replay(center)), (error: Error & { kind?: string }) => {
      assert.match(error.message, sentence);
      assert.equal(error.kind, kind);
      return true;
    });
  });
}

test('runReplay: the signal ends it', async (context) => {
  const center = await centerFor(context);
  center.always = () => {};
  writeFileSync(at('x.pcap'), capture);
  const stop = new AbortController();
  const options = replay(center, { signal: stop.signal });
  const running = runReplay(options);
  setTimeout(() => stop.abort(new Error('enough')), 100);
  await assert.rejects(running, /^Error: enough$/);
  assert.equal(existsSync(`${options.spool.folder}/sensor.lock`), false);
});
