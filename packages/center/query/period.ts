/**
 * Periods of published figures, written as people write them:
 *
 *   2021-02                    a month
 *   2021-02-03                 a day
 *   2021-02-01/2021-02-08      from/to, the end exclusive; both sides a day or a month, which stands for its first day
 *   (nothing)                  the last seven whole days that the feed has
 *
 * A day begins at 00:00 UTC, or so many minutes before as the database was made with (Japan: 540): its roll-ups keep days so, and
 * distinct sources of a shifted day could not be had from those of two others.
 */
import type { Period } from '@noroshi/wire/api/figures.ts';

export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;
/** Longest period; more than a year, so that a leap year fits. */
export const PERIOD_DAYS_MAX = 400;
/** Days of the period that nobody named. */
const RECENT_DAYS = 7;
/** ClickHouse's DateTime ends in February 2106. */
const YEAR_MAX = 2105;

/** What a feed holds, [from_ms, to_ms). */
interface Held {
  readonly from_ms: number;
  readonly to_ms: number;
}

export type PeriodResult =
  | { readonly ok: true; readonly period: Period }
  | {
      readonly ok: false;
      readonly reason: 'malformed' | 'backwards' | 'too_long' | 'no_data';
      readonly sentence: string;
    };

type PeriodFailure = Extract<PeriodResult, { ok: false }>;

/** Days, months and their names, for days that begin `offset_minutes` before UTC's. */
export class Calendar {
  readonly offset_ms: number;

  /** Throws RangeError when days would not begin with an hour: hourly roll-ups could not be added up to them. */
  constructor(offset_minutes = 0) {
    if (offset_minutes % 60 !== 0) {
      throw new RangeError(`Cannot count days ${offset_minutes} minutes ahead of UTC: not whole hours`);
    }
    this.offset_ms = offset_minutes * 60_000;
  }

  /**
   * The period that a text names; `undefined` names the last seven whole days held. Never throws.
   * @param held what the feed holds; undefined when nothing
   */
  parse(text: string | undefined, held: Held | undefined): PeriodResult {
    if (text === undefined) return this.recent(held);
    const sides = text.split('/');
    const first = rangeOf(sides[0]);
    const last = sides.length === 2 ? rangeOf(sides[1]) : first;
    if (first === undefined || last === undefined || sides.length > 2) {
      return failure('malformed', text, 'it is neither 2021-02, 2021-02-03 nor 2021-02-01/2021-02-08');
    }
    const end = sides.length === 2 ? last.from : first.to;
    if (end <= first.from) return failure('backwards', text, 'it ends before it begins');
    if (end - first.from > PERIOD_DAYS_MAX) {
      return failure('too_long', text, `it has more than ${PERIOD_DAYS_MAX} days`);
    }
    return { ok: true, period: this.period(first.from, end) };
  }

  /** What a period is compared with: the month before a month, else the same number of days before it. */
  previous({ from_ms, to_ms, days }: Period): Period {
    const [from, to] = [this.dayOf(from_ms), this.dayOf(to_ms)];
    return this.period(isMonth(from, to) ? monthOf(from, -1) : from - days, from);
  }

  /** Numbers of the period's days (days since 1970-01-01). */
  days({ from_ms, days }: Period): number[] {
    const first = this.dayOf(from_ms);
    return Array.from({ length: days }, (_, index) => first + index);
  }

  /** Number of the day that a time lies in. */
  dayOf(time_ms: number): number {
    return Math.floor((time_ms + this.offset_ms) / DAY_MS);
  }

  /** When a day begins. */
  startOf(day: number): number {
    return day * DAY_MS - this.offset_ms;
  }

  /** The days from `from` up to `to`; the name is the shortest that parses to them. */
  period(from: number, to: number): Period {
    return { name: periodName(from, to), from_ms: this.startOf(from), to_ms: this.startOf(to), days: to - from };
  }

  /** Parts of days count when there is no whole one. */
  private recent(held: Held | undefined): PeriodResult {
    if (held === undefined || held.to_ms <= held.from_ms) return failure('no_data', '', 'the feed holds nothing yet');
    const end = this.dayOf(held.to_ms);
    const first = this.dayOf(held.from_ms - 1) + 1;
    if (first < end) return { ok: true, period: this.period(Math.max(first, end - RECENT_DAYS), end) };
    return { ok: true, period: this.period(this.dayOf(held.from_ms), this.dayOf(held.to_ms - 1) + 1) };
  }
}

/** `2021-02-03` of a day's number. */
export function dayName(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** Day numbers of one side: a month, or one day. */
function rangeOf(text: string): { readonly from: number; readonly to: number } | undefined {
  const match = /^(\d{4})-(\d{2})(?:-(\d{2}))?$/.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]) - 1, Number(match[3] ?? 1)];
  const date = new Date(Date.UTC(year, month, day));
  const isReal = date.getUTCFullYear() === year && date.getUTCMonth() === month && date.getUTCDate() === day;
  if (!isReal || year < 1970 || year > YEAR_MAX) return undefined;
  const from = date.getTime() / DAY_MS;
  return { from, to: match[3] === undefined ? monthOf(from, 1) : from + 1 };
}

function periodName(from: number, to: number): string {
  if (isMonth(from, to)) return dayName(from).slice(0, 7);
  return to - from === 1 ? dayName(from) : `${dayName(from)}/${dayName(to)}`;
}

function isMonth(from: number, to: number): boolean {
  return new Date(from * DAY_MS).getUTCDate() === 1 && to === monthOf(from, 1);
}

/** First day of the month so many months behind that of `day`. */
function monthOf(day: number, months: number): number {
  const date = new Date(day * DAY_MS);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months) / DAY_MS;
}

function failure(reason: PeriodFailure['reason'], text: string, state: string): PeriodFailure {
  // A text of any length and content comes from outside; a period's name is short.
  const shown = text === '' && reason === 'no_data' ? 'the last days' : `period ${JSON.stringify(text.slice(0, 40))}`;
  return { ok: false, reason, sentence: `Cannot read ${shown}: ${state}` };
}
