/** Which days a view shows, and how that is said to the center. */
import { DAY_MS, isoDay, isoMonth, parseDay } from '../format/time.ts';

/** Last full days that a reader can choose with one touch. */
export const RECENT_DAYS = [1, 7, 30] as const;
export type RecentDays = (typeof RECENT_DAYS)[number];
/** As long as the center answers. */
export const PERIOD_DAYS_MAX = 400;
/** Months offered for choice; older ones can be written into the address. */
const MONTHS_MAX = 240;

/** Days as `2021-02-03`, the last one belongs to it; months as `2021-02`. */
export type PeriodChoice =
  | { readonly kind: 'recent'; readonly days: RecentDays }
  | { readonly kind: 'month'; readonly month: string }
  | { readonly kind: 'days'; readonly first: string; readonly last: string };

export const DEFAULT_PERIOD: PeriodChoice = { kind: 'recent', days: 7 };

/** What the center's calendar says about the feed. */
export interface Extent {
  readonly from_ms: number;
  readonly to_ms: number;
  readonly offset_minutes: number;
}

/** A choice in an address: `1d`, `7d`, `30d`, or as the center names periods: `2021-02`, `2021-02-03`, `2021-02-01/2021-02-08`. */
export function formatChoice(choice: PeriodChoice): string {
  if (choice.kind === 'recent') return `${choice.days}d`;
  return choice.kind === 'month' ? choice.month : range(choice.first, startOf(choice.last) ?? 0);
}

/** Undefined for what is no choice: foreign addresses may hold anything. The end of `from/to` is exclusive. */
export function parseChoice(text: string): PeriodChoice | undefined {
  const days = RECENT_DAYS.find((count) => text === `${count}d`);
  if (days !== undefined) return { kind: 'recent', days };
  const [first, end, ...rest] = text.split('/');
  if (rest.length > 0) return undefined;
  if (end !== undefined) return rangeChoice(first, end);
  if (MONTH.test(first)) return startOf(`${first}-01`) === undefined ? undefined : { kind: 'month', month: first };
  return daysChoice(first, first);
}

const MONTH = /^\d{4}-\d\d$/;

/** A month on either side stands for its first day. */
function rangeChoice(first: string, end: string): PeriodChoice | undefined {
  const [from, to] = [first, end].map((side) => (MONTH.test(side) ? `${side}-01` : side));
  const to_ms = startOf(to);
  return to_ms === undefined ? undefined : daysChoice(from, isoDay(to_ms - DAY_MS, 0));
}

/** A choice of days; undefined when one is no day, they are the wrong way round, or too many. */
export function daysChoice(first: string, last: string): PeriodChoice | undefined {
  const [from, to] = [startOf(first), startOf(last)];
  if (from === undefined || to === undefined || to < from) return undefined;
  return (to - from) / DAY_MS < PERIOD_DAYS_MAX ? { kind: 'days', first, last } : undefined;
}

/** How many days a choice has, about: months differ by a day or two. */
export function daysOf(choice: PeriodChoice): number {
  if (choice.kind === 'recent') return choice.days;
  if (choice.kind === 'month') return 30;
  return ((startOf(choice.last) ?? 0) - (startOf(choice.first) ?? 0)) / DAY_MS + 1;
}

/** The API's `period`; undefined for the last seven full days, which the center takes by itself. */
export function toQuery(choice: PeriodChoice, extent: Extent): string | undefined {
  if (choice.kind === 'month') return choice.month;
  if (choice.kind === 'days') return range(choice.first, startOf(choice.last) ?? 0);
  if (choice.days === 7) return undefined;
  const { offset_minutes } = extent;
  const end_ms = lastEnd(extent);
  return range(
    isoDay(end_ms - choice.days * DAY_MS, offset_minutes),
    Date.parse(isoDay(end_ms - DAY_MS, offset_minutes)),
  );
}

/** Months with data, newest first. */
export function monthsOf({ from_ms, to_ms, offset_minutes }: Extent): string[] {
  const months: string[] = [];
  let month = isoMonth(to_ms - 1, offset_minutes);
  const oldest = isoMonth(from_ms, offset_minutes);
  while (month >= oldest && months.length < MONTHS_MAX) {
    months.push(month);
    month = isoMonth(Date.parse(`${month}-01`) - 1, 0);
  }
  return months;
}

/** What a recording holds, in whole days: none of them will ever hold more. */
export function recordedExtent({ from_ms, to_ms, offset_minutes }: Extent): Extent {
  const offset_ms = offset_minutes * 60_000;
  const end_ms = Math.ceil((to_ms + offset_ms) / DAY_MS) * DAY_MS - offset_ms;
  const start_ms = Math.floor((from_ms + offset_ms) / DAY_MS) * DAY_MS - offset_ms;
  return { from_ms: start_ms, to_ms: end_ms, offset_minutes };
}

/** Whether a choice has the end of what a feed holds. */
export function hasEnd(choice: PeriodChoice, { to_ms, offset_minutes }: Extent): boolean {
  const day = isoDay(to_ms - 1, offset_minutes);
  if (choice.kind === 'month') return day.startsWith(choice.month);
  return choice.kind === 'recent' || (choice.first <= day && day <= choice.last);
}

/** The end of the last full day, or of the day that has begun when there is no full one. */
function lastEnd({ from_ms, to_ms, offset_minutes }: Extent): number {
  const days = (to_ms + offset_minutes * 60_000) / DAY_MS;
  const full_ms = Math.floor(days) * DAY_MS - offset_minutes * 60_000;
  return full_ms - DAY_MS >= from_ms ? full_ms : Math.ceil(days) * DAY_MS - offset_minutes * 60_000;
}

/** `first/end` with an exclusive end, or the day alone. */
function range(first: string, last_ms: number): string {
  const last = isoDay(last_ms, 0);
  return first === last ? first : `${first}/${isoDay(last_ms + DAY_MS, 0)}`;
}

function startOf(day: string): number | undefined {
  return parseDay(day, 0);
}
