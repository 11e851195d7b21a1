/**
 * The watermark of one feed: the minute up to which everything has come that live sensors sent. A sensor is live while it keeps
 * sending; one that has been silent for longer than the grace no longer holds the others back, and what it sends later is late.
 *
 * A sensor's segments have numbers without gaps, and come several at a time: what lies behind a gap counts when the gap is filled, or
 * has been there for longer than the grace.
 */
import type { StoredNotice } from '../../store/store.ts';

/** Numbers behind a gap that are remembered; with more the gap is given up. */
export const AHEAD_MAX = 256;

interface SensorState {
  /** End of what has come without a gap. */
  to_ms: number;
  /** The number that comes next. */
  next: number;
  /** Ends of what lies behind the gap, by number. */
  readonly ahead: Map<number, number>;
  gap_since_ms: number;
  heard_ms: number;
}

export interface Watermark {
  readonly watermark_ms: number;
  /** No sensor of the feed is live: nothing more is waited for. */
  readonly isSettled: boolean;
}

type Arrival = Pick<StoredNotice, 'sensor' | 'sequence' | 'minute_to_ms' | 'received_at_ms'>;

export class Frontier {
  private readonly sensors = new Map<string, SensorState>();
  private readonly grace_ms: number;
  private high_ms = Number.NEGATIVE_INFINITY;

  constructor(grace_ms: number) {
    this.grace_ms = grace_ms;
  }

  /** A segment that is stored. */
  note({ sensor, sequence, minute_to_ms, received_at_ms }: Arrival): void {
    const state = this.sensors.get(sensor);
    if (state === undefined) {
      const fresh = {
        to_ms: minute_to_ms,
        next: sequence + 1,
        ahead: new Map(),
        gap_since_ms: 0,
        heard_ms: received_at_ms,
      };
      this.sensors.set(sensor, fresh);
      return;
    }
    state.heard_ms = Math.max(state.heard_ms, received_at_ms);
    if (sequence < state.next) return;
    if (state.ahead.size === 0) state.gap_since_ms = received_at_ms;
    state.ahead.set(sequence, minute_to_ms);
    fillGap(state);
    if (state.ahead.size > AHEAD_MAX) skipGap(state);
  }

  /** Undefined before anything has come. */
  at(now_ms: number): Watermark | undefined {
    if (this.sensors.size === 0) return undefined;
    const all = [...this.sensors.values()];
    for (const state of all) {
      while (state.ahead.size > 0 && now_ms - state.gap_since_ms > this.grace_ms) skipGap(state);
    }
    const live = all.filter(({ heard_ms }) => now_ms - heard_ms <= this.grace_ms);
    const isSettled = live.length === 0;
    const ends = (isSettled ? all : live).map(({ to_ms }) => to_ms);
    this.high_ms = Math.max(this.high_ms, isSettled ? Math.max(...ends) : Math.min(...ends));
    return { watermark_ms: this.high_ms, isSettled };
  }
}

function fillGap(state: SensorState): void {
  for (let end = state.ahead.get(state.next); end !== undefined; end = state.ahead.get(state.next)) {
    state.ahead.delete(state.next++);
    state.to_ms = Math.max(state.to_ms, end);
  }
}

function skipGap(state: SensorState): void {
  state.next = Math.min(...state.ahead.keys());
  fillGap(state);
}
