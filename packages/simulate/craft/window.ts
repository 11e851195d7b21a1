/**
 * When an actor is at work: a monotone, piecewise linear map from its own working time to the time of the capture. A
 * steady actor has one piece; a pulsed attack one per pulse; daily rhythm one per quarter of an hour.
 */
import type { Rhythm } from '../options.ts';

/** Seconds since the capture's beginning; `at_s[i] … at_s[i + 1]` is passed while `worked_s[i] … worked_s[i + 1]` is. */
export interface Window {
  readonly worked_s: Float64Array;
  readonly at_s: Float64Array;
}

const DAY_S = 86_400;
const PEAK_S = 15 * 3600;
const SWING = 0.5;
const PIECE_S = 900;
/** Pieces that one window may have; a longer rhythm or a faster pulse becomes coarser. */
const PIECES_MAX = 4096;

export function steadyWindow(start_s: number, end_s: number): Window {
  return { worked_s: Float64Array.of(0, end_s - start_s), at_s: Float64Array.of(start_s, end_s) };
}

/** @param epoch_s epoch seconds of the capture's beginning: it decides where in the day the window lies */
export function rhythmicWindow(start_s: number, end_s: number, rhythm: Rhythm, epoch_s: number): Window {
  if (rhythm === 'flat') return steadyWindow(start_s, end_s);
  const pieces = Math.min(PIECES_MAX, Math.max(1, Math.ceil((end_s - start_s) / PIECE_S)));
  const worked_s = new Float64Array(pieces + 1);
  const at_s = new Float64Array(pieces + 1);
  at_s[0] = start_s;
  for (let piece = 1; piece <= pieces; piece++) {
    const from = at_s[piece - 1];
    const to = piece === pieces ? end_s : start_s + ((end_s - start_s) * piece) / pieces;
    at_s[piece] = to;
    worked_s[piece] = worked_s[piece - 1] + (to - from) * intensity(epoch_s + (from + to) / 2);
  }
  return { worked_s, at_s };
}

/** Work for `on_s`, rest for `off_s`, again until the end. */
export function pulsedWindow(start_s: number, end_s: number, on_s: number, off_s: number): Window {
  const period_s = on_s + off_s;
  const pulses = Math.min(PIECES_MAX / 2, Math.max(1, Math.ceil((end_s - start_s) / period_s)));
  const worked_s: number[] = [];
  const at_s: number[] = [];
  for (let pulse = 0; pulse < pulses; pulse++) {
    const from = start_s + pulse * period_s;
    const to = Math.min(end_s, from + on_s);
    const before = worked_s.at(-1) ?? 0;
    worked_s.push(before, before + (to - from));
    at_s.push(from, to);
  }
  return { worked_s: Float64Array.from(worked_s), at_s: Float64Array.from(at_s) };
}

/** Working time of the whole window in seconds: what a rate is a rate of. */
export function worked(window: Window): number {
  return window.worked_s[window.worked_s.length - 1];
}

function intensity(epoch_s: number): number {
  return 1 + SWING * Math.cos((2 * Math.PI * (epoch_s - PEAK_S)) / DAY_S);
}
