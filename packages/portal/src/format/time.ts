/**
 * Times of events on the center's own calendar: its days begin `offset_minutes` before 00:00 UTC, whatever the reader's
 * clock says. Everything is computed in UTC on shifted times, so the browser's zone never enters.
 */
import { type Language, localeOf } from './number.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

type Parts = Intl.DateTimeFormatOptions;

const formats = new Map<string, Intl.DateTimeFormat>();

/** `2021-02-03` */
export function isoDay(ms: number, offset_minutes: number): string {
  return shifted(ms, offset_minutes).toISOString().slice(0, 10);
}

/** `2021-02` */
export function isoMonth(ms: number, offset_minutes: number): string {
  return shifted(ms, offset_minutes).toISOString().slice(0, 7);
}

/** The first moment of a day on the center's calendar; undefined for what is no day. */
export function parseDay(day: string, offset_minutes: number): number | undefined {
  const ms = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  const isReal = !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day);
  return isReal ? ms - offset_minutes * 60_000 : undefined;
}

/** `14:05` */
export function clock(ms: number, offset_minutes: number): string {
  return shifted(ms, offset_minutes).toISOString().slice(11, 16);
}

/** `3 Feb`, `2月3日` */
export function monthDay(language: Language, ms: number, offset_minutes: number): string {
  return write(language, ms, offset_minutes, { month: language === 'ja' ? 'long' : 'short', day: 'numeric' });
}

/** For axes: `3 Feb`, `2/3`. */
export function tickDay(language: Language, ms: number, offset_minutes: number): string {
  return write(language, ms, offset_minutes, { month: language === 'ja' ? 'numeric' : 'short', day: 'numeric' });
}

/** `Wed 3 Feb`, `2月3日（水）`; with the year when it is not this year. */
export function weekday(language: Language, ms: number, offset_minutes: number, now_ms = Date.now()): string {
  const month = language === 'ja' ? 'long' : 'short';
  const year = yearOf(ms, offset_minutes, now_ms);
  const written = write(language, ms, offset_minutes, { ...year, month, day: 'numeric', weekday: 'short' });
  return written.replace(/\((.)\)$/u, '（$1）');
}

/** `February 2021`, `2021年2月` */
export function monthName(language: Language, ms: number, offset_minutes: number): string {
  return write(language, ms, offset_minutes, { year: 'numeric', month: 'long' });
}

/** `3 Feb 14:05`, `2月3日 14:05`; with the year when it is not this year. */
export function moment(language: Language, ms: number, offset_minutes: number, now_ms = Date.now()): string {
  const month = language === 'ja' ? 'long' : 'short';
  const day = write(language, ms, offset_minutes, { ...yearOf(ms, offset_minutes, now_ms), month, day: 'numeric' });
  return `${day} ${clock(ms, offset_minutes)}`;
}

function yearOf(ms: number, offset_minutes: number, now_ms: number): Parts {
  const [year, now] = [ms, now_ms].map((time_ms) => isoDay(time_ms, offset_minutes).slice(0, 4));
  return year === now ? {} : { year: 'numeric' };
}

/** The days of [from, to): `3 Feb 2021`, `3 – 10 Feb 2021`, `2021年2月3日 – 10日`; years and months are not repeated. */
export function days(language: Language, from_ms: number, to_ms: number, offset_minutes: number): string {
  const last_ms = to_ms - 1;
  const written = (ms: number, parts: Parts): string => write(language, ms, offset_minutes, parts);
  const full: Parts = { year: 'numeric', month: language === 'ja' ? 'long' : 'short', day: 'numeric' };
  if (isoDay(from_ms, offset_minutes) === isoDay(last_ms, offset_minutes)) return written(from_ms, full);
  const brief = withoutCommon(full, isoDay(from_ms, offset_minutes), isoDay(last_ms, offset_minutes));
  // Japanese goes from year to day: what the two have in common stands in front, in English behind.
  const [first, last] = language === 'ja' ? [full, brief] : [brief, full];
  return `${written(from_ms, first)} – ${written(last_ms, last)}`;
}

function withoutCommon(full: Parts, first: string, last: string): Parts {
  const { year: _year, ...inYear } = full;
  if (first.slice(0, 4) !== last.slice(0, 4)) return full;
  return first.slice(0, 7) === last.slice(0, 7) ? { day: 'numeric' } : inYear;
}

/** `UTC+9`, `UTC−3:30`, `UTC` */
export function zone(offset_minutes: number): string {
  if (offset_minutes === 0) return 'UTC';
  const size = Math.abs(offset_minutes);
  const minutes = size % 60 === 0 ? '' : `:${String(size % 60).padStart(2, '0')}`;
  return `UTC${offset_minutes < 0 ? '\u2212' : '+'}${Math.floor(size / 60)}${minutes}`;
}

function shifted(ms: number, offset_minutes: number): Date {
  return new Date(ms + offset_minutes * 60_000);
}

function write(language: Language, ms: number, offset_minutes: number, parts: Parts): string {
  return formatOf(language, parts).format(shifted(ms, offset_minutes));
}

function formatOf(language: Language, parts: Parts): Intl.DateTimeFormat {
  const key = `${language} ${JSON.stringify(parts)}`;
  const format = formats.get(key) ?? new Intl.DateTimeFormat(localeOf(language), { ...parts, timeZone: 'UTC' });
  formats.set(key, format);
  return format;
}
