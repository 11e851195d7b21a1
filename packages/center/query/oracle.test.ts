/** Figures, rankings, series, the live window and conservation from the real database equal the obvious computation. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { CLASSES } from '@noroshi/wire/classify/class.ts';
import { DIMENSIONS, type Dimension } from '@noroshi/wire/api/figures.ts';
import { type FeedName, FEEDS } from '@noroshi/wire/api/feed.ts';
import { formatAddress, type Words } from '@noroshi/wire/net/address.ts';
import type { ExposureSpan } from '@noroshi/wire/segment/segment.ts';
import { openStore, type Store } from '../store/store.ts';
import { Facts } from './facts.ts';
import { Oracle, type Place, type World } from './oracle.ts';
import { Calendar } from './period.ts';
import { Query } from './query.ts';
import { type FlowRow, type SegmentPlan, words, writeSegment } from './testing.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Worlds tried; each takes about a second, most of it in writing. */
const WORLDS = 6;
const DAYS = 4;

const folder = mkdtempSync(join(tmpdir(), 'noroshi-query-'));

/** A database, its questions, and how far ahead of UTC its days begin. */
interface Center {
  readonly store: Store;
  readonly query: Query;
  readonly offset_ms: number;
}
let center: Center;

async function open(name: string, offset_minutes: number): Promise<Center> {
  const store = await openStore({ path: join(folder, name), offset_minutes });
  await store.loadTables({
    versions: { country: 'country-1', asn: 'asn-1', scanners: 'scanners-1' },
    networks: () => NETWORKS,
    holders: () => [{ asn: 64_500, name: 'Ember Networks <b>' }],
    scanners: SCANNERS,
  });
  return { store, query: new Query(store), offset_ms: offset_minutes * 60_000 };
}

async function close({ store, query }: Center): Promise<void> {
  query.close();
  await store.close();
}

before(async () => {
  center = await open('utc', 0);
});
after(async () => {
  await close(center);
  rmSync(folder, { recursive: true, force: true });
});

const NETWORKS = [
  { prefix: '1.0.0.0/24', country: 'JP', asn: 64_500 },
  { prefix: '1.0.1.0/24', country: 'NL', asn: 64_501 },
  { prefix: '2400:1::/32', country: 'JP', asn: 64_502 },
];
const SCANNERS = [
  { prefix: '1.0.1.0/28', organisation: 'Lantern Scan' },
  { prefix: '2400:1:1::/48', organisation: 'Lantern Scan' },
  { prefix: '1.0.2.7/32', organisation: 'Kite' },
];

/** The same by prefixes of text: the pools below have no others. */
function placeOf(address: Words): Place {
  const text = formatAddress(...address);
  const at = (country: string, asn: number, scanner: string): Place => ({ country, asn, scanner });
  if (text.startsWith('1.0.0.')) return at('JP', 64_500, '');
  if (text.startsWith('1.0.1.')) return at('NL', 64_501, Number(text.slice(6)) < 16 ? 'Lantern Scan' : '');
  if (text.startsWith('2400:1:')) return at('JP', 64_502, text.startsWith('2400:1:1:') ? 'Lantern Scan' : '');
  return at('unknown', 0, text === '1.0.2.7' ? 'Kite' : '');
}

const SOURCES = [
  '1.0.0.1',
  '1.0.0.2',
  '1.0.1.3',
  '1.0.1.77',
  '1.0.2.7',
  '1.0.2.8',
  '2400:1::5',
  '2400:1:1::5',
  '2a00::1',
];
const OURS = ['9.9.9.1', '9.9.9.2', '1.0.0.1', '2001:db8::1'];
const classes = CLASSES.map(({ name }) => name).filter((name) => name !== 'not_ip');

const rowArbitrary = fc.record({
  minute: fc.integer({ min: 0, max: 24 * 60 - 1 }),
  src: fc.constantFrom(...SOURCES).map(words),
  dst: fc.constantFrom(...OURS).map(words),
  proto: fc.constantFrom(6, 6, 17, 1, 47),
  service_port: fc.constantFrom(0, 22, 23, 1023, 1024, 65_535),
  class: fc.oneof({ weight: 3, arbitrary: fc.constant('probe' as const) }, fc.constantFrom(...classes)),
  marks: fc.constantFrom('', '', 'mirai', 'masscan', 'mirai masscan'),
  packets: fc.integer({ min: 1, max: 4_000_000_000 }),
  quoted_dst: fc.option(fc.constantFrom('8.8.8.8', '9.9.9.1', '2a00::9').map(words), { nil: undefined }),
});

