/**
 * The benchmark: two captures by our simulator, the nearest programs of Debian and ours on each, the figures on the screen and in
 * RESULTS.md. `npm run bench -- --help` tells the options.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Captures, makeDirectory, makeOutput } from './captures.ts';
import { type Bench, compare, NOT_INSTALLED } from './compare.ts';
import type { Table } from './goals.ts';
import { currentLoad } from './machine.ts';
import { measureMemory } from './memory.ts';
import { count, decimals } from './numbers.ts';
import { type BenchOptions, type BenchScenario, help, readOptions } from './options.ts';
import { writePart } from './parts.ts';
import { Interrupted, Runner } from './process.ts';
import { report, type Results } from './report.ts';
import { Sink } from './sink.ts';
import { measureStages } from './stage-table.ts';

const REPORT = resolve(import.meta.dirname, 'RESULTS.md');
const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

async function measure(options: BenchOptions, bench: Bench): Promise<Pick<Results, 'tables' | 'memory'>> {
  const tables: Table[] = [];
  for (const scenario of options.scenarios) tables.push(await measureCapture(bench, scenario));
  const memory = options.memory ? await measureMemory(bench) : [];
  return { tables, memory };
}

async function measureCapture(bench: Bench, scenario: BenchScenario): Promise<Table> {
  const { captures, options, say } = bench;
  captures.clear();
  const capture = await captures.make(scenario, options.packets, options.packets);
  const rate = decimals(capture.packets / capture.run.wall_s / 1e6, 2);
  say(`${scenario.padEnd(7)} ${count(capture.packets)} packets, simulated at ${rate} M/s`);
  const rows = await compare(bench, capture);
  const stages = options.stages ? await measureStages(bench, capture) : [];
  return { capture, rows, stages };
}

/** Everything that has to be cleared away again, around the work. */
async function run(options: BenchOptions): Promise<number> {
  const directory = makeDirectory(options);
  try {
    const output = makeOutput(options);
    try {
      return await runIn(directory, output, options);
    } finally {
      rmSync(output, { recursive: true, force: true });
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function runIn(directory: string, output: string, options: BenchOptions): Promise<number> {
  const logs = join(directory, 'logs');
  mkdirSync(logs);
  const runner = new Runner(logs);
  const sink = await Sink.open();
  try {
    const load = currentLoad();
    const captures = new Captures(join(directory, 'captures'), join(output, 'out'), runner);
    const say = (line: string): void => console.error(line);
    const measured = await measure(options, { runner, captures, sink, options, say });
    const command = ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' ');
    const text = report({ ...measured, command, date: new Date(), load });
    console.log(text);
    if (options.out !== undefined) writePart(options.out, 'flows', text);
    return hasFailure(measured.tables) ? EXIT.failed : EXIT.ok;
  } finally {
    runner.close();
    sink.close();
  }
}

function hasFailure(tables: readonly Table[]): boolean {
  return tables.some(({ rows }) => rows.some(({ failure }) => failure !== undefined && failure !== NOT_INSTALLED));
}

async function main(): Promise<number> {
  const wish = readOptions(process.argv.slice(2), REPORT);
  if (wish.kind === 'help') console.log(help());
  if (wish.kind === 'error') console.error(wish.sentence);
  if (wish.kind !== 'run') return wish.kind === 'help' ? EXIT.ok : EXIT.usage;
  try {
    return await run(wish.options);
  } catch (error) {
    if (error instanceof Interrupted) return EXIT.interrupted;
    console.error((error as Error).message);
    return EXIT.failed;
  }
}

process.exitCode = await main();
