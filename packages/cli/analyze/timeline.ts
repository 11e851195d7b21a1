/**
 * Counts over time in a fixed number of bins whatever the span: when a time falls outside, bins are joined in pairs and become
 * twice as wide. Widths are powers of two of a second, so that borders are exact and joining loses nothing.
 */
import type { Series } from './analysis.ts';

/** Narrowest bin: 2⁻¹⁰ s, about a millisecond. */
const STEP_LEAST_S = 2 ** -10;

export class Timeline {
  /** Width of a bin and beginning of the first one, seconds; the latter is a multiple of the former. */
  step_s: number;
  private start_s = Number.NaN;
  private end_s = Number.NaN;
  private readonly bins: Float64Array;

  /**
   * @param bins an even number
   * @param step_s width to begin with, a power of two
   */
  constructor(bins: number, step_s = STEP_LEAST_S) {
    this.bins = new Float64Array(bins);
    this.step_s = step_s;
  }

  add(time_s: number): void {
    if (!(time_s >= this.start_s && time_s < this.end_s)) this.stretch(time_s);
    this.bins[Math.floor((time_s - this.start_s) / this.step_s)]++;
  }

  /** The bins from the first to the last that counted something. */
  series(): Series {
    const first = this.bins.findIndex((value) => value > 0);
    if (first < 0) return { from: 0, step_s: this.step_s, packets: [] };
    const last = this.bins.findLastIndex((value) => value > 0);
    const packets = [...this.bins.subarray(first, last + 1)];
    return { from: this.start_s + first * this.step_s, step_s: this.step_s, packets };
  }

  private stretch(time_s: number): void {
    if (Number.isNaN(this.start_s)) this.place(Math.floor(time_s / this.step_s) * this.step_s);
    while (time_s >= this.end_s) this.join(this.start_s);
    // A bin later than the whole span before it: rounded down, the last bin would fall off the end.
    while (time_s < this.start_s) this.join(this.start_s - (this.end_s - this.start_s) + this.step_s);
  }

  private place(start_s: number): void {
    this.start_s = start_s;
    this.end_s = start_s + this.step_s * this.bins.length;
  }

  /** Doubles the width; the timeline begins at `start_s` or, to keep its borders at multiples, up to a bin earlier. */
  private join(start_s: number): void {
    const { bins, step_s } = this;
    const wide_s = step_s * 2;
    const from_s = Math.floor(start_s / wide_s) * wide_s;
    const shift = Math.round((this.start_s - from_s) / step_s);
    const joined = new Float64Array(bins.length);
    for (const [index, value] of bins.entries()) {
      if (value > 0) joined[(index + shift) >> 1] += value;
    }
    bins.set(joined);
    this.step_s = wide_s;
    this.place(from_s);
  }
}
