/** The window of the last 24 hours, kept up to date by the minutes that the center sends. */
import type { LiveMinute, LiveWindow } from '@noroshi/wire/api/live.ts';
import { read } from './shape.ts';
import { liveMinute } from './shapes.ts';

export const MINUTE_MS = 60_000;
export const WINDOW_MS = 24 * 60 * MINUTE_MS;

/** The data of one `minute` event; undefined when it is none. */
export function readMinute(data: string): LiveMinute | undefined {
  try {
    const result = read(liveMinute, JSON.parse(data) as unknown);
    return result.ok ? result.value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The window with a minute added, or replaced when it was there: a minute is sent again when it is revised. The window
 * moves on with the newest minute and stays 24 hours long; what is older than it is ignored.
 */
export function withMinute(window: LiveWindow, minute: LiveMinute): LiveWindow {
  const to_ms = Math.max(window.to_ms, minute.minute_ms + MINUTE_MS);
  const from_ms = Math.max(window.from_ms, to_ms - WINDOW_MS);
  if (minute.minute_ms < from_ms) return window;
  const others = window.minutes.filter(({ minute_ms }) => minute_ms >= from_ms && minute_ms !== minute.minute_ms);
  const at = others.findLastIndex(({ minute_ms }) => minute_ms < minute.minute_ms) + 1;
  return { ...window, from_ms, to_ms, minutes: others.toSpliced(at, 0, minute) };
}

/** A column of the live chart. A column that is not full yet is not lower for it: everything is a mean of its minutes. */
export interface LiveBin {
  readonly from_ms: number;
  /** Accesses per address and minute, by others and by acknowledged scanners; null where nothing listened. */
  readonly others: number | null;
  readonly scanners: number | null;
  /** Backscatter packets per minute, of all addresses together; null where nothing listened. */
  readonly backscatter: number | null;
}

const NO_SUM = { others: 0, scanners: 0, backscatter: 0, address_seconds: 0, minutes: 0 };

/** The last `span_ms` of the window in columns of `width_ms`, all of them, empty ones too. */
export function toBins(window: LiveWindow, span_ms: number, width_ms: number): LiveBin[] {
  const start = Math.ceil(window.to_ms / width_ms) * width_ms - span_ms;
  const sums = Array.from({ length: span_ms / width_ms }, () => ({ ...NO_SUM }));
  for (const minute of window.minutes) {
    const sum = sums[Math.floor((minute.minute_ms - start) / width_ms)];
    if (sum === undefined || minute.address_seconds === 0) continue;
    sum.others += minute.accesses - minute.scanner_accesses;
    sum.scanners += minute.scanner_accesses;
    sum.backscatter += minute.backscatter;
    sum.address_seconds += minute.address_seconds;
    sum.minutes++;
  }
  return sums.map((sum, index) => toBin(sum, start + index * width_ms));
}

function toBin({ others, scanners, backscatter, address_seconds, minutes }: typeof NO_SUM, from_ms: number): LiveBin {
  if (minutes === 0) return { from_ms, others: null, scanners: null, backscatter: null };
  const address_minutes = address_seconds / 60;
  return {
    from_ms,
    others: others / address_minutes,
    scanners: scanners / address_minutes,
    backscatter: backscatter / minutes,
  };
}

/** What the whole window comes to. `per_address_day` is null when nothing listened. */
export interface LiveTotal {
  readonly per_address_day: number | null;
  /** Minutes in which anything listened. */
  readonly minutes: number;
  readonly backscatter: number;
  readonly dropped: number;
  readonly packets: number;
}

export function toTotal(window: LiveWindow): LiveTotal {
  const total = { accesses: 0, backscatter: 0, dropped: 0, packets: 0, seconds: 0, minutes: 0 };
  for (const minute of window.minutes) {
    total.accesses += minute.accesses;
    total.backscatter += minute.backscatter;
    total.dropped += minute.dropped;
    total.packets += minute.packets;
    total.seconds += minute.address_seconds;
    if (minute.address_seconds > 0) total.minutes++;
  }
  const { backscatter, dropped, packets, minutes } = total;
  const per_address_day = total.seconds === 0 ? null : (total.accesses / total.seconds) * 86_400;
  return { per_address_day, minutes, backscatter, dropped, packets };
}
