/** How sure a measured share or rate is: 95 % intervals. */
import { poissonInterval } from '@noroshi/center/query/figures/interval.ts';

/** 97.5 % point of the standard normal distribution. */
const Z = 1.959_963_985;

/** A value with the ends of its interval; the value is NaN where nothing was counted. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Wilson's score interval (1927) of a share. */
export function share(hits: number, trials: number): Estimate {
  if (trials === 0) return { value: Number.NaN, low: 0, high: 1 };
  const p = hits / trials;
  const bottom = 1 + Z ** 2 / trials;
  const middle = (p + Z ** 2 / (2 * trials)) / bottom;
  const half = (Z * Math.sqrt((p * (1 - p)) / trials + Z ** 2 / (4 * trials ** 2))) / bottom;
  return { value: p, low: hits === 0 ? 0 : middle - half, high: hits === trials ? 1 : middle + half };
}

/** Poisson interval (Garwood 1936) of a rate: `count` events in `exposure` units. */
export function rate(count: number, exposure: number): Estimate {
  if (exposure <= 0) return { value: Number.NaN, low: 0, high: Number.POSITIVE_INFINITY };
  const { low, high } = poissonInterval(count);
  return { value: count / exposure, low: low / exposure, high: high / exposure };
}

/** The value below which `part` of the numbers lie; NaN without any. */
export function quantile(numbers: readonly number[], part: number): number {
  if (numbers.length === 0) return Number.NaN;
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
}
