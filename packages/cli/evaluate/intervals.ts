/** How sure a measured share or rate is: 95 % intervals. */

/** 97.5 % point of the standard normal distribution. */
const Z = 1.959_963_985;
const ALPHA_HALF = 0.025;
const HALVINGS = 60;

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

/** Exact Poisson interval (Garwood 1936) of a rate: `count` events in `exposure` units. */
export function rate(count: number, exposure: number): Estimate {
  if (exposure <= 0) return { value: Number.NaN, low: 0, high: Number.POSITIVE_INFINITY };
  const low = count === 0 ? 0 : solve((mean) => 1 - atMost(count - 1, mean), ALPHA_HALF, count);
  const high = solve((mean) => 1 - atMost(count, mean), 1 - ALPHA_HALF, count);
  return { value: count / exposure, low: low / exposure, high: high / exposure };
}

/** Probability that a Poisson variable is at most `count`. */
function atMost(count: number, mean: number): number {
  let logTerm = -mean;
  let sum = Math.exp(logTerm);
  for (let k = 1; k <= count; k++) {
    logTerm += Math.log(mean / k);
    sum += Math.exp(logTerm);
  }
  return Math.min(1, sum);
}

/** The mean at which a rising function of it reaches `wanted`. */
function solve(rising: (mean: number) => number, wanted: number, count: number): number {
  let low = 0;
  let high = count + 10 + 6 * Math.sqrt(count + 1);
  for (let turn = 0; turn < HALVINGS; turn++) {
    const middle = (low + high) / 2;
    if (rising(middle) < wanted) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The value below which `part` of the numbers lie; NaN without any. */
export function quantile(numbers: readonly number[], part: number): number {
  if (numbers.length === 0) return Number.NaN;
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
}