/** Up to three spans of a day; minutes, addresses, networks. */
const exposureArbitrary = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 1440 }), fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 2 })), {
    maxLength: 4,
  })
  .map((cuts) => cuts.toSorted(([a], [b]) => a - b))
  .map((cuts) =>
    cuts.slice(1).map(([to, addresses, networks64], index) => ({ from: cuts[index][0], to, addresses, networks64 })),
  )
  .map((spans) => spans.filter(({ from, to }) => from < to));

/** A source that touches many ports: figures with thresholds must have something to find. */
const sweepArbitrary = fc.option(
  fc.record({ src: fc.constantFrom(...SOURCES).map(words), ports: fc.constantFrom(10, 11, 99, 100) }),
  { nil: undefined },
);

const segmentArbitrary = fc.record({
  sensor: fc.constantFrom('hill', 'ridge'),
  day: fc.integer({ min: 0, max: 2 * DAYS - 1 }),
  rows: fc.array(rowArbitrary, { maxLength: 40 }),
  exposure: exposureArbitrary,
  sweep: sweepArbitrary,
  dropped: fc.integer({ min: 0, max: 9 }),
});

interface Draft {
  readonly sensor: string;
  readonly day: number;
  readonly rows: readonly (Omit<FlowRow, 'minute_ms'> & { readonly minute: number })[];
  readonly exposure: readonly { from: number; to: number; addresses: number; networks64: number }[];
  readonly sweep: { readonly src: Words; readonly ports: number } | undefined;
  readonly dropped: number;
}

let number = 0;
const sequences = new Map<string, number>();

/** A world of its own in time, so that all of them fit into one database. */
async function build(feed: FeedName, segments: readonly Draft[]) {
  const start_ms = Date.UTC(2021, 0, 1) + number++ * 20 * DAY_MS;
  const written: World['segments'][number][] = [];
  const taken = new Set<string>();
  for (const { sensor, day, rows, exposure, sweep, dropped } of segments) {
    // Two segments of a sensor on one day would overlap.
    if (taken.has(`${sensor} ${day}`)) continue;
    taken.add(`${sensor} ${day}`);
    const from_ms = start_ms + day * DAY_MS;
    const sequence = sequences.get(sensor) ?? 0;
    sequences.set(sensor, sequence + 1);
    const plan: SegmentPlan = {
      feed,
      sensor,
      sequence,
      minute_from_ms: from_ms,
      minute_to_ms: from_ms + DAY_MS,
      exposure: exposure.map(
        ({ from, to, ...counts }): ExposureSpan => ({
          from_ms: from_ms + from * 60_000,
          to_ms: from_ms + to * 60_000,
          ...counts,
        }),
      ),
      filtered: { not_ip: 2 },
      dropped: { spool_full: dropped },
    };
    const plain = rows.map(({ minute, ...row }): FlowRow => ({ minute_ms: from_ms + minute * 60_000, ...row }));
    const swept = Array.from({ length: sweep?.ports ?? 0 }, (_, port): FlowRow => {
      const row = { dst: words('9.9.9.1'), proto: 6, class: 'probe', marks: '', packets: 1 } as const;
      return { ...row, minute_ms: from_ms, src: sweep?.src ?? words('1.0.0.1'), service_port: 2000 + port };
    });
    const all = [...plain, ...swept];
    assert.equal(await center.store.addSegment(writeSegment(folder, plan, all)), 'stored');
    written.push({ plan, rows: all });
  }
  return { start_ms, world: { segments: written, placeOf } };
}

const iso = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const near = (actual: number | null, expected: number | null, what: string): void => {
  const isClose =
    actual === expected ||
    (actual !== null && expected !== null && Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected)));
  assert.ok(isClose, `${what}: ${actual}, expected ${expected}`);
};

async function check(feed: FeedName, segments: readonly Draft[]): Promise<void> {
  const { start_ms, world } = await build(feed, segments);
  const from_ms = start_ms + DAYS * DAY_MS;
  const to_ms = from_ms + DAYS * DAY_MS;
  const period = `${iso(from_ms)}/${iso(to_ms)}`;
  const days_ms = Array.from({ length: DAYS }, (_, day) => from_ms - center.offset_ms + day * DAY_MS);
  const before_ms = days_ms.map((ms) => ms - DAYS * DAY_MS);
  await checkSummary(world, feed, period, days_ms, before_ms);
  await checkSeries(world, feed, period, days_ms);
  for (const dimension of DIMENSIONS) {
    for (const plain of [false, true]) await checkRanking(world, feed, period, dimension, plain, days_ms);
  }
}

/** Figures that were not nought somewhere. */
const seen = new Set<string>();

