/**
 * From what a telescope sees of an attack to the attack. A flood that forges sources uniformly over 2³² addresses sends
 * N / 2³² of its answers to N of ours. The plan fixes how many answers arrive; the rate behind them is then drawn from what
 * Poisson arrivals leave open (a gamma distribution, prior 1/rate), so an estimate from the capture misses the stated rate
 * by as much as it would in life, and an exact 95 % interval holds it in about 95 of 100 attacks.
 */
import type { Part } from '../actor.ts';
import { gamma } from './random.ts';
import { type Window, worked } from './window.ts';

/** What truth says of the strength of an attack whose first answers number `answers`. IPv6 forgers draw from a prefix: no rate. */
export function strength(part: Part, answers: number, window: Window): { answers: number; attack_pps?: number } {
  if (part.net === 6) return { answers };
  const seen_pps = gamma(part.random, answers) / Math.max(worked(window), 1e-3);
  return { answers, attack_pps: Number(((seen_pps * 2 ** 32) / part.telescope.addresses4).toPrecision(4)) };
}
