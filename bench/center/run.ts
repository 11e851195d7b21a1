/**
 * The benchmark of the center: captures through the whole path, the answers' times as the store fills, and how late a live figure is.
 *
 *     npm run bench:center                 about 15 minutes; writes its part of bench/RESULTS.md
 *     npm run bench:center -- --quick      small; on the screen only
 *
 * Everything listens on loopback. State lies on disk, where it has to be durable; captures in /dev/shm.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { currentLoad } from '../machine.ts';
import { writePart } from '../parts.ts';
import { Runner } from '../process.ts';
import { type CurveRow, measureCurve } from './curve.ts';
import { measureLive } from './live.ts';
import { measurePath, type PathRow, SCENARIOS } from './path.ts';
import { centerReport } from './report.ts';

const REPORT = resolve(import.meta.dirname, '../RESULTS.md');
const PACKETS = 10_000_000;
const ROWS = [1e6, 1e7, 1e8];
const QUICK = { packets: 500_000, rows: [100_000, 1_000_000] };

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { quick: { type: 'boolean' }, packets: { type: 'string' } } });
  const isQuick = values.quick === true;
  const packets = Number(values.packets ?? (isQuick ? QUICK.packets : PACKETS));
  const folder = mkdtempSync(join(tmpdir(), 'noroshi-bench-'));
  const fast = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'noroshi-bench-'));
  mkdirSync(join(folder, 'logs'));
  const runner = new Runner(join(folder, 'logs'));
  const say = (line: string): void => console.error(line);
  const load = currentLoad();
  try {
    const paths: PathRow[] = [];
    for (const scenario of SCENARIOS) {
      paths.push(await measurePath(runner, folder, fast, scenario, packets));
      say(`path    ${JSON.stringify(paths.at(-1))}`);
    }
    const live = await measureLive(folder);
    say(`live    ${JSON.stringify(live)}`);
    const curve: CurveRow[] = [];
    for (const rows of isQuick ? QUICK.rows : ROWS) {
      curve.push(await measureCurve(folder, rows, say));
      say(`curve   ${JSON.stringify(curve.at(-1))}`);
    }
    const command = ['npm run bench:center', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])];
    const text = centerReport({ paths, curve, live, load, command: command.join(' '), date: new Date() });
    console.log(text);
    if (!isQuick) writePart(REPORT, 'center', text);
  } finally {
    runner.close();
    for (const place of [folder, fast]) rmSync(place, { recursive: true, force: true });
  }
}

await main();
