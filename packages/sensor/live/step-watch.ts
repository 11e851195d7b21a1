/** Steps of the wall clock, found by holding it against one that nobody sets. */

/** Wall clock and monotonic clock, both in ms. */
export interface Clock {
  readonly now_ms: () => number;
  readonly monotonic_ms: () => number;
}

/** A smaller difference between two looks is a clock that is being slewed, or a busy machine. */
const STEP_MS_MIN = 1000;

export interface Step {
  /** What the wall clock would say now without the step, and what it says. */
  readonly before_ms: number;
  readonly after_ms: number;
}

export class StepWatch {
  private readonly clock: Clock;
  private offset_ms: number;

  constructor(clock: Clock) {
    this.clock = clock;
    this.offset_ms = clock.now_ms() - clock.monotonic_ms();
  }

  /** The step since the last look; undefined without one. A machine that slept has stepped forward: its monotonic clock stood. */
  look(): Step | undefined {
    const monotonic_ms = this.clock.monotonic_ms();
    const after_ms = this.clock.now_ms();
    const before_ms = Math.round(monotonic_ms + this.offset_ms);
    this.offset_ms = after_ms - monotonic_ms;
    return Math.abs(after_ms - before_ms) < STEP_MS_MIN ? undefined : { before_ms, after_ms };
  }
}
