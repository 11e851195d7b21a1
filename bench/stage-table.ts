/** Where our time goes: what each stage adds to the one before it, on one capture and one core. */
import { resolve } from 'node:path';
import type { Capture } from './captures.ts';
import type { Bench } from './compare.ts';
import { decimals } from './numbers.ts';
import { median } from './statistics.ts';
import { NODE } from './tools.ts';

const ROUNDS = 3;
const SCRIPT = resolve(import.meta.dirname, 'stages.ts');
const STEPS = [
  ['hop', 'reading, and hopping from record to record'],
  ['walk', 'walking the headers'],
  ['classify', 'class, predicates and marks'],
  ['table', 'the flow table'],
  ['parquet', 'Parquet: columns, check sums, digests, file'],
] as const;

export interface StageRow {
  readonly sentence: string;
  /** Nanoseconds a packet up to here. */
  readonly total_ns: number;
  readonly added_ns: number;
}

/** In rounds too; medians. Throws when a stage fails. */
export async function measureStages(bench: Bench, capture: Capture): Promise<StageRow[]> {
  const rounds = bench.options.rounds ?? ROUNDS;
  const found = STEPS.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, [stage]] of STEPS.entries()) found[index].push(await runStage(bench, stage, capture));
  }
  const totals = found.map(median);
  return STEPS.map(([, sentence], index) => ({
    sentence,
    total_ns: totals[index],
    added_ns: totals[index] - (totals[index - 1] ?? 0),
  }));
}

async function runStage({ runner, say }: Bench, stage: string, capture: Capture): Promise<number> {
  const run = await runner.run({ argv: [NODE, SCRIPT, stage, capture.path], cores: '0' });
  if (run.failure !== undefined) throw new Error(`Cannot measure stage ${stage}: ${run.failure}`);
  const { ns } = JSON.parse(run.said) as { readonly ns: number };
  say(`${capture.scenario.padEnd(7)} up to ${stage.padEnd(8)}  ${decimals(ns, 1)} ns a packet`);
  return ns;
}
