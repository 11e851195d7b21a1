/** The report in Markdown: goals first, then the figures, then how they came about. */
import { EVENT_MINUTES, simulateArgs } from './captures.ts';
import type { Row, Sample } from './compare.ts';
import { type Goal, goalsOf, isMeasured, speedUpsOf, type Table } from './goals.ts';
import { describeMachine } from './machine.ts';
import type { MemoryRow } from './memory.ts';
import { count, decimals, megabytes, seconds } from './numbers.ts';
import { median, type Spread, spreadOf } from './statistics.ts';
import { CLI, FLOOR, NODE, type Tool, TOOLS } from './tools.ts';
import { WORK } from './work.ts';

export interface Results {
  readonly tables: readonly Table[];
  readonly memory: readonly MemoryRow[];
  /** The run's own command line. */
  readonly command: string;
  readonly date: Date;
  readonly load: number;
}

export function report(results: Results): string {
  const { tables, memory, command, date, load } = results;
  const sections = [
    `# Speed and memory beside other programs\n\nWritten by \`${command}\` on ${date.toISOString().slice(0, 10)}; not to be edited by hand.`,
    section('Goals', goalTable(goalsOf(tables, memory))),
    ...tables.flatMap((table) => [captureSection(table), stageSection(table)]),
    section('A capture four times as large', memoryTable(memory)),
    section('Machine', describeMachine(load).join('\n')),
    section('How it was measured', method(tables)),
    section('What each program does', WORK),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

function section(title: string, text: string): string {
  return text === '' ? '' : `## ${title}\n\n${text}`;
}

/** The first column is text, the others are numbers unless their head begins with a blank. */
export function markdown(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = heads.map((head, index) => (index === 0 || head.startsWith(' ') ? '---' : '---:'));
  return [heads.map((head) => head.trim()), rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function goalTable(goals: readonly Goal[]): string {
  const words = { true: 'reached', false: '**missed**', undefined: 'not measured' } as const;
  const rows = goals.map(({ sentence, figure, isReached }) => [sentence, figure, words[`${isReached}`]]);
  return markdown(['goal', ' figure', ' '], rows);
}

function captureSection(table: Table): string {
  const { capture, rows } = table;
  const speedUps = speedUpsOf(table);
  const heads = [
    'program',
    'packets',
    'wall s',
    'cpu s',
    'Mpps',
    '× tcpdump',
    'min–max',
    'peak MiB',
    'output MB',
    'runs',
    ' note',
  ];
  const rate = decimals(capture.packets / capture.run.wall_s / 1e6, 2);
  const about = `${count(capture.packets)} packets, ${megabytes(capture.bytes)} MB, ${EVENT_MINUTES} minutes of event time; \
\`noroshi simulate\` made them in ${seconds(capture.run.wall_s)} s: ${rate} M packets/s, ${count(capture.run.rss_mib)} MiB. ${busySentence(rows[0])}`;
  const two =
    speedUps === undefined
      ? ''
      : `\n\nTwo workers are ${decimals(speedUps.workers, 2)} times as fast as one core; two processes that share nothing, one on each
core, are ${decimals(speedUps.processes, 2)} times as fast: what the two cores share beside the program (memory, cache) sets that limit.`;
  return section(
    `Capture \`${capture.scenario}\``,
    `${about}\n\n${markdown(
      heads,
      rows.map((row) => rowCells(row, capture.packets)),
    )}${two}`,
  );
}

/** How much others had to do with it: a pinned program that only waits for its core has less processor time than wall time. */
function busySentence({ samples }: Row): string {
  const share = median(samples.map(({ cpu_s, wall_s }) => Math.min(1, cpu_s / wall_s)));
  return `Running tcpdump had its core ${decimals(share * 100, 0)} % of the time (median); on an idle machine that is nearly all.`;
}

function rowCells(row: Row, packetsAll: number): string[] {
  const { tool, samples } = row;
  if (!isMeasured(row)) return [tool.name, count(row.packets), ...Array<string>(8).fill('—'), row.failure ?? 'not run'];
  const of = (pick: (sample: Sample) => number): number[] => samples.map(pick);
  const ratio = spreadOf(of((sample) => sample.ratio));
  return [
    tool.kind === 'ours' ? `**${tool.name}**` : tool.name,
    count(row.packets),
    seconds(median(of(({ wall_s }) => wall_s))),
    seconds(median(of(({ cpu_s }) => cpu_s))),
    decimals(median(of(({ wall_s }) => row.packets / wall_s / 1e6)), 2),
    decimals(ratio.median, 3),
    spreadText(row, ratio),
    count(Math.max(...of(({ rss_mib }) => rss_mib))),
    megabytes(median(of(({ bytes }) => bytes))),
    String(samples.length),
    noteOf(row, packetsAll),
  ];
}

/** Of the floor, the spread of its own speed: how restless the machine was. */
function spreadText({ tool, samples, packets }: Row, ratio: Spread): string {
  if (tool !== FLOOR) return samples.length === 1 ? '—' : `${decimals(ratio.least, 3)}–${decimals(ratio.most, 3)}`;
  const { least, most } = spreadOf(samples.map(({ wall_s }) => packets / wall_s / 1e6));
  return `${decimals(least, 1)}–${decimals(most, 1)} Mpps`;
}

function noteOf({ tool, account, packets, samples }: Row, packetsAll: number): string {
  const checked = account === undefined ? 'output not counted' : `${account.what}, all packets accounted for`;
  const isPrefix = packets < packetsAll ? ['the first packets only'] : [];
  const once = tool.kind !== 'ours' && samples.length === 1 ? ['one run'] : [];
  return [tool.note, ...(tool === FLOOR ? [] : [checked]), ...isPrefix, ...once].join('; ');
}

function stageSection({ capture, stages }: Table): string {
  const rows = stages.map(({ sentence, added_ns, total_ns }) => [
    sentence,
    decimals(added_ns, 1),
    decimals(total_ns, 1),
  ]);
  if (rows.length === 0) return '';
  const text = `On one core; each line is a process of its own that does what stands above it too, without the process's start.`;
  return section(
    `Where our time goes on \`${capture.scenario}\``,
    `${text}\n\n${markdown(['up to', 'adds ns/packet', 'in all'], rows)}`,
  );
}

function memoryTable(memory: readonly MemoryRow[]): string {
  if (memory.length === 0) return '';
  const heads = ['program', 'packets', 'capture MB', 'wall s', 'peak MiB'];
  const cells = (row: MemoryRow): string[] => [
    row.name,
    count(row.packets),
    megabytes(row.bytes),
    seconds(row.wall_s),
    count(row.rss_mib),
  ];
  return markdown(heads, memory.map(cells));
}

function method(tables: readonly Table[]): string {
  return `Whole processes, from start to exit, one after the other; user + system time and peak memory by GNU time. Between any two
programs tcpdump copies the capture to \`/dev/null\`, the least that a program can do that reads packets. \`× tcpdump\` is a
program's packets per second over the mean of the two runs of tcpdump beside it, so that a machine that others use too slows
down both; of several runs the table gives the medians, the spread of that ratio and the highest peak of memory. \`one core\`
means pinned to processor 0 with taskset, threads and all. Captures lie in memory (/dev/shm) when it has room, output goes to
a disk. The first output of each program is counted: every packet must be in it.

\`\`\`
${[...tables.map(simulateLine), ...[FLOOR, ...TOOLS].map(commandLine)].join('\n')}
\`\`\``;
}

function simulateLine({ capture: { scenario, packets } }: Table): string {
  return `taskset -c 0   noroshi ${simulateArgs(scenario, packets, EVENT_MINUTES * 60, 'F').join(' ')}`;
}

/** As a person would type it: F is the capture, W a directory. */
function commandLine({ kind, program, cores, args, stdout }: Tool): string {
  const place = { capture: 'F', out: 'W', port: 9995 };
  const words = kind === 'ours' ? ['noroshi', ...args(place).slice(1)] : [program, ...args(place)];
  const target = stdout === undefined ? '' : ` > ${stdout(place)}`;
  const line = words.join(' ').replaceAll(`'${NODE}' '${CLI}'`, 'noroshi');
  return `taskset -c ${cores.padEnd(3)} ${line}${target}`;
}
