/**
 * The benchmark of flowtuples: `noroshi flows --format flowtuple…` beside a yardstick against which Corsaro 2 was measured, too.
 *
 *     npm run bench:flowtuple                 about two minutes; writes its part of bench/RESULTS.md
 *     npm run bench:flowtuple -- --quick      a tenth of the packets; on the screen only
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { currentLoad } from '../machine.ts';
import { writePart } from '../parts.ts';
import { type Run, Runner } from '../process.ts';
import { median } from '../statistics.ts';
import { type FlowtupleCapture, makeCaptures, missingCaptures } from './captures.ts';
import { compareDigests } from './digests.ts';
import { flowtupleReport, type FlowtupleRow, type FlowtupleSample, GOAL_FORMAT } from './report.ts';

const RESULTS = resolve(import.meta.dirname, '../RESULTS.md');
const YARDSTICK = resolve(import.meta.dirname, '../yardstick.ts');
const CLI = resolve(import.meta.dirname, '../../packages/cli/main.ts');
const FORMATS = [GOAL_FORMAT, 'flowtuple', 'flowtuple3'];
const ROUNDS = 5;
const CORES = '0-1';
const QUICK_SHARE = 0.1;

/** The yardstick on one capture, again and again. */
class Yardstick {
  readonly rates: number[] = [];
  private readonly runner: Runner;
  private readonly capture: FlowtupleCapture;

  constructor(runner: Runner, capture: FlowtupleCapture) {
    this.runner = runner;
    this.capture = capture;
  }

  /** Packets a second, by wall time and by processor time. */
  async run(): Promise<{ wall_pps: number; cpu_pps: number }> {
    const { path, packets } = this.capture;
    const run = counted(await this.runner.run({ argv: [process.execPath, YARDSTICK, path], cores: CORES }));
    this.rates.push(packets / run.wall_s);
    return { wall_pps: packets / run.wall_s, cpu_pps: packets / run.cpu_s };
  }
}

function counted(run: Run): Run {
  if (run.failure !== undefined) throw new Error(`Cannot measure: ${run.failure}`);
  return run;
}

async function measure(runner: Runner, folder: string, capture: FlowtupleCapture, format: string, yard: Yardstick) {
  const samples: FlowtupleSample[] = [];
  const [out, dos] = [join(folder, 'out'), join(folder, 'dos')];
  let before = await yard.run();
  for (let round = 0; round < ROUNDS; round++) {
    const options = ['--format', format, '--out', out, '--dos', dos, '--force'];
    const argv = [process.execPath, CLI, 'flows', capture.path, ...options];
    const { wall_s, cpu_s, rss_mib } = counted(await runner.run({ argv, cores: CORES }));
    const after = await yard.run();
    const ratio = capture.packets / wall_s / ((before.wall_pps + after.wall_pps) / 2);
    const cpuRatio = capture.packets / cpu_s / ((before.cpu_pps + after.cpu_pps) / 2);
    samples.push({ wall_s, cpu_s, rss_mib, ratio, cpuRatio });
    before = after;
  }
  const row: FlowtupleRow = { capture, format, samples, bytes: statSync(out).size };
  console.error(
    `${capture.name.padEnd(8)} ${format.padEnd(16)} ${samples.map(({ ratio }) => ratio.toFixed(3)).join(' ')}`,
  );
  return { row, out };
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { quick: { type: 'boolean' } } });
  const isQuick = values.quick === true;
  const absent = missingCaptures();
  if (absent !== undefined) throw new Error(`Cannot measure flowtuples: ${absent}`);
  const load = currentLoad();
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'noroshi-bench-'));
  mkdirSync(join(folder, 'logs'));
  const runner = new Runner(join(folder, 'logs'));
  try {
    const captures = makeCaptures(folder, isQuick ? QUICK_SHARE : 1);
    const yard = new Yardstick(runner, captures[0]);
    const rows: FlowtupleRow[] = [];
    let digests: { same: number; all: number } | undefined;
    for (const capture of captures) {
      for (const format of FORMATS) {
        const { row, out } = await measure(runner, folder, capture, format, yard);
        rows.push(row);
        if (capture.name === 'unique' && format === 'flowtuple' && !isQuick) digests = await compareDigests(out);
      }
    }
    const command = `npm run bench:flowtuple${isQuick ? ' -- --quick' : ''}`;
    const yardstick_pps = median(yard.rates);
    const text = flowtupleReport({ rows, yardstick_pps, digests, load, command, date: new Date() });
    console.log(text);
    if (!isQuick) writePart(RESULTS, 'flowtuple', text);
  } finally {
    runner.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
