import type { Exposure, Period } from '@noroshi/wire/api/figures.ts';

/** From this share of lost packets on, the line under a figure says so in ember. */
export const LOSS_NOTABLE = 0.01;

const HOUR_S = 3600;
/** Less of a period than this is named where figures per day stand. */
const BRIEF_S = 12 * HOUR_S;

/** A span in words: which of the two sentences, and the number in it. */
export interface Observed {
  readonly unit: 'minutes' | 'hours';
  readonly n: number;
}

/** Whole minutes below two hours, else whole hours. */
export function observed(seconds: number): Observed {
  if (seconds >= 2 * HOUR_S) return { unit: 'hours', n: Math.floor(seconds / HOUR_S) };
  return { unit: 'minutes', n: Math.max(1, Math.round(seconds / 60)) };
}

/** How long anything listened, where that is so short that a figure per day is no count; undefined where it is not. */
export function briefly(
  { addresses, address_seconds, uptime }: Exposure,
  { from_ms, to_ms }: Period,
): Observed | undefined {
  const seconds = addresses > 0 ? address_seconds / addresses : (uptime * (to_ms - from_ms)) / 1000;
  return seconds > 0 && seconds < BRIEF_S ? observed(seconds) : undefined;
}
