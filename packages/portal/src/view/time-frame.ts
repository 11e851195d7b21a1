/** Ticks of a time axis, at round times: of minutes, hours or days, whichever leaves a handful. */
import { clock, DAY_MS, HOUR_MS, tickDay } from '../format/time.ts';
import type { Language } from '../format/number.ts';

const MINUTE_MS = 60_000;
/** More would stand too close on a phone. */
const TICKS_MAX = 8;
const WIDTHS_MS = [
  1 * MINUTE_MS,
  5 * MINUTE_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
  12 * HOUR_MS,
  DAY_MS,
  2 * DAY_MS,
  7 * DAY_MS,
  14 * DAY_MS,
  28 * DAY_MS,
  56 * DAY_MS,
];

/** Text below each time: `14:00`, at midnight the day, '' where there is no tick. */
export function ticksOf(
  times: readonly number[],
  language: Language,
  offset_minutes: number,
): (index: number) => string {
  const span_ms = (times.at(-1) ?? 0) - (times[0] ?? 0);
  const width_ms = WIDTHS_MS.find((width) => span_ms / width <= TICKS_MAX) ?? WIDTHS_MS.at(-1) ?? DAY_MS;
  return (index) => {
    const time_ms = times[index];
    if (time_ms === undefined || (time_ms + offset_minutes * MINUTE_MS) % width_ms !== 0) return '';
    const isDay = width_ms >= DAY_MS || clock(time_ms, offset_minutes) === '00:00';
    return isDay ? tickDay(language, time_ms, offset_minutes) : clock(time_ms, offset_minutes);
  };
}
