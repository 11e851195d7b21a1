/**
 * Runs the programs on one capture in rounds: tcpdump, a program, tcpdump, the next program … Machines are shared and slow down
 * and speed up, so a program is set against the two runs of tcpdump beside it.
 */
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '@noroshi/kit/programs.ts';
import type { Account } from './account.ts';
import type { Capture, Captures } from './captures.ts';
import type { BenchOptions } from './options.ts';
import type { Run, Runner } from './process.ts';
import { count, decimals, seconds } from './numbers.ts';
import type { Sink } from './sink.ts';
import { FLOOR, type Place, type Tool, TOOLS } from './tools.ts';
import type { Usage } from './tree-watch.ts';

/** The reason of a row without figures that is nobody's fault. */
export const NOT_INSTALLED = 'not installed';
const ROUNDS_OURS = 5;
const ROUNDS_OTHERS = 3;

export interface Sample extends Usage {
  readonly wall_s: number;
  /** Output. */
  readonly bytes: number;
  /** Packets a second over the mean of the neighbouring runs of tcpdump. */
  readonly ratio: number;
}

export interface Row {
  readonly tool: Tool;
  /** Packets that it was given. */
  readonly packets: number;
  readonly samples: Sample[];
  account: Account | undefined;
  /** Why there is no figure. */
  failure: string | undefined;
}

export interface Bench {
  readonly runner: Runner;
  readonly captures: Captures;
  readonly sink: Sink;
  readonly options: BenchOptions;
  readonly say: (line: string) => void;
}

/** The rows of the floor and of every program, in their order. Throws Interrupted. */
export async function compare(bench: Bench, capture: Capture): Promise<Row[]> {
  const floor = emptyRow(FLOOR, capture.packets);
  const rows = TOOLS.map((tool) => emptyRow(tool, packetsOf(tool, capture, bench.options)));
  if (findProgram(FLOOR.program) === undefined) throw new Error('Cannot compare: tcpdump is not installed');
  const roundsMost = Math.max(...TOOLS.map((tool) => roundsOf(tool, capture, bench.options)));
  let before = await runFloor(bench, floor, capture);
  for (let round = 0; round < roundsMost; round++) {
    for (const row of rows) {
      if (row.failure !== undefined || round >= roundsOf(row.tool, capture, bench.options)) continue;
      const input = await bench.captures.prefix(capture, Math.floor(row.packets / (row.tool.processes ?? 1)));
      const { run, bytes } = await runTool(bench, row, input);
      const after = await runFloor(bench, floor, capture);
      const ratio = row.packets / run.wall_s / ((before + after) / 2);
      if (run.failure === undefined) row.samples.push({ ...run, bytes, ratio });
      bench.say(progress(capture, round, row, run, ratio));
      before = after;
    }
  }
  return [floor, ...rows];
}

function emptyRow(tool: Tool, packets: number): Row {
  const failure = findProgram(tool.program) === undefined && tool.debian !== null ? NOT_INSTALLED : undefined;
  return { tool, packets, samples: [], account: undefined, failure };
}

function packetsOf(tool: Tool, { scenario, packets }: Capture, { prefix }: BenchOptions): number {
  const asked = tool.slowOn.includes(scenario) ? (prefix ?? packets) : packets;
  return Math.min(packets, asked, tool.packetsMost ?? packets);
}

function roundsOf(tool: Tool, { scenario }: Capture, { rounds }: BenchOptions): number {
  if (tool.slowOn.includes(scenario)) return 1;
  return rounds ?? (tool.kind === 'ours' ? ROUNDS_OURS : ROUNDS_OTHERS);
}

/** Packets a second. */
async function runFloor(bench: Bench, floor: Row, capture: Capture): Promise<number> {
  const { run } = await runTool(bench, floor, capture.path);
  if (run.failure !== undefined) throw new Error(`Cannot compare: tcpdump failed, ${run.failure}`);
  floor.samples.push({ ...run, bytes: 0, ratio: 1 });
  return capture.packets / run.wall_s;
}

async function runTool(bench: Bench, row: Row, input: string): Promise<{ run: Run; bytes: number }> {
  const { tool } = row;
  const place: Place = { capture: input, out: bench.captures.out, port: bench.sink.port };
  rmSync(place.out, { recursive: true, force: true });
  mkdirSync(place.out);
  bench.sink.reset();
  const argv = [findProgram(tool.program) ?? tool.program, ...tool.args(place)];
  const stdout = tool.stdout?.(place);
  const run = await bench.runner.run({ argv, cores: tool.cores, ...(stdout === undefined ? {} : { stdout }) });
  row.failure = run.failure;
  const bytes = sizeOf(place.out) + bench.sink.bytes;
  if (run.failure === undefined && row.samples.length === 0) await check(row, place, run);
  return { run, bytes };
}

/** Once for each program: that it has seen every packet. */
async function check(row: Row, place: Place, run: Run): Promise<void> {
  row.account = await row.tool.account(place, run);
  if (row.account === undefined || row.account.packets === row.packets) return;
  row.failure = `${count(row.account.packets)} of ${count(row.packets)} packets in its output`;
}

function sizeOf(directory: string): number {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0);
}

function progress(capture: Capture, round: number, row: Row, run: Run, ratio: number): string {
  const head = `${capture.scenario.padEnd(7)} round ${round + 1}  ${row.tool.name.padEnd(25)}`;
  if (row.failure !== undefined) return `${head} ${row.failure}`;
  const rate = decimals(row.packets / run.wall_s / 1e6, 3);
  return `${head} ${seconds(run.wall_s).padStart(7)} s  ${rate.padStart(6)} M/s  ${decimals(ratio, 3)} × tcpdump  ${count(run.rss_mib)} MiB`;
}
