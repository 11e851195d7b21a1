/** What was measured of detection, in Markdown: goals first. */
import { describeMachine } from '../machine.ts';
import { count, decimals } from '../numbers.ts';
import { markdown } from '../report.ts';
import { median } from '../statistics.ts';

export interface DetectRow {
  readonly pps: number;
  /** Of a minute. */
  readonly rows: number;
  readonly packets: number;
  readonly sources: number;
  readonly past_minutes: number;
  readonly past_s: number;
  /** Each minute that was taken as it came: from the receipt until everything was recorded. */
  readonly minutes: readonly { readonly wall_s: number; readonly cpu_s: number }[];
  readonly findings: number;
}

export interface DetectResults {
  readonly rows: readonly DetectRow[];
  readonly load: number;
  readonly command: string;
  readonly date: Date;
}

const GOAL_S = 5;

export function detectReport({ rows, load, command, date }: DetectResults): string {
  const largest = rows.at(-1);
  const slowest_s = Math.max(...(largest?.minutes.map(({ wall_s }) => wall_s) ?? []));
  const growths = rows.slice(1).map((row, index) => growthOf(rows[index], row));
  const worst = Math.max(...growths.map(({ cost, active }) => cost / active));
  const goals: [string, string, boolean][] = [
    [
      `a minute of ${count(largest?.pps ?? 0)} packets/s closes in < ${GOAL_S} s (slowest of ${largest?.minutes.length ?? 0})`,
      `${decimals(slowest_s, 1)} s`,
      slowest_s < GOAL_S,
    ],
    ['cost grows no faster than active sources (processor time, worst step)', `× ${decimals(worst, 2)}`, worst <= 1.05],
  ];
  return `# Detection

Written by \`${command}\` on ${date.toISOString().slice(0, 10)}; not to be edited by hand.

## Goals of detection

${markdown(
  ['goal', ' figure', ' '],
  goals.map(([sentence, figure, isReached]) => [sentence, figure, isReached ? 'reached' : '**missed**']),
)}

## A minute's bin

The usual detectors over flow rows that lie in the embedded database, on two cores: from the moment the minute's receipt is there until its
rows are read, every detector has seen them and the ledger has everything. ${largest?.past_minutes ?? 0} minutes are caught up with first, as after a start; then
${largest?.minutes.length ?? 0} come one by one. Not a whole day: what a state holds is bounded by a block of six hours, and a minute's cost depends on the minute.

${markdown(
  [
    'packets/s',
    'rows a minute',
    'sources a minute',
    'median s',
    'slowest s',
    'CPU s',
    'CPU × per × sources',
    'caught up s/min',
    'findings',
  ],
  rows.map((row, index) => [
    count(row.pps),
    count(row.rows),
    count(row.sources),
    decimals(median(row.minutes.map(({ wall_s }) => wall_s)), 2),
    decimals(Math.max(...row.minutes.map(({ wall_s }) => wall_s)), 2),
    decimals(cpuOf(row), 2),
    index === 0 ? '' : growthText(growths[index - 1]),
    decimals(row.past_s / row.past_minutes, 2),
    count(row.findings),
  ]),
)}

## Machine of detection

${describeMachine(load).join('\n')}
`;
}

interface Growth {
  readonly cost: number;
  readonly active: number;
}

const cpuOf = ({ minutes }: DetectRow): number => median(minutes.map(({ cpu_s }) => cpu_s));

function growthOf(before: DetectRow, row: DetectRow): Growth {
  return { cost: cpuOf(row) / cpuOf(before), active: row.sources / before.sources };
}

function growthText({ cost, active }: Growth): string {
  return `${decimals(cost, 2)} / ${decimals(active, 2)}`;
}
