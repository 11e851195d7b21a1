import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { poissonInterval, rateInterval, type Sample, shareInterval, studentQuantile } from './interval.ts';

/** Uniform numbers in (0, 1), the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296 || 0.5;
  };
}

const normalOf = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());

/** A Poisson number; the normal approximation from a mean of 60 on. */
function poissonOf(random: () => number, mean: number): number {
  if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normalOf(random)));
  let count = 0;
  for (let left = random(), limit = Math.exp(-mean); left > limit; count++) left *= random();
  return count;
}

/** Share of simulated periods whose interval holds the true rate: counts of days whose own rates differ by `spread`. */
function coverage(days: number, mean: number, spread: number): number {
  const random = randomOf(days * 1000 + mean + spread * 10);
  const periods = 1500;
  let held = 0;
  for (let period = 0; period < periods; period++) {
    const samples = Array.from({ length: days }, (): Sample => {
      const exposure = 0.5 + random();
      const day = Math.exp(spread * normalOf(random) - spread ** 2 / 2);
      return { count: poissonOf(random, mean * exposure * day), exposure };
    });
    const interval = rateInterval(samples);
    if (interval !== null && interval.low <= mean && mean <= interval.high) held++;
  }
  return held / periods;
}

test('rateInterval holds the true rate in about 95 % of simulated periods, however much days differ', () => {
  for (const days of [2, 3, 7, 28]) {
    for (const mean of [0.5, 20, 5000]) {
      for (const spread of [0, 0.1, 0.5]) {
        const held = coverage(days, mean, spread);
        assert.ok(held >= 0.92, `${days} days of ${mean} ± ${spread}: ${held}`);
      }
      const wild = coverage(days, mean, 1);
      assert.ok(wild >= 0.86, `${days} days of ${mean} that differ as much as their mean: ${wild}`);
    }
  }
});

test('rateInterval is not needlessly wide: chance alone over a month gives little more than the exact interval', () => {
  const random = randomOf(5);
  const samples = Array.from({ length: 28 }, () => ({ count: poissonOf(random, 10_000), exposure: 1 }));
  const interval = rateInterval(samples) ?? assert.fail();
  const exact = poissonInterval(samples.reduce((sum, { count }) => sum + count, 0));
  assert.ok((interval.high - interval.low) * 28 < 1.5 * (exact.high - exact.low));
});

const sampleArbitrary = fc.record({
  count: fc.oneof(fc.nat(20), fc.nat(1e9)),
  exposure: fc.double({ min: 0.01, max: 1e5, noNaN: true }),
});

test('rateInterval contains the rate, is never narrower than the exact Poisson interval, and ignores what has no exposure', () => {
  fc.assert(
    fc.property(fc.array(sampleArbitrary, { minLength: 2, maxLength: 40 }), (samples) => {
      const interval = rateInterval(samples) ?? assert.fail();
      const [count, exposure] = [total(samples, 'count'), total(samples, 'exposure')];
      const exact = poissonInterval(count);
      assert.ok(interval.low >= 0 && interval.low <= exact.low / exposure);
      assert.ok(interval.high >= exact.high / exposure && Number.isFinite(interval.high));
      assert.deepEqual(rateInterval([...samples, { count: 7, exposure: 0 }]), interval);
    }),
  );
});

test('rateInterval: one day says nothing of how days differ', () => {
  assert.equal(rateInterval([]), null);
  assert.equal(rateInterval([{ count: 5, exposure: 1 }]), null);
  assert.equal(
    rateInterval([
      { count: 5, exposure: 1 },
      { count: 5, exposure: 0 },
    ]),
    null,
  );
});

test('rateInterval: the worked example of its head, and days without any count', () => {
  const { low, high } = rateInterval([
    { count: 900, exposure: 10 },
    { count: 1100, exposure: 10 },
  ]) ?? { low: 0, high: 0 };
  assert.deepEqual([low.toFixed(1), high.toFixed(1)], ['28.1', '356.3']);
  const chance = poissonInterval(2000);
  assert.deepEqual([(chance.low / 20).toFixed(1), (chance.high / 20).toFixed(1)], ['95.7', '104.5']);
  assert.deepEqual(
    rateInterval([
      { count: 0, exposure: 1 },
      { count: 0, exposure: 1 },
    ]),
    { low: 0, high: poissonInterval(0).high / 2 },
  );
});

test('shareInterval stays within 0 and 1 and is that of the complement turned round', () => {
  const arbitrary = fc
    .tuple(fc.nat(10_000), fc.nat(10_000))
    .map(([part, rest]): Sample => ({ count: part, exposure: part + rest + 1 }));
  fc.assert(
    fc.property(fc.array(arbitrary, { minLength: 2, maxLength: 31 }), (samples) => {
      const { low, high } = shareInterval(samples) ?? assert.fail();
      const share = total(samples, 'count') / total(samples, 'exposure');
      assert.ok(low >= 0 && low <= share && share <= high && high <= 1, `${low} ${share} ${high}`);
      const turned = samples.map(({ count, exposure }) => ({ count: exposure - count, exposure }));
      const other = shareInterval(turned) ?? assert.fail();
      if (2 * share === 1) return;
      assert.ok(Math.abs(other.low - (1 - high)) < 1e-9 && Math.abs(other.high - (1 - low)) < 1e-9);
    }),
  );
});

test('poissonInterval: published limits (Garwood), and no step where the approximation begins', () => {
  const rounded = (count: number): string[] => {
    const { low, high } = poissonInterval(count);
    return [low.toFixed(3), high.toFixed(3)];
  };
  assert.deepEqual(rounded(0), ['0.000', '3.689']);
  assert.deepEqual(rounded(1), ['0.025', '5.572']);
  assert.deepEqual(rounded(10), ['4.795', '18.390']);
  assert.deepEqual(rounded(100), ['81.364', '121.627']);
  for (let count = 90; count < 115; count++) {
    const [here, next] = [poissonInterval(count), poissonInterval(count + 1)];
    assert.ok(Math.abs(next.low - here.low - 0.9) < 0.06 && Math.abs(next.high - here.high - 1.1) < 0.06, `${count}`);
  }
});

test('studentQuantile is where the density has 97.5 % behind it', () => {
  for (const degrees of [1, 2, 3, 5, 12, 13, 20, 30, 100]) {
    const to = studentQuantile(degrees);
    const steps = 20_000;
    const density = (x: number): number => (1 + x ** 2 / degrees) ** (-(degrees + 1) / 2);
    // The normalising constant by the same rule, over tan(θ) so that the tails end.
    const integral = (from: number, end: number): number => {
      let sum = 0;
      for (let step = 0; step < steps; step++) {
        const angle = from + ((step + 0.5) * (end - from)) / steps;
        sum += density(Math.tan(angle)) / Math.cos(angle) ** 2;
      }
      return (sum * (end - from)) / steps;
    };
    const share = integral(-Math.PI / 2, Math.atan(to)) / integral(-Math.PI / 2, Math.PI / 2);
    assert.ok(Math.abs(share - 0.975) < 2e-5, `${degrees}: ${share}`);
  }
});

function total(samples: readonly Sample[], what: 'count' | 'exposure'): number {
  return samples.reduce((sum, sample) => sum + sample[what], 0);
}
