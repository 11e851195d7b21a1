/** The work of `noroshi evaluate`. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Detector } from '@noroshi/center/detect/detector.ts';
import { EXIT, Refusal, refusalOf } from '../io/exit.ts';
import type { Io } from '../io/io.ts';
import { besides, checkOutputs, writeText } from '../io/out-file.ts';
import { bar } from '../look/bars.ts';
import { count } from '../look/numbers.ts';
import { named } from '../look/style.ts';
import { duration } from '../look/time.ts';
import type { EvaluateValues } from '../verbs/evaluate.ts';
import { captureScores } from './capture.ts';
import { runCorpus } from './corpus-run.ts';
import { chosen } from './detect.ts';
import { figuresOf } from './figures.ts';
import type { Job, Scene } from './job.ts';
import { runJobs } from './pool.ts';
import { type Evaluation, evaluationMarkdown, renderEvaluation } from './render.ts';
import { addScore, emptyScore, type Score } from './score.ts';

const DAY_MINUTES = 1440;
const HOUR_MINUTES = 60;
const BAR_WIDTH = 20;

export async function runEvaluate(io: Io, values: EvaluateValues): Promise<number> {
  if (values.corpus) return runCorpus(io, values.write);
  if (values.write) throw new Refusal('usage', 'Cannot write expected findings: --write goes with --corpus');
  const detectors = chosen(values.detectors).filter(({ theme }) => theme !== 'sources');
  const { markdown, capture, truth } = values;
  if (markdown !== undefined) {
    const inputs = [capture, truth].filter((file) => file !== undefined);
    await checkOutputs(io, [markdown], { inputs, force: true, isText: true });
  }
  const start_ms = performance.now();
  const seconds = (): number => (performance.now() - start_ms) / 1000;
  const evaluation = await (capture === undefined && truth === undefined
    ? simulated(io, values, detectors, seconds)
    : labelled(io, values, detectors, seconds));
  if (markdown !== undefined) writeText(markdown, evaluationMarkdown(evaluation));
  const told = besides(io, [markdown]);
  told.out.write(values.json ? `${JSON.stringify(evaluation)}\n` : renderEvaluation(evaluation, told, values.wrong));
  told.out.flush();
  return evaluation.failures.length > 0 ? EXIT.internal.code : EXIT.ok.code;
}

async function labelled(
  io: Io,
  { capture, truth, prefixes }: EvaluateValues,
  detectors: readonly Detector[],
  seconds: () => number,
): Promise<Evaluation> {
  if (capture === undefined || truth === undefined) {
    throw new Refusal('usage', 'Cannot evaluate a capture: --capture and --truth go together');
  }
  const { scores, ran, failures } = await captureScores(io, { capture, truth, prefixes, text: read(truth), detectors });
  return { ran, rows: scores.map(figuresOf), failures, seconds: seconds() };
}

async function simulated(
  io: Io,
  values: EvaluateValues,
  detectors: readonly Detector[],
  seconds: () => number,
): Promise<Evaluation> {
  const sizes = values.addresses.length === 0 ? DEFAULT_SIZES : values.addresses.map(sizeOf);
  const jobs = plan(values, sizes, detectors);
  const sums = new Map<string, Score>();
  const failures: string[] = [];
  const rows = new Map<Scene, number>();
  const abort = new AbortController();
  let done = 0;
  const threads = values.workers ?? availableParallelism();
  try {
    const work = runJobs(
      jobs,
      threads,
      (job, result) => {
        done++;
        rows.set(job.scene, (rows.get(job.scene) ?? 0) + result.rows);
        failures.push(...result.failures);
        for (const score of result.scores) addScore(sumOf(sums, score), score);
        progress(io, done, jobs.length, seconds());
      },
      abort.signal,
    );
    await io.interrupt.orStop(work);
  } finally {
    abort.abort(new Error('The evaluation was ended'));
    clear(io);
  }
  const order = detectors.map(({ id }) => id);
  const scores = [...sums.values()].toSorted(
    (a, b) => order.indexOf(a.detector) - order.indexOf(b.detector) || a.addresses - b.addresses,
  );
  return { ran: sentences(values, sizes, jobs, rows), rows: scores.map(figuresOf), failures, seconds: seconds() };
}

const DEFAULT_SIZES = [256, 1024, 4096, 16_384, 65_536];

function sizeOf(text: string): number {
  const size = Number(text);
  if (Number.isInteger(size) && size >= 1 && size <= 65_536) return size;
  throw new Refusal('usage', `Cannot evaluate: ${JSON.stringify(text)} is not a number of addresses from 1 to 65536`);
}

/** Large telescopes first: the longest jobs should not be the last. */
function plan(values: EvaluateValues, sizes: readonly number[], detectors: readonly Detector[]): Job[] {
  const { seeds, hours, days, scanHours } = values;
  const all = detectors.map(({ id }) => id);
  const dos = all.filter((id) => id.startsWith('dos/') || id === 'scan/synack');
  const scans = all.filter((id) => !id.startsWith('dos/') && id !== 'scan/synack');
  const scenes: readonly { scene: Scene; minutes: number; detectors: readonly string[]; attacksPerDay: number }[] = [
    { scene: 'scans', minutes: scanHours * HOUR_MINUTES, detectors: scans, attacksPerDay: 240 },
    { scene: 'quiet', minutes: Math.round((days * DAY_MINUTES) / seeds), detectors: all, attacksPerDay: 240 },
    { scene: 'attacks', minutes: hours * HOUR_MINUTES, detectors: dos, attacksPerDay: values.attacks },
  ];
  return sizes
    .toSorted((a, b) => b - a)
    .flatMap((addresses) =>
      scenes.flatMap((scene) =>
        Array.from({ length: seeds }, (_, index) => {
          return { ...scene, seed: index + 1, addresses, packetsPerAddressDay: values.packets };
        }),
      ),
    )
    .filter((job) => job.detectors.length > 0 && job.minutes > 0);
}

