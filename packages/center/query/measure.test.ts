import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DayFacts, HOURS, type HourExposure } from './facts.ts';
import { figureOf } from './figures/definitions.ts';
import { compared, exposureOf, figuresOf, pointsOf } from './measure.ts';
import { Calendar, DAY_MS } from './period.ts';

/** A day on which `addresses` listened through its first `hours` hours; counts of a day spread over those. */
function dayOf(day: number, hours: number, addresses: number, counts: Readonly<Record<string, number>>): DayFacts {
  const exposure = (hour: number): HourExposure => {
    const seconds = hour < hours ? 3600 : 0;
    return { address_s: addresses * seconds, network64_s: 0, covered_s: seconds, listening_s: seconds };
  };
  const entries = Object.entries(counts).map(([id, count]) => {
    const size = figureOf(id)?.from === 'hours' || id === 'all_accesses' ? HOURS : 1;
    const inHour = (hour: number): number => Math.floor(count / hours) + Number(hour < count % hours);
    const all = Array.from({ length: size }, (_, at) => (size === 1 ? count : at < hours ? inHour(at) : 0));
    return [id, { all, plain: all.map((one) => one / 2) }] as const;
  });
  return {
    day,
    counts: new Map(entries),
    hours: Array.from({ length: HOURS }, (_, hour) => exposure(hour)),
    sensors: hours > 0 ? ['hill'] : [],
    account: { segments: 1, received: 10, kept: 7, filtered: { not_ip: 2 }, dropped: { spool_full: 1 } },
    sourceStep: 1,
  };
}

const MONDAY = dayOf(10, 24, 10, { accesses: 1000, access_spacing: 1000, sources: 300, backscatter: 30 });
const TUESDAY = dayOf(11, 12, 10, { accesses: 800, access_spacing: 800, sources: 200, backscatter: 0 });
const NOBODY = dayOf(12, 0, 0, {});

function valuesOf(days: readonly DayFacts[], previous: readonly DayFacts[] = []) {
  return Object.fromEntries(figuresOf(days, previous).map(({ id, all }) => [id, all]));
}

test('figuresOf: the worked example of its head, with and without a day on which nothing listened', () => {
  for (const days of [
    [MONDAY, TUESDAY],
    [MONDAY, TUESDAY, NOBODY],
  ]) {
    const { accesses, access_spacing, sources, backscatter } = valuesOf(days);
    assert.equal(accesses.value, 120);
    assert.equal(access_spacing.value, 720);
    assert.equal(sources.value?.toFixed(1), '266.7');
    assert.equal(backscatter.value, 20);
  }
});

test('figuresOf: where nothing listened there is no figure, and no change', () => {
  const { accesses, sources, scanner_share } = valuesOf([NOBODY], [MONDAY]);
  assert.deepEqual(accesses, { value: null, interval: null, previous: 100, change: null, change_percent: null });
  assert.equal(sources.value, null);
  assert.equal(scanner_share.value, null);
});

test('figuresOf: packets of a day without recorded exposure count in no rate', () => {
  const unrecorded = { ...dayOf(12, 24, 0, { accesses: 5000 }), sensors: [] };
  assert.equal(valuesOf([MONDAY, unrecorded]).accesses.value, 100);
});

test('figuresOf: a single day has an interval between its hours, but none where addresses are distinct', () => {
  const { accesses, access_spacing, sources } = valuesOf([MONDAY]);
  assert.ok(accesses.interval !== null && accesses.interval.low < 100 && accesses.interval.high > 100);
  assert.ok(
    access_spacing.interval !== null && access_spacing.interval.low < 864 && access_spacing.interval.high > 864,
  );
  assert.equal(sources.interval, null);
  assert.ok(valuesOf([MONDAY, TUESDAY]).sources.interval !== null);
});

test('compared: the change is that of the unrounded values, as R3.2 prints it', () => {
  const accesses = compared(543_830 / 100, 653_180 / 100, null);
  assert.deepEqual([accesses.change?.toFixed(1), accesses.change_percent?.toFixed(1)], ['-1093.5', '-16.7']);
  const sources = compared((45_808 * 28) / 28, 1_535_185 / 31, null);
  assert.deepEqual([sources.change?.toFixed(1), sources.change_percent?.toFixed(1)], ['-3714.1', '-7.5']);
  // Rounded first, 0.04 → 0.0 and 0.06 → 0.1 would differ by 0.1.
  assert.equal(compared(0.06, 0.04, null).change?.toFixed(2), '0.02');
  assert.deepEqual(compared(5, 0, null), { value: 5, interval: null, previous: 0, change: 5, change_percent: null });
});

test('pointsOf: an hour in the unit of the figure, null where nothing listened', () => {
  const accesses = figureOf('accesses') ?? assert.fail();
  const points = pointsOf(accesses, 'hour', [TUESDAY], (day) => day * DAY_MS);
  assert.equal(points.length, HOURS);
  assert.deepEqual(points[3], { from_ms: 11 * DAY_MS + 3 * 3_600_000, value: 160.8, without_scanners: 80.4 });
  assert.deepEqual(points[12], { from_ms: 11 * DAY_MS + 12 * 3_600_000, value: null, without_scanners: null });
  const [day] = pointsOf(accesses, 'day', [TUESDAY], (one) => one * DAY_MS);
  assert.deepEqual(day, { from_ms: 11 * DAY_MS, value: 160, without_scanners: 80 });
});

test('exposureOf: addresses while anything listened, uptime over the whole period, losses', () => {
  const period = new Calendar().period(10, 13);
  const exposure = exposureOf(period, [MONDAY, TUESDAY, NOBODY]);
  assert.deepEqual(exposure, {
    sensors: 1,
    addresses: 10,
    networks64: 0,
    address_seconds: 15 * 86_400,
    uptime: 0.5,
    received: 30,
    kept: 21,
    filtered: 6,
    dropped: 3,
    loss: 0.1,
  });
  const nothing = exposureOf(period, []);
  assert.deepEqual([nothing.sensors, nothing.uptime, nothing.addresses, nothing.loss], [0, 0, 0, 0]);
});
