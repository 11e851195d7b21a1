/**
 * How much there is of everything, by time alone: the day's rhythm, the week's, a slow wave, growth over the years, and for each
 * kind of sender a wandering of its own, so that ranks change from week to week. All times are epoch seconds.
 */
import { normal, Random } from '../craft/random.ts';

export const DAY_S = 86_400;
const WEEK_DAYS = 7;
/** Peak and swing of craft/window.ts: within a day packets follow its `daily` rhythm. */
const PEAK_S = 15 * 3600;
const SWING = 0.5;
/** Sunday to Saturday; the mean is 1. */
const WEEKDAYS = [0.91, 1.03, 1.05, 1.04, 1.04, 1.01, 0.92];
const WAVE = { period_days: 43, swing: 0.06 };
/** Growth a year, from the beginning of 2026 on and for ten years. */
const GROWTH = { from_s: Date.UTC(2026, 0, 1) / 1000, yearly: 0.08, years_max: 10 };
const YEAR_S = 365.25 * DAY_S;
const WEEKDAY_OF_DAY_0 = 4; // 1970-01-01 was a Thursday

/** Level of a day (days since 1970) relative to 1. */
export function levelOfDay(day: number): number {
  const years = Math.min(GROWTH.years_max, Math.max(0, (day * DAY_S - GROWTH.from_s) / YEAR_S));
  const wave = 1 + WAVE.swing * Math.sin((2 * Math.PI * day) / WAVE.period_days);
  return (1 + GROWTH.yearly) ** years * wave * WEEKDAYS[(day + WEEKDAY_OF_DAY_0) % WEEK_DAYS];
}

/** Seconds from `from_s` to `to_s`, weighed with the rhythm of the day. */
export function weighedSeconds(from_s: number, to_s: number): number {
  const turn = (2 * Math.PI) / DAY_S;
  const sine = (time_s: number): number => Math.sin(turn * ((time_s % DAY_S) - PEAK_S));
  return to_s - from_s + (SWING / turn) * (sine(to_s) - sine(from_s));
}

/** Where a kind of sender stands on that day; the mean over the years is about 1. */
export function wanderingOf(seed: number, name: number, day: number, restlessness: number): number {
  const week = Math.floor(day / WEEK_DAYS);
  const share = (day % WEEK_DAYS) / WEEK_DAYS;
  const knot = (at: number): number => normal(new Random(seed, name, at));
  const z = knot(week) * (1 - share) + knot(week + 1) * share;
  return Math.exp(restlessness * z - restlessness ** 2 / 2);
}

/** FNV-1a: names become words for generators. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}
