/** What the ledger is told of a detector. */
import type { Rules } from '../../ledger/ledger.ts';
import type { Detector } from '../detector.ts';

export function rulesOf(detector: Detector): Rules {
  const { id, version, bin_minutes, gap_minutes, valid_days, confirmed_at, figures } = detector;
  const merges = Object.fromEntries(Object.entries(figures).map(([name, { merge }]) => [name, merge]));
  return { detector: id, version, bin_minutes, gap_minutes, valid_days, confirmed_at, merges };
}
