/**
 * The engine's promise: whatever the order in which segments arrive, however often it is started again, live or afterwards, it comes
 * to the findings that the same rows give in memory.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import * as fc from 'fast-check';
import { Metrics } from '@noroshi/kit/metrics.ts';
import { LedgerError } from '../../ledger/error.ts';
import { MINUTE_MS } from '../bins.ts';
import type { Detector } from '../detector.ts';
import { detectInMemory } from '../memory/memory.ts';
import { detectorOf, remembering } from '../testing.ts';
import type { Engine } from './engine.ts';
import { engineWith, FakeLedger, type FakeSegment, FakeSource } from './testing.ts';

const FEED = 'simulation';
const SPAN = 150;

/** Five-minute bins, told when they have ended, and corrected later within the block. */
const slow = detectorOf({
  id: 'scan/slow',
  bin_minutes: 5,
  block_minutes: 60,
  warmup_minutes: 5,
  gap_minutes: 5,
  start() {
    const bins = new Map<number, number>();
    return {
      step({ minute_ms, flows }) {
        const bin_ms = Math.floor(minute_ms / (5 * MINUTE_MS)) * 5 * MINUTE_MS;
        bins.set(bin_ms, (bins.get(bin_ms) ?? 0) + flows.rows);
        return {
          sightings: [...bins].slice(-3).map(([start_ms, packets]) => ({
            subject: { kind: 'telescope', value: '*' } as const,
            aspect: '',
            bin_ms: start_ms,
            first_ms: start_ms,
            last_ms: start_ms,
            confidence: 1,
            reasons: [],
            figures: { packets: packets + bins.size },
          })),
        };
      },
    };
  },
});

/** Rows of each hour, told at its end. */
const hourly = detectorOf({
  id: 'sources/test',
  block_minutes: 60,
  start() {
    const hours = new Map<number, number>();
    return {
      step({ minute_ms, flows }) {
        const hour_ms = Math.floor(minute_ms / 3_600_000) * 3_600_000;
        hours.set(hour_ms, (hours.get(hour_ms) ?? 0) + flows.rows);
        if (minute_ms - hour_ms < 59 * MINUTE_MS) return { sightings: [] };
        const none = new Uint32Array(1);
        const packets = Float64Array.of(hours.get(hour_ms) ?? 0);
        const rest = { reasons: none, tools: none, targets: none, ports: none, asn: none };
        const names = { class: new Uint8Array(1), country: new Uint16Array(1), countryNames: ['unknown'] };
        const sources = { hour_ms, rows: 1, src: new Uint32Array(4), packets, ...rest, ...names };
        return { sightings: [], sources };
      },
    };
  },
});

const DETECTORS: readonly Detector[] = [
  remembering({ id: 'scan/short', block_minutes: 10, warmup_minutes: 3 }),
  remembering({ id: 'scan/long', block_minutes: 60, warmup_minutes: 70 }),
  slow,
  hourly,
];

interface World {
  readonly source: FakeSource;
  readonly ledger: FakeLedger;
  now_ms: number;
}

/** At the end of everything. */
async function expected({ source }: World, detectors = DETECTORS): Promise<unknown> {
  const hours: { hour_ms: number; packets: number[] }[] = [];
  const { findings } = await detectInMemory({
    bins: source.bins(FEED),
    detectors,
    place: { feed: FEED },
    onSources: (_, { hour_ms, packets }) => hours.push({ hour_ms, packets: [...packets] }),
  });
  return { findings: sorted(findings), hours };
}

