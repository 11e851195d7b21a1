/**
 * The benchmark of detection: how long after a minute's bin closes everything is read, detected and recorded, and how the cost grows
 * with what is active.
 *
 *     npm run bench:detect                 about half an hour; writes its part of bench/RESULTS.md
 *     npm run bench:detect -- --past 10 --live 8      fewer minutes to catch up with, and to take as they come
 *     npm run bench:detect -- --pps 10000,20000       other sizes
 *     npm run bench:detect -- --quick      a tenth of the packets, fewer minutes; on the screen only
 *
 * One hour of real volume, not a whole day: the engine first catches up with most of it, then takes the rest minute by minute.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chosenDetectors } from '@noroshi/center/detect/chosen.ts';
import { openEngine } from '@noroshi/center/detect/open.ts';
import { openLedger } from '@noroshi/center/ledger/open.ts';
import { openStore, type Store, type StoredNotice } from '@noroshi/center/store/store.ts';
import { createLog } from '@noroshi/kit/log.ts';
import { Metrics } from '@noroshi/kit/metrics.ts';
import { currentLoad } from '../machine.ts';
import { writePart } from '../parts.ts';
import { NODE } from '../tools.ts';
import { FILL_ADDRESSES, FILL_START_MS, minuteOf } from './detect-fill.ts';
import { type DetectRow, detectReport } from './detect-report.ts';

const RESULTS = resolve(import.meta.dirname, '../RESULTS.md');
const PPS = [5000, 10_000, 20_000];
const MINUTE_MS = 60_000;

interface Plan {
  readonly pps: number;
  /** Minutes that the engine catches up with, and those that it takes one by one. */
  readonly past: number;
  readonly live: number;
}

type Tell = (notice: StoredNotice) => void;

/** The receipt of a minute, into the sums first and then for itself, as the store does it. */
async function addReceipt(store: Store, tell: Tell, minute: number, { pps }: Plan): Promise<void> {
  const { rows, packets } = minuteOf(pps);
  const from_ms = FILL_START_MS + minute * MINUTE_MS;
  const to_ms = from_ms + MINUTE_MS;
  await store.query(
    `INSERT INTO segments (feed, sensor, sequence, digest, token, rows, minute_from, minute_to, received, kept,
       exposure_from_ms, exposure_to_ms, exposure_addresses, exposure_networks64, address_seconds, received_at)
     SELECT 'network', 'bench', ${minute}, repeat('0', 64), ${minute}, ${rows}, fromUnixTimestamp64Milli(${from_ms}, 'UTC'),
       fromUnixTimestamp64Milli(${to_ms}, 'UTC'), ${packets}, ${packets}, [${from_ms}], [${to_ms}], [${FILL_ADDRESSES}], [0],
       ${FILL_ADDRESSES * 60}, fromUnixTimestamp64Milli(${to_ms}, 'UTC')`,
  );
  const ends = { received_at_ms: to_ms, minute_from_ms: from_ms, minute_to_ms: to_ms };
  tell({ feed: 'network', sensor: 'bench', sequence: minute, rows, ...ends });
}

async function measure(folder: string, plan: Plan): Promise<DetectRow> {
  const { pps, past, live } = plan;
  const place = join(folder, String(pps));
  mkdirSync(place);
  const args = [join(import.meta.dirname, 'detect-fill.ts'), join(place, 'database'), String(pps), String(past + live)];
  const [code] = (await once(spawn(NODE, args, { stdio: 'ignore' }), 'exit')) as [number | null];
  if (code !== 0) throw new Error(`Cannot fill a store with ${pps} packets a second: exit ${code}`);
  const store = await openStore({ path: join(place, 'database') });
  const ledger = await openLedger({ path: join(place, 'ledger') });
  const sources = await activeSources(store);
  const listeners: Tell[] = [];
  const tell: Tell = (notice) => {
    for (const listener of listeners) listener(notice);
  };
  let now_ms = FILL_START_MS;
  const metrics = new Metrics();
  const engine = openEngine({
    store: {
      query: (sql, params) => store.query(sql, params),
      read: (sql, params) => store.read(sql, params),
      isStoring: false,
      replaceSourceHour: (hour) => store.replaceSourceHour(hour),
      onStored: (listener) => {
        listeners.push(listener);
        return () => {};
      },
    },
    ledger,
    detectors: chosenDetectors(),
    grace_minutes: 5,
    history_days: 28,
    now_ms: () => now_ms,
    random: () => 0,
    log: createLog({
      part: 'bench',
      level: 'warning',
      write: (line) => console.error(line.trimEnd()),
      now_ms: Date.now,
    }),
    metrics,
  });
  const step = async (from: number, to: number): Promise<{ wall_s: number; cpu_s: number }> => {
    const [start_ms, cpu] = [performance.now(), process.cpuUsage()];
    now_ms = FILL_START_MS + to * MINUTE_MS;
    for (let minute = from; minute < to; minute++) await addReceipt(store, tell, minute, plan);
    await engine.quiet();
    const { user, system } = process.cpuUsage(cpu);
    return { wall_s: (performance.now() - start_ms) / 1000, cpu_s: (user + system) / 1e6 };
  };
  engine.start();
  const caught = await step(0, past);
  const minutes: { wall_s: number; cpu_s: number }[] = [];
  for (let minute = past; minute < past + live; minute++) minutes.push(await step(minute, minute + 1));
  await engine.stop();
  const { findings } = await ledger.findings({ feed: 'network', limit: 1000 });
  await ledger.close();
  await store.close();
  rmSync(place, { recursive: true });
  return {
    pps,
    ...minuteOf(pps),
    sources,
    past_minutes: past,
    past_s: caught.wall_s,
    minutes,
    findings: findings.length,
  };
}

/** Of the first minute; all are alike. */
async function activeSources(store: Store): Promise<number> {
  const [{ sources }] = await store.query<{ sources: number }>(
    `SELECT uniqExact(src) AS sources FROM flows WHERE minute = fromUnixTimestamp64Milli(${FILL_START_MS}, 'UTC')`,
  );
  return sources;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean' },
      pps: { type: 'string', default: PPS.join(',') },
      past: { type: 'string', default: '50' },
      live: { type: 'string', default: '10' },
    },
  });
  const isQuick = values.quick === true;
  const minutes = { past: Number(values.past), live: Number(values.live) };
  const folder = mkdtempSync(join(tmpdir(), 'noroshi-bench-'));
  const load = currentLoad();
  try {
    const rows: DetectRow[] = [];
    for (const pps of values.pps.split(',').map(Number)) {
      const plan = isQuick ? { pps: pps / 10, past: 10, live: 3 } : { pps, ...minutes };
      rows.push(await measure(folder, plan));
      console.error(`detect  ${JSON.stringify(rows.at(-1))}`);
    }
    const given = process.argv.slice(2);
    const command = ['npm run bench:detect', ...(given.length > 0 ? ['--', ...given] : [])].join(' ');
    const text = detectReport({ rows, load, command, date: new Date() });
    console.log(text);
    if (!isQuick) writePart(RESULTS, 'detect', text);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
