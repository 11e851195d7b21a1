/**
 * How sure a published rate is: a 95 % confidence interval of counts ÷ exposures over days (or hours).
 *
 * Packets do not come one by one: a scanner that wakes up sends millions, so that days differ far more than chance would have it.
 * The days themselves say how much (quasi-likelihood, McCullagh & Nelder, Generalized Linear Models, 2nd ed. 1989, chapter 9):
 * variance = φ × mean, φ = Σ (c − r·e)² ÷ (r·e) ÷ (n − 1) (Pearson), and log r is off by about t(n − 1) × √(φ ÷ Σ c). It is
 * never narrower than the exact interval of a Poisson count (Garwood, Biometrika 28, 1936), which knows chance alone.
 *
 * The days are taken as independent; a trend through the period counts as difference between days and makes the interval
 * wider. It says where the rate of other such days may lie, not that of other such networks. On simulated counts it holds the true
 * rate in 93 to 99 % of cases when days differ by up to half of their mean, and in 88 to 92 % when they differ by as much as
 * their mean (interval.test.ts).
 *
 * Worked example. Two days, each of 10 addresses, with 900 and 1,100 accesses: r = 2,000 ÷ 20 = 100 per day and address.
 * φ = (100² ÷ 1,000 + 100² ÷ 1,000) ÷ 1 = 20; t(1) = 12.706; 12.706 × √(20 ÷ 2,000) = 1.2706; the interval is 100 × e^±1.2706 =
 * 28.1 … 356.3: two days say little. Poisson alone would have said 95.7 … 104.5.
 */
import type { Interval } from '@noroshi/wire/api/figures.ts';

export interface Sample {
  readonly count: number;
  /** What the count is divided by, in the figure's own unit. */
  readonly exposure: number;
}

/** Largest e^x that the interval is stretched by: beyond it, it says nothing. */
const EXPONENT_MAX = 12;

/**
 * Interval of Σ counts ÷ Σ exposures; samples without exposure do not count. Null with fewer than two: nobody knows then how
 * much they differ.
 */
export function rateInterval(samples: readonly Sample[]): Interval | null {
  const used = samples.filter(({ exposure }) => exposure > 0);
  if (used.length < 2) return null;
  const count = sum(used.map((sample) => sample.count));
  const exposure = sum(used.map((sample) => sample.exposure));
  const chance = poissonInterval(count);
  const [low, high] = [chance.low / exposure, chance.high / exposure];
  if (count === 0) return { low, high };
  const rate = count / exposure;
  const pearson = sum(used.map((sample) => (sample.count - rate * sample.exposure) ** 2 / (rate * sample.exposure)));
  const dispersion = Math.max(1, pearson / (used.length - 1));
  const factor = Math.exp(Math.min(EXPONENT_MAX, studentQuantile(used.length - 1) * Math.sqrt(dispersion / count)));
  return { low: Math.min(low, rate / factor), high: Math.max(high, rate * factor) };
}

/** Interval of a share Σ parts ÷ Σ wholes, within 0 and 1: that of the smaller of the share and its complement. */
export function shareInterval(samples: readonly Sample[]): Interval | null {
  const part = sum(samples.map((sample) => sample.count));
  const whole = sum(samples.map((sample) => sample.exposure));
  if (2 * part <= whole) return clipped(rateInterval(samples));
  const rest = clipped(rateInterval(samples.map(({ count, exposure }) => ({ count: exposure - count, exposure }))));
  return rest === null ? null : { low: 1 - rest.high, high: 1 - rest.low };
}

/** Exact 95 % interval of the mean of one Poisson count; approximated (Byar) above 100, where that is right to 0.01 %. */
export function poissonInterval(count: number): Interval {
  if (count > 100) return { low: byar(count, -1), high: byar(count + 1, 1) };
  const low = count === 0 ? 0 : root((mean) => 1 - poissonAtMost(count - 1, mean) - 0.025, 0, count);
  return { low, high: root((mean) => 0.025 - poissonAtMost(count, mean), count, 3 * count + 5) };
}

/** 97.5 % quantile of Student's t. */
export function studentQuantile(degrees: number): number {
  const known = STUDENT[degrees - 1];
  if (known !== undefined) return known;
  // Expansion in 1 ÷ degrees around the normal quantile (Abramowitz & Stegun 26.7.5).
  const [z, z3, z5, z7] = [NORMAL, NORMAL ** 3, NORMAL ** 5, NORMAL ** 7];
  const third = (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * degrees ** 3);
  return z + (z3 + z) / (4 * degrees) + (5 * z5 + 16 * z3 + 3 * z) / (96 * degrees ** 2) + third;
}

/** 97.5 % quantile of the normal distribution. */
const NORMAL = 1.959964;
/** 97.5 % quantiles of Student's t for 1 … 12 degrees of freedom; the expansion is right to 0.0002 beyond. */
const STUDENT: readonly (number | undefined)[] = [
  12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.306, 2.2622, 2.2281, 2.201, 2.1788,
];

function clipped(interval: Interval | null): Interval | null {
  return interval === null ? null : { low: interval.low, high: Math.min(1, interval.high) };
}

function byar(count: number, sign: 1 | -1): number {
  return count * (1 - 1 / (9 * count) + (sign * NORMAL) / (3 * Math.sqrt(count))) ** 3;
}

/** Probability of at most `count` events where `mean` are expected. */
function poissonAtMost(count: number, mean: number): number {
  let term = Math.exp(-mean);
  let total = term;
  for (let index = 1; index <= count; index++) {
    term *= mean / index;
    total += term;
  }
  return total;
}

/** Where a rising function crosses zero between `low` and `high`. */
function root(rising: (value: number) => number, low: number, high: number): number {
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (rising(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
