/**
 * Poisson arrivals with a known count. Given that n events of a Poisson process fall into a window, they lie there like n
 * sorted uniform numbers; these can be drawn in order, one by one: with k left and t the last, the next is
 * t + (end − t)(1 − u^(1/k)). So a plan knows every actor's exact number of packets, and times are still Poisson.
 */
import type { Random } from './random.ts';
import type { Window } from './window.ts';

/** Below this, 1 − e^(−x) is taken as its series to x³: the error, x⁴/24, stays under 5 · 10⁻¹⁰ of the time left. */
const SMALL = 0.01;

export class Arrivals {
  private readonly random: Random;
  private readonly worked_s: Float64Array;
  private readonly at_s: Float64Array;
  private readonly end: number;
  private left: number;
  private now = 0;
  private piece = 0;

  /** `count` arrivals in `window`. A copy of the same generator gives the same arrivals. */
  constructor(random: Random, count: number, window: Window) {
    this.random = random;
    this.left = count;
    this.worked_s = window.worked_s;
    this.at_s = window.at_s;
    this.end = window.worked_s[window.worked_s.length - 1];
  }

  /** Time of the next arrival, seconds since the capture's beginning; never before the last one. */
  next(): number {
    const x = this.random.exponential() / this.left;
    const share = x < SMALL ? x * (1 - x * (0.5 - x * (1 / 6))) : 1 - Math.exp(-x);
    this.left--;
    this.now = Math.min(this.end, this.now + (this.end - this.now) * share);
    return this.capturedAt(this.now);
  }

  private capturedAt(worked: number): number {
    const { worked_s, at_s } = this;
    let piece = this.piece;
    while (piece + 2 < worked_s.length && worked > worked_s[piece + 1]) piece++;
    this.piece = piece;
    const length = worked_s[piece + 1] - worked_s[piece];
    if (length <= 0) return at_s[piece + 1];
    const time = at_s[piece] + ((worked - worked_s[piece]) / length) * (at_s[piece + 1] - at_s[piece]);
    return Math.min(time, at_s[piece + 1]);
  }
}
