/** Looks for a window among a source's latest answers in which there are more than its background explains. */
import type { Answers } from './rings.ts';
import { COUNTS, isTooMany, SPAN_MAX_MS, spanLimit_ms } from './spans.ts';

export interface AlarmRules {
  /** Places in COUNTS that are used, from this one on. */
  readonly leastPlace: number;
  /** Whether the answers [from, to) look like those of an attack. */
  accepts(answers: Answers, from: number, to: number): boolean;
}

/**
 * The first answer of the largest window that ends at `now_ms` or later and is an alarm; -1 without one.
 * @param perHour further answers of ordinary sources
 */
export function findAlarm(answers: Answers, count: number, now_ms: number, perHour: number, rules: AlarmRules): number {
  const { times_ms } = answers;
  for (let place = COUNTS.length - 1; place >= rules.leastPlace; place--) {
    const size = COUNTS[place];
    const limit_ms = spanLimit_ms(place, perHour);
    for (let end = count; end >= size && times_ms[end - 1] >= now_ms; end--) {
      const start = end - size;
      const span_ms = times_ms[end - 1] - times_ms[start];
      if (span_ms > limit_ms || !rules.accepts(answers, start, end)) continue;
      if (start === 0 || standsOut(times_ms, start, size, span_ms, perHour)) return start;
    }
  }
  return -1;
}

/** The same with what the source itself did in the hour before the window. */
function standsOut(times_ms: Uint32Array, start: number, size: number, span_ms: number, perHour: number): boolean {
  let oldest = start;
  while (oldest > 0 && times_ms[oldest - 1] + SPAN_MAX_MS >= times_ms[start]) oldest--;
  const known_ms = times_ms[start] - times_ms[oldest];
  return isTooMany(size, span_ms, perHour, start - oldest, known_ms);
}