/** All but what depends on when it was found. */
function sorted(
  findings: readonly { readonly id: string; readonly is_open: boolean; readonly revision: number }[],
): unknown[] {
  const plain = findings.map(({ is_open: _, revision: __, ...rest }) => rest);
  return plain.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

const found = ({ source, ledger }: World): unknown => ({
  findings: sorted(ledger.findings(FEED)),
  hours: source.hours_said,
});

function startEngine(world: World, detectors = DETECTORS): Engine {
  const engine = engineWith({ source: world.source, ledger: world.ledger, detectors, now_ms: () => world.now_ms });
  engine.start();
  return engine;
}

/** Two sensors' segments of one to thirty minutes without gaps in number; minutes in between may be missing. */
const sensorSegments = (sensor: string) =>
  fc
    .array(
      fc.record({
        gap: fc.integer({ min: 0, max: 12 }),
        length: fc.integer({ min: 1, max: 30 }),
        rows: fc.array(fc.record({ at: fc.nat(29), src: fc.integer({ min: 1, max: 3 }) }), { maxLength: 8 }),
      }),
      { minLength: 1, maxLength: 8 },
    )
    .map((plans) => {
      let at = 0;
      return plans.flatMap(({ gap, length, rows }, sequence): FakeSegment[] => {
        const from_minute = at + gap;
        const to_minute = from_minute + length;
        if (to_minute > SPAN) return [];
        at = to_minute;
        const minutes = Array.from({ length }, (_, index) => ({
          minute: from_minute + index,
          sources: rows.filter((row) => row.at === index).map(({ src }) => src),
        })).filter(({ sources }) => sources.length > 0);
        return [{ feed: FEED, sensor, sequence, minutes, from_minute, to_minute }];
      });
    });

const deliveries = fc
  .tuple(sensorSegments('hill-one'), sensorSegments('hill-two'))
  .map(([one, two]) => [...one, ...two])
  .filter((all) => all.length > 0)
  .chain((all) => fc.shuffledSubarray(all, { minLength: all.length }))
  .chain((order) => {
    const step = fc.record({
      minutes: fc.integer({ min: 0, max: 8 }),
      act: fc.constantFrom('none', 'quiet', 'quiet', 'restart', 'kill'),
    });
    return fc.tuple(fc.constant(order), fc.array(step, { minLength: order.length, maxLength: order.length }));
  });

test('Engine: any order of arrival, any restarts, silence and return give the findings of memory', async () => {
  await fc.assert(
    fc.asyncProperty(deliveries, async ([order, steps]) => {
      const world: World = { source: new FakeSource(), ledger: new FakeLedger(), now_ms: 0 };
      let engine = startEngine(world);
      try {
        for (const [index, segment] of order.entries()) {
          const { minutes, act } = steps[index];
          world.now_ms += minutes * MINUTE_MS;
          world.source.add(segment, world.now_ms);
          // A kill comes in the middle of whatever it is at.
          if (act === 'quiet' || act === 'restart') await engine.quiet();
          if (act === 'quiet' || act === 'none') continue;
          await engine.stop();
          engine = startEngine(world);
        }
        world.now_ms += 60 * MINUTE_MS;
        await engine.quiet();
      } finally {
        await engine.stop();
      }
      assert.deepEqual(found(world), await expected(world));
    }),
    { numRuns: 60 },
  );
});

const minutesOf = (
  sources: readonly number[],
  from_minute: number,
  to_minute: number,
  sequence: number,
): FakeSegment => ({
  feed: FEED,
  sensor: 'hill-one',
  sequence,
  minutes: Array.from({ length: to_minute - from_minute }, (_, index) => ({ minute: from_minute + index, sources })),
  from_minute,
  to_minute,
});

function freshWorld(): World {
  return { source: new FakeSource(), ledger: new FakeLedger(), now_ms: 0 };
}

test('Engine: what is away is waited for, and nothing is lost or recorded twice', async () => {
  const world = freshWorld();
  const { source, ledger } = world;
  ledger.isAway = true;
  const engine = startEngine(world);
  try {
    source.add(minutesOf([1], 0, 10, 0), 0);
    await wait(20);
    ledger.isAway = false;
    await engine.quiet();
    source.isAway = true;
    source.add(minutesOf([1, 2], 10, 30, 1), 0);
    await wait(20);
    source.isAway = false;
    await engine.quiet();
    ledger.isAway = true;
    source.add(minutesOf([2], 30, 60, 2), 0);
    await wait(20);
    ledger.isAway = false;
    world.now_ms = 60 * MINUTE_MS;
    await engine.quiet();
  } finally {
    await engine.stop();
  }
  assert.deepEqual(found(world), await expected(world));
});

test('Engine: a new version looks at history from the beginning, one that was there goes on', async () => {
  const world = freshWorld();
  let engine = startEngine(world, [remembering()]);
  world.source.add(minutesOf([1], 0, 30, 0), 0);
  await engine.quiet();
  await engine.stop();
  world.ledger.reports.length = 0;
  engine = startEngine(world, [remembering(), remembering({ id: 'scan/other', version: 2 })]);
  world.source.add(minutesOf([1], 30, 40, 1), 0);
  await engine.quiet();
  await engine.stop();
  const starts = (detector: string): number => {
    const reports = world.ledger.reports.filter(({ rules }) => rules.detector === detector);
    return Math.min(...reports.map(({ from_ms }) => from_ms / MINUTE_MS));
  };
  // The hour into which more came while nobody looked is answered again.
  assert.deepEqual([starts('scan/test'), starts('scan/other')], [0, 0]);
  assert.equal(engine.watermark(FEED), 40 * MINUTE_MS);
});

test('Engine: history is bounded, and what is older than that is counted', async () => {
  const DAY = 1440;
  const world = freshWorld();
  world.source.add(minutesOf([1], 0, 5, 0), 0);
  world.source.add(minutesOf([1], 40 * DAY, 40 * DAY + 5, 1), 0);
  const metrics = new Metrics();
  const detectors = [remembering()];
  const engine = engineWith({ source: world.source, ledger: world.ledger, detectors, metrics });
  engine.start();
  await engine.quiet();
  world.source.add({ ...minutesOf([1], 5, 10, 0), sensor: 'hill-two' }, 0);
  await engine.quiet();
  await engine.stop();
  assert.equal(Math.min(...world.ledger.reports.map(({ from_ms }) => from_ms / MINUTE_MS)) >= 12 * DAY, true);
  assert.match(metrics.render(), /late_segments_total\{fate="too_old"\} 1/);
});

test('Engine: a detector whose report is refused is left out, and tried again at the next start', async () => {
  const world = freshWorld();
  const { ledger, source } = world;
  const record = ledger.record.bind(ledger);
  let refuses = true;
  ledger.record = async (report) => {
    if (!refuses || report.rules.detector !== 'scan/bad') return record(report);
    throw new LedgerError('refused', 'Cannot record what scan/bad saw: a figure is no number');
  };
  const detectors = [remembering(), remembering({ id: 'scan/bad' })];
  let engine = startEngine(world, detectors);
  source.add(minutesOf([1], 0, 30, 0), 0);
  await engine.quiet();
  source.add(minutesOf([1], 30, 35, 1), 0);
  await engine.quiet();
  await engine.stop();
  const names = new Set(ledger.findings(FEED).map(({ detector }) => detector));
  assert.deepEqual([...names], ['scan/test']);
  assert.equal(engine.counts(FEED, 'scan/test')?.applied, 35);
  refuses = false;
  engine = startEngine(world, detectors);
  world.now_ms = 60 * MINUTE_MS;
  await engine.quiet();
  await engine.stop();
  assert.deepEqual(found(world), await expected(world, detectors));
});