test('Query: every figure, series and ranking equals the obvious computation over the same rows', async () => {
  const worlds = fc.tuple(fc.constantFrom(...FEEDS), fc.array(segmentArbitrary, { minLength: 3, maxLength: 8 }));
  const property = fc.asyncProperty(worlds, ([feed, segments]) => check(feed, segments));
  await fc.assert(property, { numRuns: WORLDS, endOnFailure: true, seed: 20_210_201 });
  assert.deepEqual([...seen].toSorted(), center.query.definitions.map(({ id }) => id).toSorted());
});

async function checkSummary(
  world: World,
  feed: FeedName,
  period: string,
  days_ms: readonly number[],
  before_ms: readonly number[],
): Promise<void> {
  const { figures, exposure } = await center.query.summary({ feed, period });
  for (const { id, all, without_scanners } of figures) {
    if ((all.value ?? 0) > 0) seen.add(id);
    for (const [measured, oracle] of [
      [all, new Oracle(world, false)],
      [without_scanners, new Oracle(world, true)],
    ] as const) {
      if (id === 'scanner_share' && measured === without_scanners) {
        assert.equal(measured.value, null);
        continue;
      }
      near(measured.value, oracle.figure(id, days_ms), `${id} of ${period}`);
      near(measured.previous, oracle.figure(id, before_ms), `${id} before ${period}`);
    }
  }
  const oracle = new Oracle(world, false);
  const inPeriod = world.segments.filter(({ plan }) => plan.minute_from_ms >= days_ms[0]);
  near(
    exposure.address_seconds,
    total(days_ms.map((ms) => oracle.exposure('addresses', ms, ms + DAY_MS))) * 86_400,
    'exposure',
  );
  assert.equal(exposure.dropped, total(inPeriod.map(({ plan }) => total(Object.values(plan.dropped ?? {})))));
  assert.equal(exposure.kept, total(inPeriod.flatMap(({ rows }) => rows.map((row) => row.packets))));
  assert.equal(exposure.filtered, 2 * inPeriod.length);
}

async function checkSeries(world: World, feed: FeedName, period: string, days_ms: readonly number[]): Promise<void> {
  const oracles = [new Oracle(world, false), new Oracle(world, true)];
  for (const { id, steps } of center.query.definitions) {
    for (const step of steps) {
      const { points } = await center.query.series({ feed, period }, id, step);
      const length_ms = step === 'day' ? DAY_MS : HOUR_MS;
      assert.equal(points.length, (days_ms.length * DAY_MS) / length_ms);
      for (const { from_ms, value, without_scanners } of points) {
        const [all, plain] = oracles.map((oracle) => oracle.figure(id, [from_ms], length_ms));
        near(value, all, `${id} at ${new Date(from_ms).toISOString()}`);
        near(without_scanners, id === 'scanner_share' ? null : plain, `${id} without scanners`);
      }
    }
  }
}

async function checkRanking(
  world: World,
  feed: FeedName,
  period: string,
  dimension: Dimension,
  plain: boolean,
  days_ms: readonly number[],
): Promise<void> {
  const oracle = new Oracle(world, plain);
  const before_ms = days_ms.map((ms) => ms - DAYS * DAY_MS);
  const now = oracle.packetsBy(dimension, days_ms[0], days_ms[0] + DAYS * DAY_MS);
  const previous = oracle.packetsBy(dimension, before_ms[0], days_ms[0]);
  const limit = 5;
  const ranking = await center.query.ranking({ feed, period, dimension, limit, without_scanners: plain });
  const what = `${dimension}${plain ? ' without scanners' : ''}`;
  assert.equal(ranking.total_rows, now.size, `${what}: rows`);
  assert.equal(ranking.total_packets, total([...now.values()]), `${what}: packets`);
  const whole =
    dimension === 'victims' ? ranking.total_packets : oracle.accesses(days_ms[0], days_ms[0] + DAYS * DAY_MS);
  assert.equal(ranking.all_packets, whole, `${what}: what shares are of`);
  assert.equal(ranking.rows.length, Math.min(limit, now.size));
  const rankIn = (counts: ReadonlyMap<string, number>, packets: number): number =>
    1 + [...counts.values()].filter((other) => other > packets).length;
  for (const row of ranking.rows) {
    assert.equal(row.packets, now.get(row.key), `${what}: ${row.key}`);
    assert.equal(row.rank, rankIn(now, row.packets), `${what}: rank of ${row.key}`);
    const earlier = previous.get(row.key);
    assert.equal(row.previous_rank, earlier === undefined ? null : rankIn(previous, earlier), `${what}: previous rank`);
    near(row.rate, oracle.rateOf(dimension, row.key, days_ms), `${what}: rate of ${row.key}`);
    near(row.previous_rate, oracle.rateOf(dimension, row.key, before_ms), `${what}: previous rate of ${row.key}`);
    near(row.share, row.packets / ranking.all_packets, `${what}: share`);
    const sources = oracle.sourcesOf(dimension, row.key, days_ms);
    near(row.sources, sources, `${what}: sources of ${row.key}`);
  }
}

