/**
 * When a sender is at work: from its birth to its death, all the time or in pulses. Times are seconds since 1970. The day's rhythm
 * weighs a minute as a whole.
 */
const DAY_S = 86_400;
/** Peak at 15:00 UTC, half up and half down: as craft/window.ts has it. */
const PEAK_S = 15 * 3600;
const SWING = 0.5;

export interface Life {
  readonly birth_s: number;
  readonly death_s: number;
  /** Seconds at work, then at rest, and again; undefined: always at work. */
  readonly pulse_s?: readonly [on: number, off: number];
}

/** Seconds at work since birth, at a time within the life or beyond it. */
function workedUntil({ birth_s, death_s, pulse_s }: Life, time_s: number): number {
  const age = Math.min(death_s, Math.max(birth_s, time_s)) - birth_s;
  if (pulse_s === undefined) return age;
  const [on, off] = pulse_s;
  const pulses = Math.floor(age / (on + off));
  return pulses * on + Math.min(on, age - pulses * (on + off));
}

/** Seconds at work between two times. */
export function worked(life: Life, from_s: number, to_s: number): number {
  return workedUntil(life, to_s) - workedUntil(life, from_s);
}

/** The time at which so much of the work between `from_s` and `to_s` is done; 0 ≤ `share` < 1. */
export function timeOf(life: Life, from_s: number, to_s: number, share: number): number {
  const before = workedUntil(life, from_s);
  const done = before + share * (workedUntil(life, to_s) - before);
  if (life.pulse_s === undefined) return life.birth_s + done;
  const [on, off] = life.pulse_s;
  const pulses = Math.floor(done / on);
  return life.birth_s + pulses * (on + off) + (done - pulses * on);
}

/** How busy the Internet is at a time of day: mean 1. */
export function rhythm(time_s: number): number {
  return 1 + SWING * Math.cos((2 * Math.PI * ((time_s % DAY_S) - PEAK_S)) / DAY_S);
}
