/** What is to be reached, and whether it was. A miss is written down like everything else. */
import type { Capture } from './captures.ts';
import type { Row } from './compare.ts';
import type { MemoryRow } from './memory.ts';
import { count, decimals } from './numbers.ts';
import type { BenchScenario } from './options.ts';
import type { StageRow } from './stage-table.ts';
import { median } from './statistics.ts';
import { ONE_CORE, TWO_PROCESSES, TWO_WORKERS } from './tools.ts';

const FLOOR_SHARE: Record<BenchScenario, number> = { unique: 0.25, repeats: 0.6 };
const SPEED_UP = 1.7;
const RSS_MIB = 512;
const SIMULATE_PPS = 1e6;

/** All that was measured on one capture. */
export interface Table {
  readonly capture: Capture;
  readonly rows: readonly Row[];
  readonly stages: readonly StageRow[];
}

export interface Goal {
  readonly sentence: string;
  readonly figure: string;
  /** Undefined: not measured. */
  readonly isReached: boolean | undefined;
}

export function goalsOf(tables: readonly Table[], memory: readonly MemoryRow[]): Goal[] {
  return [...tables.flatMap(speedGoals), ...tables.map(simulateGoal), memoryGoal(tables, memory)];
}

/** Median ratio of a program that was measured. */
export function ratioOf({ rows }: Table, name: string): number | undefined {
  const row = rows.find(({ tool }) => tool.name === name);
  return row === undefined || !isMeasured(row) ? undefined : median(row.samples.map(({ ratio }) => ratio));
}

export function isMeasured({ samples, failure }: Row): boolean {
  return failure === undefined && samples.length > 0;
}

/** How many times as fast as one core two workers are, and two processes that share nothing; each against its own tcpdump. */
export function speedUpsOf(table: Table): { readonly workers: number; readonly processes: number } | undefined {
  const one = ratioOf(table, ONE_CORE);
  const workers = ratioOf(table, TWO_WORKERS);
  const processes = ratioOf(table, TWO_PROCESSES);
  if (one === undefined || workers === undefined || processes === undefined) return undefined;
  return { workers: workers / one, processes: processes / one };
}

function speedGoals(table: Table): Goal[] {
  const { scenario } = table.capture;
  const one = ratioOf(table, ONE_CORE);
  const two = ratioOf(table, TWO_WORKERS);
  const share = FLOOR_SHARE[scenario];
  const shareOfTwo = share * SPEED_UP;
  return [
    aheadGoal(table, one),
    {
      sentence: `${scenario}: one core at ≥ ${share} × tcpdump`,
      figure: one === undefined ? '—' : `${decimals(one, 3)} ×`,
      isReached: one === undefined ? undefined : one >= share,
    },
    {
      sentence: `${scenario}: two workers at ≥ ${SPEED_UP} × that (${decimals(shareOfTwo, 3)} × tcpdump)`,
      figure: two === undefined ? '—' : `${decimals(two, 3)} ×`,
      isReached: two === undefined ? undefined : two >= shareOfTwo,
    },
  ];
}

/** Ahead of the fastest of the programs that make flows and were measured. */
function aheadGoal(table: Table, one: number | undefined): Goal {
  const sentence = `${table.capture.scenario}: one core ahead of every program that makes flows`;
  const others = table.rows.filter((row) => row.tool.kind === 'flows' && isMeasured(row));
  const ranked = others.map(({ tool: { name } }) => ({ name, ratio: ratioOf(table, name) ?? 0 }));
  const best = ranked.toSorted((a, b) => b.ratio - a.ratio)[0];
  if (one === undefined || best === undefined) return { sentence, figure: '—', isReached: undefined };
  return { sentence, figure: `${decimals(one / best.ratio, 2)} × ${best.name}`, isReached: one > best.ratio };
}

function simulateGoal({ capture: { scenario, packets, run } }: Table): Goal {
  const rate = packets / run.wall_s;
  return {
    sentence: `${scenario}: simulate at ≥ ${SIMULATE_PPS / 1e6} M packets/s`,
    figure: `${decimals(rate / 1e6, 2)} M packets/s`,
    isReached: rate >= SIMULATE_PPS,
  };
}

function memoryGoal(tables: readonly Table[], memory: readonly MemoryRow[]): Goal {
  const ours = tables.flatMap(({ rows }) => rows.filter(({ tool }) => tool.kind === 'ours'));
  const peaks = [...ours.flatMap(({ samples }) => samples), ...memory].map(({ rss_mib }) => rss_mib);
  const sentence = `memory of each of ours ≤ ${RSS_MIB} MiB${memory.length > 0 ? ', whatever the size of the file' : ''}`;
  if (peaks.length === 0) return { sentence, figure: '—', isReached: undefined };
  const peak = Math.max(...peaks);
  return { sentence, figure: `${count(peak)} MiB at the most`, isReached: peak <= RSS_MIB };
}
