/** What was measured of flowtuples, in Markdown: goals first. */
import { describeMachine } from '../machine.ts';
import { count, decimals, megabytes, seconds } from '../numbers.ts';
import { markdown } from '../report.ts';
import { spreadOf } from '../statistics.ts';
import type { FlowtupleCapture } from './captures.ts';

export interface FlowtupleSample {
  readonly wall_s: number;
  readonly cpu_s: number;
  readonly rss_mib: number;
  /** Packets a second over those of the yardstick on `unique`, its runs before and behind; by wall time, and by processor time. */
  readonly ratio: number;
  readonly cpuRatio: number;
}

export interface FlowtupleRow {
  readonly capture: FlowtupleCapture;
  readonly format: string;
  readonly samples: readonly FlowtupleSample[];
  /** Size of the output. */
  readonly bytes: number;
}

export interface FlowtupleResults {
  readonly rows: readonly FlowtupleRow[];
  /** Packets a second of the yardstick on `unique`. */
  readonly yardstick_pps: number;
  readonly digests: { readonly same: number; readonly all: number } | undefined;
  readonly load: number;
  readonly command: string;
  readonly date: Date;
}

/** Corsaro 2 with both plugins over the yardstick of its day, and what we want: twice that. */
const CORSARO = { unique: 0.114, repeats: 0.92 } as const;
const GOAL_TIMES = 2;
/** The format that Corsaro was measured with. */
export const GOAL_FORMAT = 'flowtuple-binary';

export function flowtupleReport({ rows, yardstick_pps, digests, load, command, date }: FlowtupleResults): string {
  return `# Flowtuples

Written by \`${command}\` on ${date.toISOString().slice(0, 10)}; not to be edited by hand.

## Goals of flowtuples

${markdown(['goal', 'figure', ''], [...rows.filter(({ format }) => format === GOAL_FORMAT).map(goalOf), digestGoal(digests)])}

## noroshi flows with a flowtuple format

Whole processes from start to exit, with the attacks in a file of their own (\`--dos\`), captures and outputs in memory. The ratio is packets a
second over those of \`bench/yardstick.ts\` on \`unique\` (${decimals(yardstick_pps / 1e6, 2)} M packets/s), run before and behind each of ours. Corsaro 2.0.0 was
measured against a loop that does the same on another machine: 0.114 on \`unique\`, 0.92 on \`repeats\`, in binary and with its DoS
plugin. In \`unique\` each packet is a flowtuple; in \`repeats\` each of 154,357 packets comes 65 times.

${markdown(['capture', 'format', 'wall s', 'processor s', 'Mpps', 'ratio', 'ratio by processor time', 'peak MiB', 'output MB'], rows.map(cellsOf))}

## Machine of the flowtuples

${describeMachine(load).join('\n')}`;
}

function goalOf({ capture, samples }: FlowtupleRow): string[] {
  const least = GOAL_TIMES * CORSARO[capture.name];
  const ratio = spreadOf(samples.map((sample) => sample.ratio)).median;
  const times = decimals(ratio / CORSARO[capture.name], 2);
  const figure = `${decimals(ratio, 3)} (${times} × Corsaro 2)`;
  return [
    `${capture.name}: ≥ ${decimals(least, 3)} of the yardstick`,
    figure,
    ratio >= least ? 'reached' : '**missed**',
  ];
}

function digestGoal(digests: FlowtupleResults['digests']): string[] {
  const what = 'unique: the flowtuples of Corsaro 2, by digests of intervals and classes';
  if (digests === undefined) return [what, 'not measured', ''];
  return [what, `${digests.same} of ${digests.all}`, digests.same === digests.all ? 'reached' : '**missed**'];
}

function cellsOf({ capture, format, samples, bytes }: FlowtupleRow): string[] {
  const of = (pick: (sample: FlowtupleSample) => number) => spreadOf(samples.map(pick));
  const wall = of((sample) => sample.wall_s);
  const ratio = of((sample) => sample.ratio);
  return [
    capture.name,
    format,
    seconds(wall.median),
    seconds(of((sample) => sample.cpu_s).median),
    decimals(capture.packets / wall.median / 1e6, 2),
    `${decimals(ratio.median, 3)} (${decimals(ratio.least, 3)}–${decimals(ratio.most, 3)})`,
    decimals(of((sample) => sample.cpuRatio).median, 3),
    count(of((sample) => sample.rss_mib).median),
    megabytes(bytes),
  ];
}