test('Query: the live window has the last 24 hours minute by minute, and every packet is accounted for', async () => {
  const span = { from: 60, to: 1439, addresses: 8, networks64: 0 };
  const base = { sensor: 'ridge', sweep: undefined, dropped: 4, exposure: [span] } as const;
  const rows = fc.sample(rowArbitrary, { numRuns: 80, seed: 7 });
  number += 40;
  const { query } = center;
  const { world } = await build('replay', [
    { ...base, day: 0, rows: rows.slice(0, 40) },
    { ...base, day: 1, rows: rows.slice(40) },
  ]);
  const live = await query.live('replay');
  const last = world.segments[1];
  assert.equal(live.to_ms, last.plan.minute_to_ms);
  const oracle = new Oracle({ ...world, segments: [last] }, false);
  for (const minute of live.minutes) {
    const own = oracle.rowsIn(minute.minute_ms, minute.minute_ms + 60_000);
    const accesses = own.filter((row) => oracle.keysOf('countries', row).length > 0);
    assert.equal(minute.packets, total(own.map((row) => row.packets)));
    assert.equal(minute.accesses, total(accesses.map((row) => row.packets)));
    const isListening = minute.minute_ms >= live.from_ms + 60 * 60_000 && minute.minute_ms < live.to_ms - 60_000;
    assert.equal(minute.address_seconds, isListening ? 8 * 60 : 0);
    assert.equal(minute.dropped, minute.minute_ms === live.from_ms ? 4 : 0);
  }
  assert.equal(total(live.minutes.map(({ packets }) => packets)), total(last.rows.map((row) => row.packets)));
  assert.deepEqual([live.addresses, live.sensors, live.minutes.length >= 1379], [8, 1, true]);
  const given: { feed: FeedName; kept: number }[] = [];
  for (const { feed } of await query.feeds()) {
    const { is_conserved, received, kept, stored, rolled_up } = await query.conservation(feed, { digest: 1 });
    assert.ok(is_conserved && received > kept && kept === stored && stored === rolled_up, feed);
    given.push({ feed, kept });
  }
  // Rows are given up by when they came, and these came when their day ended.
  assert.ok((await center.store.dropFlowsBefore('2100-01-01')) > 0);
  for (const { feed, kept } of given) {
    const { is_conserved, stored, expired, rolled_up } = await query.conservation(feed);
    assert.deepEqual([is_conserved, stored, expired, rolled_up], [true, 0, kept, kept]);
  }
});

test('Facts: of a day with too many sources a sample stands for all, within its stated error', async () => {
  const addresses = 6000;
  const rows = Array.from({ length: addresses }, (_, index): Draft['rows'][number] => ({
    minute: index % 1440,
    src: [0, 0, 0xffff, 0x0500_0000 + index * 77],
    dst: words('9.9.9.1'),
    proto: 6,
    service_port: 23,
    class: index % 2 === 0 ? 'probe' : 'backscatter',
    marks: 'mirai',
    packets: 1,
  }));
  const exposure = [{ from: 0, to: 1440, addresses: 1, networks64: 0 }];
  const { start_ms } = await build('network', [
    { sensor: 'hill', day: 0, rows, exposure, sweep: undefined, dropped: 0 },
  ]);
  const day = start_ms / DAY_MS;
  const [exact] = await new Facts(center.store, new Calendar()).days('network', [day]);
  const [sampled] = await new Facts(center.store, new Calendar(), 500).days('network', [day]);
  assert.deepEqual([exact.sourceStep, sampled.sourceStep], [1, 8]);
  const deviation = Math.sqrt((addresses / 2) * 8);
  for (const id of ['sources', 'mirai_sources', 'victims']) {
    const [all, estimated] = [exact, sampled].map((facts) => facts.counts.get(id)?.all[0] ?? 0);
    assert.equal(all, addresses / 2);
    assert.notEqual(estimated, all);
    assert.ok(Math.abs(estimated - all) < 4 * deviation, `${id}: ${estimated}`);
  }
  assert.deepEqual(sampled.counts.get('accesses'), exact.counts.get('accesses'), 'packets are always counted');
});

test('Query: days that begin at 15:00 UTC, as in Japan, are composed of the right hours', async () => {
  // A process has one embedded database at a time.
  await close(center);
  center = await open('japan', 540);
  const drafts = fc.sample(segmentArbitrary, { numRuns: 8, seed: 540 });
  await check('network', drafts);
});

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
