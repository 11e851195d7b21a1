/**
 * Event time against the center's clock. A clock is wrong now and then, and nobody knows whose: while sender and center disagree,
 * nothing is refused for good. The sender keeps its segments until somebody has set a clock, and then they are judged.
 */
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import { CLOCK_DIFFERENCE_MS } from '@noroshi/wire/api/upload.ts';
import { Refusal } from './refusals.ts';

export interface Clocks {
  /** The center's. */
  readonly now_ms: number;
  /** The sender's, as it says; undefined when it does not. */
  readonly sent_ms: number | undefined;
}

interface Minutes {
  readonly minute_from_ms: number;
  readonly minute_to_ms: number;
}

/** Live segments carry their sensor's clock in every row: it must be right before any is taken. */
export function checkClocks(name: string, feed: FeedName, clocks: Clocks): void {
  if (feed === 'network') throwIfApart(name, clocks);
}

/**
 * Not from the future, whatever the feed; of the feed `network` not older than `age_ms`. Throws Refusal.
 * @param name the segment in our sentences, e.g. `segment tokyo-1/12`
 */
export function checkTimes(name: string, feed: FeedName, segment: Minutes, clocks: Clocks, age_ms: number): void {
  const ahead_ms = segment.minute_to_ms - clocks.now_ms;
  const behind_ms = clocks.now_ms - segment.minute_from_ms;
  const isFuture = ahead_ms > CLOCK_DIFFERENCE_MS;
  if (!isFuture && (feed !== 'network' || behind_ms <= age_ms)) return;
  throwIfApart(name, clocks);
  if (isFuture) throw new Refusal('from_future', `Cannot take ${name}: it ends ${spanText(ahead_ms)} from now`);
  throw new Refusal('too_old', `Cannot take ${name}: it began ${spanText(behind_ms)} ago`);
}

function throwIfApart(name: string, { now_ms, sent_ms }: Clocks): void {
  const apart_ms = sent_ms === undefined ? 0 : sent_ms - now_ms;
  if (Math.abs(apart_ms) <= CLOCK_DIFFERENCE_MS) return;
  const side = apart_ms > 0 ? 'ahead of' : 'behind';
  throw new Refusal(
    'clock_differs',
    `Cannot judge ${name}: its sender’s clock is ${spanText(apart_ms)} ${side} the center’s`,
  );
}

const UNITS: readonly (readonly [name: string, seconds: number])[] = [
  ['years', 31_557_600],
  ['days', 86_400],
  ['h', 3600],
  ['min', 60],
];
/** So many of a unit at the least; with fewer the next smaller one says more. */
const UNITS_MIN = 10;

/** `300 s`, `11 years`: exact to a tenth at the worst. */
function spanText(span_ms: number): string {
  const seconds = Math.round(Math.abs(span_ms) / 1000);
  const [name, size] = UNITS.find(([, unit_s]) => seconds >= UNITS_MIN * unit_s) ?? ['s', 1];
  return `${Math.round(seconds / size)} ${name}`;
}
