/**
 * How sure a finding is, as three steps. The numbers are shares: of simulated findings of this step, at least so many were attacks
 * (calibration.test.ts).
 */
import type { Sentence } from '../../../ledger/sighting.ts';
import { expectedDistinct } from './statistics.ts';

export const LOW = 0.7;
export const MEDIUM = 0.9;
export const HIGH = 0.98;
/** Someone who cannot be attacked over the Internet. */
export const BOGON = 0.2;

const ANSWERS_MEDIUM = 12;
const ANSWERS_HIGH = 30;
const SPREAD_MEDIUM = 0.8;
const SPREAD_HIGH = 0.85;

export const CONFIDENCE: Sentence = {
  ja: '攻撃の被害である確率。0.7（応答が少ない、または広がりが弱い）、0.9、0.98（30 件以上が一様に広がる）の三段階。模擬データでの正解率はこれ以上。',
  en: 'Probability that it is the victim of an attack, in steps: 0.7 (few answers, or not so evenly spread), 0.9, 0.98 (30 answers or more, evenly spread). In simulated traffic at least so many were.',
};

/**
 * @param answers first answers so far
 * @param targets different addresses of ours among them
 * @param addresses Infinity where there is no number
 */
export function confidenceOf(answers: number, targets: number, addresses: number): number {
  const spread = targets / expectedDistinct(addresses, answers);
  if (answers >= ANSWERS_HIGH && spread >= SPREAD_HIGH) return HIGH;
  return answers >= ANSWERS_MEDIUM && spread >= SPREAD_MEDIUM ? MEDIUM : LOW;
}
