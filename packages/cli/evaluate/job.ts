/** One run of the evaluation: a simulated telescope for some hours, detectors over it, scores. */
import type { Detector } from '@noroshi/center/detect/detector.ts';
import { flowBatchOf } from '@noroshi/center/detect/flow-batch-of.ts';
import type { Bin } from '@noroshi/center/detect/flow-batch.ts';
import { type Role, ROLES } from '@noroshi/simulate/rows/roles.ts';
import { RowWorld } from '@noroshi/simulate/rows/world.ts';
import { listen } from './listen.ts';
import { emptyScore, judge, type Limit, type Score } from './score.ts';

/**
 * What is simulated. `attacks`: everything that answers — victims weak and strong, reflections, SYN-ACK scans, servers that have
 * lost their way, strays — and no probes, which detectors of victims do not read. `scans`: everybody, attacks too. `quiet`:
 * everybody but attackers, scanners and bots; SYN-ACK scanners stay.
 */
export const SCENES = ['attacks', 'scans', 'quiet'] as const;
export type Scene = (typeof SCENES)[number];

/** Plain data, so that a worker can be told. */
export interface Job {
  readonly scene: Scene;
  readonly seed: number;
  readonly addresses: number;
  readonly minutes: number;
  readonly packetsPerAddressDay: number;
  readonly attacksPerDay: number;
  /** Detectors by their ids. */
  readonly detectors: readonly string[];
}

export interface JobResult {
  readonly scores: readonly Score[];
  readonly rows: number;
  readonly failures: readonly string[];
}

/** 2026-01-05T00:00:00Z, a Monday. */
const START_MS = Date.UTC(2026, 0, 5);
const DAY_MINUTES = 1440;
const LOUD: ReadonlySet<string> = new Set([
  'dos',
  'reflection',
  'amplification',
  'research-scan',
  'horizontal-scan',
  'vertical-scan',
  'bot',
]);

const TAKES_PART: Readonly<Record<Scene, (role: Role) => boolean>> = {
  attacks: ({ isAnswer }) => isAnswer === true,
  scans: () => true,
  quiet: ({ kind }) => !LOUD.has(kind),
};

export async function runJob(
  job: Job,
  known: readonly Detector[],
  limitOf: (detector: string, addresses: number) => Limit | undefined,
): Promise<JobResult> {
  const { scene, seed, addresses, minutes } = job;
  const detectors = job.detectors.map((id) => detectorOf(known, id));
  const world = new RowWorld({ ...job, roles: ROLES.filter(TAKES_PART[scene]) });
  let rows = 0;
  const bins = binsOf(world, minutes, (count) => {
    rows += count;
  });
  const { findings, told, failures } = await listen(bins, detectors);
  const truth = world.truth();
  const scores = detectors.map((detector) => {
    const score = emptyScore(detector.id, addresses);
    const own = findings.filter((finding) => finding.detector === detector.id);
    const limit = limitOf(detector.id, addresses);
    judge(score, { detector, findings: own, told: told.get(detector.id) ?? [], events: truth, limit });
    for (const [index, sentence] of score.wrong.entries()) score.wrong[index] = `${scene}, seed ${seed}: ${sentence}`;
    score.failures = failures.filter((failure) => failure.detector === detector.id).length;
    if (scene === 'quiet') {
      score.quiet_days = minutes / DAY_MINUTES;
      score.quiet_alerts = score.verdicts.false + score.verdicts.double;
    }
    return score;
  });
  return { scores, rows, failures: failures.map(({ detector, message }) => `${detector}, seed ${seed}: ${message}`) };
}

function* binsOf(world: RowWorld, minutes: number, onRows: (rows: number) => void): Generator<Bin, void, void> {
  for (const { minute_ms, columns, rows, exposure } of world.minutes(START_MS, START_MS + minutes * 60_000)) {
    onRows(rows);
    yield { minute_ms, exposure, flows: flowBatchOf(columns, rows) };
  }
}

function detectorOf(known: readonly Detector[], id: string): Detector {
  const detector = known.find((one) => one.id === id);
  if (detector === undefined) throw new RangeError(`Cannot evaluate ${id}: no detector has this name`);
  return detector;
}