/** Exactly what was run. */
function sentences(
  values: EvaluateValues,
  sizes: readonly number[],
  jobs: readonly Job[],
  rows: ReadonlyMap<Scene, number>,
): string[] {
  const told = (scene: Scene): string => {
    const own = jobs.filter((job) => job.scene === scene && job.addresses === sizes[0]);
    const minutes = own.reduce((sum, job) => sum + job.minutes, 0);
    return `${own.length} seeds, together ${duration(minutes * 60)} at each size, ${count(rows.get(scene) ?? 0)} rows in all`;
  };
  const { packets } = values;
  const sentence: Readonly<Record<Scene, string>> = {
    attacks: `Attacks (simulated flow rows): ${values.attacks} events a day among stray answers, without probes; ${told('attacks')}.`,
    quiet: `Quiet (no attacker, no scanner but SYN-ACK scans; noise as in ${count(packets)} packets a day and address): ${told('quiet')}.`,
    scans: `Scans (everybody, ${count(packets)} packets a day and address): ${told('scans')}.`,
  };
  return (['attacks', 'quiet', 'scans'] as const).filter((scene) => rows.has(scene)).map((scene) => sentence[scene]);
}

function sumOf(sums: Map<string, Score>, { detector, addresses }: Score): Score {
  const key = `${detector} ${addresses}`;
  const known = sums.get(key) ?? emptyScore(detector, addresses);
  sums.set(key, known);
  return known;
}

function progress({ errors, errorWidth }: Io, done: number, of: number, seconds: number): void {
  if (errorWidth === undefined) return;
  const left = duration(Math.max(0.1, (seconds * (of - done)) / done));
  const line = `${bar(done, of, BAR_WIDTH).padEnd(BAR_WIDTH, '░')} ${done} of ${of} runs · ${left} left`;
  errors.write(`\r\u001b[K${line.slice(0, errorWidth - 1)}`);
  errors.flush();
}

function clear({ errors, errorWidth }: Io): void {
  if (errorWidth === undefined) return;
  errors.write('\r\u001b[K');
  errors.flush();
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw refusalOf('read', named(file), error);
  }
}
