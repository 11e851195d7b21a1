/**
 * How many packets a plan expects when, so that a capture can be cut into slices of about equal size before anything is
 * written. The capture is divided into bins of equal length; inside a bin packets are taken to be spread evenly.
 */
import type { Stream } from '../actor.ts';

const BINS = 1 << 16;

/** Ends of slices, ascending, the last one beyond every packet; seconds since the capture's beginning. */
export function sliceEnds(streams: readonly Stream[], duration_s: number, packetsPerSlice: number): number[] {
  const expected = expectedPerBin(streams, duration_s);
  const bin_s = duration_s / BINS;
  const ends: number[] = [];
  let held = 0;
  for (let bin = 0; bin < BINS; bin++) {
    const parts = Math.ceil(expected[bin] / packetsPerSlice);
    if (held > 0 && held + expected[bin] > packetsPerSlice) {
      ends.push(bin * bin_s);
      held = 0;
    }
    for (let part = 1; part < parts; part++) ends.push((bin + part / parts) * bin_s);
    held += expected[bin] / Math.max(1, parts);
  }
  return [...ends, Infinity];
}

function expectedPerBin(streams: readonly Stream[], duration_s: number): Float64Array {
  const steps = new Float64Array(BINS + 1);
  const binAt = (time_s: number): number => Math.max(0, Math.min(BINS - 1, Math.floor((time_s / duration_s) * BINS)));
  for (const { packets, delay_s, window } of streams) {
    const { worked_s, at_s } = window;
    const total_s = worked_s[worked_s.length - 1];
    for (let piece = 1; piece < worked_s.length; piece++) {
      const share = total_s > 0 ? (worked_s[piece] - worked_s[piece - 1]) / total_s : 1 / (worked_s.length - 1);
      const from = binAt(at_s[piece - 1] + delay_s);
      const to = binAt(at_s[piece] + delay_s) + 1;
      const perBin = (packets * share) / (to - from);
      steps[from] += perBin;
      steps[to] -= perBin;
    }
  }
  for (let bin = 1; bin < BINS; bin++) steps[bin] += steps[bin - 1];
  return steps;
}
