/** Detectors against somebody's labelled capture. */
import type { Detector } from '@noroshi/center/detect/detector.ts';
import { Refusal } from '../io/exit.ts';
import type { Io } from '../io/io.ts';
import { counted } from '../look/counted.ts';
import { named } from '../look/style.ts';
import { duration } from '../look/time.ts';
import { detectCaptures } from './detect.ts';
import { limitOf } from './limits.ts';
import { emptyScore, judge, type Score } from './score.ts';
import { type LabelledEvent, readTruth, TruthError } from './truth.ts';

export interface Labelled {
  readonly capture: string;
  readonly truth: string;
  /** What stands in the truth file. */
  readonly text: string;
  readonly prefixes: readonly string[];
  readonly detectors: readonly Detector[];
}

export async function captureScores(
  io: Io,
  { capture, truth, text, prefixes, detectors }: Labelled,
): Promise<{ scores: Score[]; ran: string[]; failures: string[] }> {
  const events = eventsOf(truth, text);
  const {
    findings,
    told,
    failures,
    account,
    from_ms = 0,
    to_ms = 0,
  } = await detectCaptures(io, [capture], detectors, {
    prefixes,
  });
  const { addresses } = account.exposure;
  const scores = detectors.map((detector) => {
    const score = emptyScore(detector.id, addresses);
    const own = findings.filter((finding) => finding.detector === detector.id);
    const limit = limitOf(detector.id, addresses);
    judge(score, { detector, findings: own, told: told.get(detector.id) ?? [], events, limit });
    return score;
  });
  const lasts = duration((to_ms - from_ms) / 1000);
  const ran = `${named(capture)}: ${lasts}, ${counted(account.counters.received, 'packet')}, ${counted(events.length, 'labelled event')}.`;
  return { scores, ran: [ran], failures: failures.map(({ detector, message }) => `${detector}: ${message}`) };
}

function eventsOf(file: string, text: string): LabelledEvent[] {
  try {
    return readTruth(text);
  } catch (error) {
    if (error instanceof TruthError) throw new Refusal('io', `Cannot read ${named(file)}: ${error.message}`);
    throw error;
  }
}
