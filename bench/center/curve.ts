/** How long a figure's API takes as the store fills: 1, 10, 100 million flow rows over the same thirty days. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '../statistics.ts';
import { NODE } from '../tools.ts';
import { startCenter } from './center.ts';
import { PERIOD } from './fill.ts';
import { sizeOf } from './path.ts';

const ROUNDS = 15;
const QUESTIONS = [
  `/v1/summary?feed=network&period=${PERIOD}`,
  `/v1/series?feed=network&figure=accesses&step=day&period=${PERIOD}`,
  `/v1/rankings/ports?feed=network&period=${PERIOD}`,
  `/v1/rankings/countries?feed=network&period=${PERIOD}&scanners=exclude`,
  `/v1/rankings/victims?feed=network&period=${PERIOD}`,
] as const;

export interface CurveRow {
  readonly rows: number;
  readonly disk_bytes: number;
  readonly questions: readonly { readonly path: string; readonly first_ms: number; readonly median_ms: number }[];
  readonly rss_mib: number;
}

/** `first` is the answer after a start, when nothing was asked before; the medians are of what the page asks again and again. */
export async function measureCurve(folder: string, rows: number, say: (line: string) => void): Promise<CurveRow> {
  const place = join(folder, 'curve');
  const database = join(place, 'state', 'database');
  mkdirSync(database, { recursive: true });
  const filling = spawn(NODE, [join(import.meta.dirname, 'fill.ts'), database, String(rows)], { stdio: 'ignore' });
  const [code] = (await once(filling, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`Cannot fill a store with ${rows} rows: exit ${code}`);
  const disk_bytes = sizeOf(database);
  say(`curve   ${rows} rows filled`);
  const center = await startCenter(place);
  const questions = [];
  for (const path of QUESTIONS) {
    const times: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const start_ms = performance.now();
      await center.json(path);
      times.push(performance.now() - start_ms);
    }
    const [first_ms, ...others] = times;
    questions.push({ path, first_ms, median_ms: median(others) });
  }
  const rss_mib = center.memory().peak;
  await center.stop();
  rmSync(place, { recursive: true });
  return { rows, disk_bytes, questions, rss_mib };
}
