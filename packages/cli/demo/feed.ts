/**
 * The simulated world as a sensor's feed: first the past, as fast as it is taken, then live. After a stop it goes on where it ended,
 * and what it missed meanwhile it tells as the past.
 */
import type { FeedPiece } from '@noroshi/sensor/main.ts';
import type { World } from '@noroshi/simulate/world/world.ts';

export interface DemoFeedOptions {
  readonly world: World;
  /** How far back the past goes; what is older is a gap. */
  readonly days: number;
  /** Until when everything was told before, Unix ms; undefined at the first time. */
  readonly resume_ms: number | undefined;
  /** Aborted: ends behind what it has told. */
  readonly signal: AbortSignal;
  readonly now_ms: () => number;
  /** Ends early, without an error, when the signal is aborted. */
  readonly sleep: (pause_ms: number, signal: AbortSignal) => Promise<void>;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Further behind than this it is the past: a machine that slept catches up without a segment a minute. */
const LIVE_MS = 5 * MINUTE_MS;
/** Live packets come at this pace. */
const TICK_MS = 500;

export async function* demoFeed(options: DemoFeedOptions): AsyncGenerator<FeedPiece, void, void> {
  const { world, signal, now_ms, sleep } = options;
  let at_ms = beginningOf(options, options.resume_ms);
  yield { kind: 'listening', from_ms: at_ms };
  let tape = world.tape(at_ms);
  while (!signal.aborted) {
    const now = now_ms();
    const begins_ms = beginningOf(options, at_ms);
    if (begins_ms > at_ms) {
      at_ms = begins_ms;
      tape = world.tape(at_ms, true);
      yield { kind: 'listening', from_ms: at_ms };
    }
    const isLive = now - at_ms <= LIVE_MS;
    const to_ms = isLive
      ? Math.min(now, next(at_ms, MINUTE_MS))
      : Math.min(now - (now % MINUTE_MS), next(at_ms, HOUR_MS));
    if (to_ms > at_ms) {
      for (const bytes of tape.until(to_ms)) yield { kind: 'bytes', bytes };
      yield { kind: 'until', to_ms, isLive };
      at_ms = to_ms;
    }
    if (isLive && now - at_ms < TICK_MS) await sleep(TICK_MS, signal);
  }
}

/** Where it goes on: not further back than the days allow, from the beginning of a UTC day. */
function beginningOf({ days, now_ms }: DemoFeedOptions, resume_ms: number | undefined): number {
  const first_ms = now_ms() - days * DAY_MS;
  const day_ms = first_ms - (first_ms % DAY_MS);
  return resume_ms === undefined || resume_ms < day_ms ? day_ms : resume_ms;
}

/** The next multiple of `step_ms` after a time. */
function next(time_ms: number, step_ms: number): number {
  return (Math.floor(time_ms / step_ms) + 1) * step_ms;
}
