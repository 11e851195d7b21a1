import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PCAP_HEADER_BYTES } from '@noroshi/wire/capture/pcap.ts';
import { parsePrefix } from '../craft/prefix.ts';
import { Random, poisson } from '../craft/random.ts';
import { readRecords } from '../testing.ts';
import { levelOfDay, weighedSeconds } from './level.ts';
import { SLICE_S } from './tape.ts';
import { ACKNOWLEDGED_SCANNERS, World, WORLD_PREFIXES, type WorldOptions } from './world.ts';

/** 2026-03-02T00:00:00Z, a Monday. */
const START_MS = Date.UTC(2026, 2, 2);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SMALL: WorldOptions = { seed: 7, prefixes: ['25.37.0.0/29', '2d00:6e6f:726f:7368::/64'] };

/** Everything between two times, told in steps. */
function told(world: World, from_ms: number, to_ms: number, ends: readonly number[] = []): Buffer {
  const tape = world.tape(from_ms);
  const parts: Buffer[] = [];
  for (const end of [...ends, to_ms]) for (const piece of tape.until(end)) parts.push(Buffer.from(piece));
  return Buffer.concat(parts);
}

function timesOf(capture: Buffer): number[] {
  return readRecords(capture).map(({ seconds, fraction }) => seconds * 1e6 + fraction);
}

test('Tape.until: any steps give the same bytes', () => {
  const [from, to] = [START_MS + 3 * HOUR_MS, START_MS + 9 * HOUR_MS];
  const whole = told(new World(SMALL), from, to);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: from, max: to }), { maxLength: 20 }), (ends) => {
      assert.deepEqual(
        told(
          new World(SMALL),
          from,
          to,
          ends.toSorted((a, b) => a - b),
        ),
        whole,
      );
    }),
    { numRuns: 10 },
  );
});

test('World: a minute is the same whoever generates it, and when', () => {
  const day = told(new World(SMALL), START_MS, START_MS + DAY_MS);
  const from = START_MS + 13 * HOUR_MS + 60_000;
  const wanted = timesOf(day).filter((time_us) => time_us >= from * 1000 && time_us < (from + 60_000) * 1000);
  const minute = told(new World(SMALL), from, from + 60_000);
  assert.deepEqual(timesOf(minute), wanted);
  assert.ok(wanted.length > 0);
  // A world that has seen other times first tells the same.
  const busy = new World(SMALL);
  told(busy, START_MS + 30 * DAY_MS, START_MS + 30 * DAY_MS + HOUR_MS);
  assert.deepEqual(told(busy, from, from + 60_000), minute);
  assert.ok(day.includes(minute.subarray(PCAP_HEADER_BYTES)));
});

test('World: another seed is another world, the same seed the same', () => {
  const of = (seed: number): Buffer => told(new World({ ...SMALL, seed }), START_MS, START_MS + HOUR_MS);
  assert.deepEqual(of(1), of(1));
  assert.notDeepEqual(of(1), of(2));
});

test('Tape.until: packets come in time order, across slices, and none twice', () => {
  const times = timesOf(told(new World(SMALL), START_MS, START_MS + 2 * DAY_MS));
  assert.ok(times.every((time_us, index) => index === 0 || times[index - 1] <= time_us));
  const [first, last] = [times[0], times.at(-1) ?? 0];
  assert.ok(first >= START_MS * 1000 && first < (START_MS + HOUR_MS) * 1000);
  assert.ok(last < (START_MS + 2 * DAY_MS) * 1000 && last > (START_MS + 2 * DAY_MS - HOUR_MS) * 1000);
  for (let border = START_MS; border < START_MS + 2 * DAY_MS; border += SLICE_S * 1000) {
    assert.ok(
      times.some((time_us) => Math.abs(time_us - border * 1000) < 600e6),
      'packets on both sides of a border',
    );
  }
});

test('Tape.until: going back gives nothing', () => {
  const tape = new World(SMALL).tape(START_MS);
  for (const piece of tape.until(START_MS + HOUR_MS)) assert.ok(piece.length > 0);
  assert.deepEqual([...tape.until(START_MS)], []);
});

