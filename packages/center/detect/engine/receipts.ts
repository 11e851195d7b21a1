/** What has come of a feed, by its receipts: how many segments begin in each hour, and when anything was sent at all. */
import { MINUTE_MS } from '../bins.ts';
import type { HourRow } from '../read/source.ts';
import { type Interval, Intervals } from './intervals.ts';

export const HOUR_MS = 60 * MINUTE_MS;
/** Rows that are read at once, as far as whole minutes allow: some 110 bytes each, three times while they are put in order. */
const ROWS_PER_CHUNK = 150_000;
/** Quiet minutes that are read at once. */
const CHUNK_HOURS_MAX = 12;
/** Hours that are remembered; older ones are not looked at again. */
const HOURS_MAX = 30_000;

interface Hour {
  /** -1: not certain, and therefore other than what is counted at the next start. */
  count: number;
  rows: number;
}

/** Segments by the hour in which they begin. */
export type HourCounts = Readonly<Record<string, number>>;

export class Receipts {
  readonly present = new Intervals();
  private readonly hours = new Map<number, Hour>();

  /** `count` segments that begin in one hour. */
  add(from_ms: number, to_ms: number, count: number, rows: number): void {
    this.present.add(from_ms, to_ms);
    const hour_ms = Math.floor(from_ms / HOUR_MS) * HOUR_MS;
    const hour = this.hours.get(hour_ms) ?? { count: 0, rows: 0 };
    if (hour.count >= 0) hour.count += count;
    hour.rows += rows;
    this.hours.set(hour_ms, hour);
  }

  /** The segments of the hour may be counted twice. */
  doubt(time_ms: number): void {
    const hour = this.hours.get(Math.floor(time_ms / HOUR_MS) * HOUR_MS);
    if (hour !== undefined) hour.count = -1;
  }

  counts(from_ms: number): HourCounts {
    const kept = [...this.hours].filter(([hour_ms]) => hour_ms >= from_ms).sort(([a], [b]) => a - b);
    return Object.fromEntries(kept.slice(-HOURS_MAX).map(([hour_ms, { count }]) => [hour_ms / HOUR_MS, count]));
  }

  /** How much may be read at once from there on: many quiet minutes, or one that is full. */
  span_ms(from_ms: number): number {
    let rows = 0;
    const first_ms = Math.floor(from_ms / HOUR_MS) * HOUR_MS;
    for (let hours = 0; hours < CHUNK_HOURS_MAX; hours++) {
      const more = this.hours.get(first_ms + hours * HOUR_MS)?.rows ?? 0;
      if (rows + more > ROWS_PER_CHUNK) {
        if (hours > 0) return first_ms + hours * HOUR_MS - from_ms;
        const minutes = Math.max(1, Math.floor((60 * ROWS_PER_CHUNK) / more));
        return Math.min(minutes * MINUTE_MS, first_ms + HOUR_MS - from_ms);
      }
      rows += more;
    }
    return first_ms + CHUNK_HOURS_MAX * HOUR_MS - from_ms;
  }
}

/** Minutes of hours in which other segments begin than were counted before: something came that nobody noticed. */
export function changedSince(hours: readonly HourRow[], before: HourCounts): Interval[] {
  const changed = hours.filter(({ hour, segments }) => (before[String(hour)] ?? 0) !== segments);
  return changed.map(({ from_ms, to_ms }) => ({ from_ms, to_ms }));
}
