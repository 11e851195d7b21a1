/**
 * A capture through the whole path, until its figures are durable and on the page: `noroshi replay` into a fresh center on the same
 * two cores. And the same with ingest alone: the segments lie in a spool already, and only have to be taken.
 */
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SILENT } from '@noroshi/kit/log.ts';
import { cutCaptures } from '@noroshi/sensor/segment/captures.ts';
import { Spool } from '@noroshi/sensor/spool/spool.ts';
import { Center } from '@noroshi/sensor/uplink/center.ts';
import { IN_FLIGHT_MAX, Uplink } from '@noroshi/sensor/uplink/uplink.ts';
import type { Conservation, Summary } from '@noroshi/wire/api/figures.ts';
import type { Runner } from '../process.ts';
import { CLI, NODE } from '../tools.ts';
import { type Running, startCenter } from './center.ts';

export const SCENARIOS = ['telescope', 'repeats', 'unique'] as const;
/** Addresses that the simulator's telescope has by default. */
const PREFIXES = '25.37.0.0/20,2d00:6e6f:726f:7368::/64';
const EVENT_S = 7200;

export interface PathRow {
  readonly scenario: (typeof SCENARIOS)[number];
  readonly packets: number;
  readonly rows: number;
  /** From the capture on, and from the segments on, until the figures can be read. */
  readonly path_s: number;
  readonly ingest_s: number;
  /** `noroshi flows --workers 1` on the same capture, for comparison: the sensor's work alone. */
  readonly sensor_s: number;
  readonly idle_mib: number;
  readonly peak_mib: number;
  /** The database on disk after both, bytes for one copy of the rows. */
  readonly disk_bytes: number;
}

export async function measurePath(
  runner: Runner,
  folder: string,
  fast: string,
  scenario: (typeof SCENARIOS)[number],
  packets: number,
): Promise<PathRow> {
  const capture = join(fast, `${scenario}.pcap`);
  const noroshi = (...args: string[]) => runner.run({ argv: [NODE, CLI, ...args], cores: '0,1' });
  const must = async (run: ReturnType<Runner['run']>): Promise<number> => {
    const { failure, wall_s } = await run;
    if (failure !== undefined) throw new Error(`Cannot measure ${scenario}: ${failure}`);
    return wall_s;
  };
  const volume = ['--packets', String(packets), '--duration', String(EVENT_S)];
  await must(noroshi('simulate', '--scenario', scenario, ...volume, '--out', capture));
  const sensor_s = await must(noroshi('flows', capture, '--out', join(fast, 'flows.parquet'), '--force'));
  rmSync(join(fast, 'flows.parquet'));

  const center = await startCenter(join(folder, 'path'));
  const idle_mib = center.memory().now;
  const start_ms = performance.now();
  const target = ['--center', center.url, '--token-file', center.tokenFile, '--prefixes', PREFIXES, '--as', 'bench'];
  await must(noroshi('replay', capture, ...target, '--json'));
  await figures(center, packets);
  const path_s = (performance.now() - start_ms) / 1000;
  const peak_mib = center.memory().peak;
  await center.stop();
  const disk_bytes = sizeOf(join(folder, 'path', 'state', 'database'));

  const { ingest_s, rows } = await ingestAlone(folder, capture, packets);
  for (const name of ['path', 'alone', 'spool']) rmSync(join(folder, name), { recursive: true });
  rmSync(capture);
  return { scenario, packets, rows, path_s, ingest_s, sensor_s, idle_mib, peak_mib, disk_bytes };
}

/** The page's own questions; throws unless every packet is in their answers. */
async function figures(center: Running, packets: number): Promise<void> {
  await center.json<Summary>('/v1/summary?feed=replay&period=2025-01-01');
  const account = await center.json<Conservation>('/v1/conservation?feed=replay');
  if (account.received !== packets || !account.is_conserved) {
    throw new Error(`Cannot measure: ${account.received} of ${packets} packets are accounted for`);
  }
}

async function ingestAlone(
  folder: string,
  capture: string,
  packets: number,
): Promise<{ ingest_s: number; rows: number }> {
  mkdirSync(join(folder, 'spool'));
  const spool = new Spool({ folder: join(folder, 'spool'), sensor: 'replay-bench', log: SILENT, bytesMax: 2 ** 40 });
  const { counters } = await cutCaptures({
    paths: [capture],
    workers: 2,
    compression: 'none',
    prefixes: PREFIXES.split(','),
    outlet: spool,
  });
  const running = await startCenter(join(folder, 'alone'));
  const { url, token } = running;
  const center = new Center({ url, token, connectionsMax: IN_FLIGHT_MAX, silence_ms: 120_000, now_ms: Date.now });
  const stop = new AbortController();
  const start_ms = performance.now();
  const uplink = new Uplink({ source: spool, center, log: SILENT, random: Math.random, now_ms: Date.now });
  const sending = uplink.run(stop.signal);
  while (spool.waiting > 0) await spool.changed();
  await figures(running, packets);
  const ingest_s = (performance.now() - start_ms) / 1000;
  stop.abort();
  await sending;
  center.close();
  spool.close();
  await running.stop();
  return { ingest_s, rows: counters.rows };
}

/** Bytes of all files in a folder. */
export function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