test('World: counts of packets are near what was asked for, swell by the day and by the week', () => {
  const world = new World({ seed: 3, prefixes: ['25.37.0.0/28'], packetsPerAddressDay: 2000 });
  const perHour = new Float64Array(24);
  const perDay = new Float64Array(7);
  for (const time_us of timesOf(told(world, START_MS, START_MS + 7 * DAY_MS))) {
    const hours = Math.floor((time_us / 1000 - START_MS) / HOUR_MS);
    perHour[hours % 24]++;
    perDay[Math.floor(hours / 24)]++;
  }
  const mean = perDay.reduce((sum, count) => sum + count, 0) / 7 / 16;
  assert.ok(mean > 1500 && mean < 3500, `${mean} packets a day and address`);
  assert.ok(perHour[15] > 1.6 * perHour[3], `${perHour[15]} at 15 h, ${perHour[3]} at 3 h`);
});

test('World: acknowledged scanners send a good part, from their prefixes', () => {
  const prefixes = ACKNOWLEDGED_SCANNERS.map(({ prefix }) => parsePrefix(prefix));
  const records = readRecords(told(new World({ seed: 5 }), START_MS, START_MS + 2 * HOUR_MS));
  const ours = records.filter(({ packet }) => {
    return prefixes.some(
      (prefix) =>
        prefix?.net === 4 &&
        packet.net === 4 &&
        packet.src3 >>> (32 - prefix.bits) === prefix.words[3] >>> (32 - prefix.bits),
    );
  });
  const share = ours.length / records.length;
  assert.ok(share > 0.2 && share < 0.4, `${share}`);
  assert.ok(records.some(({ packet }) => packet.net === 6));
});

test('ACKNOWLEDGED_SCANNERS: each has a name and a prefix that is not the telescope’s', () => {
  for (const { organisation, prefix } of ACKNOWLEDGED_SCANNERS) {
    assert.ok(organisation.length > 3);
    assert.ok(parsePrefix(prefix) !== undefined, prefix);
    assert.ok(!WORLD_PREFIXES.includes(prefix));
  }
  assert.equal(new Set(ACKNOWLEDGED_SCANNERS.map(({ prefix }) => prefix)).size, ACKNOWLEDGED_SCANNERS.length);
});

test('World: only IPv4 or only IPv6 prefixes are fine, none at all are refused', () => {
  for (const [prefix, net] of [
    ['198.51.100.0/29', 4],
    ['2001:db8::/64', 6],
  ] as const) {
    const records = readRecords(told(new World({ prefixes: [prefix] }), START_MS, START_MS + HOUR_MS));
    assert.ok(records.filter(({ packet }) => packet.net === net).length > 0.9 * records.length, prefix);
  }
  assert.throws(() => new World({ prefixes: ['x'] }), /^RangeError: Cannot simulate: prefix x is not/);
});

test('levelOfDay: a week and years have their rhythm, and growth ends', () => {
  const monday = START_MS / DAY_MS;
  assert.ok(levelOfDay(monday + 1) > levelOfDay(monday + 6));
  assert.ok(levelOfDay(monday + 43 * 17) > levelOfDay(monday));
  const far = [levelOfDay(monday + 43 * 7 * 200), levelOfDay(monday + 43 * 7 * 300)];
  assert.ok(Math.abs(far[0] - far[1]) < 1e-9);
});

test('weighedSeconds: a day counts as a day, and noon for more than midnight', () => {
  assert.ok(Math.abs(weighedSeconds(0, 86_400) - 86_400) < 1e-6);
  assert.ok(weighedSeconds(14 * 3600, 16 * 3600) > weighedSeconds(2 * 3600, 4 * 3600));
});

test('poisson: mean and variance are those of the distribution, drawn either way', () => {
  for (const mean of [0, 0.3, 7, 63.9, 64, 500]) {
    const random = new Random(1, Math.floor(mean * 10));
    const draws = Array.from({ length: 20_000 }, () => poisson(random, mean));
    const found = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    const spread = draws.reduce((sum, draw) => sum + (draw - found) ** 2, 0) / draws.length;
    assert.ok(Math.abs(found - mean) <= 5 * Math.sqrt(mean / draws.length), `mean ${found} of ${mean}`);
    assert.ok(Math.abs(spread - mean) <= 0.06 * mean, `variance ${spread} of ${mean}`);
    assert.ok(draws.every((draw) => Number.isInteger(draw) && draw >= 0));
  }
});
