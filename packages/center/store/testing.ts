/** What the store's tests share: segments out of thin air, a ClickHouse server of their own, and what a database holds, as text. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort, type Need, program, sharedData, sharedFile } from '@noroshi/kit/testing.ts';
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import { CLASSES } from '@noroshi/wire/classify/class.ts';
import { FLOW_SCHEMA } from '@noroshi/wire/flow/columns.ts';
import type { ColumnData } from '@noroshi/wire/segment/columns.ts';
import { encodeFooter, encodeRowGroup, fileHeader } from '@noroshi/wire/segment/parquet.ts';
import { encodeSegment, type Segment } from '@noroshi/wire/segment/segment.ts';
import type { LookupTables } from './lookup.ts';
import type { SegmentInsert, Store } from './store.ts';

export const MINUTE_MS = 60_000;
/** 2026-11-21T08:00:00Z. */
export const START_MS = Date.UTC(2026, 10, 21, 8);

/** Numbers from 0 to below `limit`, the same for the same seed (mulberry32). */
export function randomOf(seed: number): (limit: number) => number {
  let state = seed | 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

export interface SegmentPlan {
  readonly feed?: FeedName;
  readonly sensor?: string;
  readonly sequence: number;
  readonly rows: number;
  readonly minute_from_ms?: number;
  readonly minutes?: number;
  readonly addresses?: number;
  readonly seed?: number;
}

/** Writes `<folder>/<sensor>-<sequence>-<seed>.parquet`: rows of all classes, both families, few addresses, ports and marks. */
export function makeSegment(folder: string, plan: SegmentPlan): SegmentInsert {
  const { feed = 'simulation', sensor = 'hill-one', sequence, rows, addresses = 256, minutes = 5 } = plan;
  const { minute_from_ms = START_MS, seed = sequence + 1 } = plan;
  const minute_to_ms = minute_from_ms + minutes * MINUTE_MS;
  const packets = new Uint32Array(rows);
  const random = randomOf(seed);
  for (let row = 0; row < rows; row++) packets[row] = 1 + random(9);
  const kept = packets.reduce((sum, count) => sum + count, 0);
  const group = rows === 0 ? undefined : encodeRowGroup(FLOW_SCHEMA, columnsOf(plan, packets, random), rows);
  const digests = group === undefined ? [] : [sha256(...group.chunks)];
  const segment: Segment = {
    version: 1,
    sensor,
    sequence,
    minute_from_ms,
    minute_to_ms,
    first_ms: rows === 0 ? null : minute_from_ms,
    last_ms: rows === 0 ? null : minute_to_ms - 1,
    exposure: [{ from_ms: minute_from_ms, to_ms: minute_to_ms, addresses, networks64: 1 }],
    counters: { received: kept + 5, kept, filtered: { own_address: 3 }, dropped: { before_capture: 2 } },
    rows,
    digests,
    digest: sha256(...digests.map((digest) => Buffer.from(digest, 'hex'))),
  };
  const placed = group === undefined ? [] : [{ meta: group.meta, fileOffset: 4 }];
  const footer = encodeFooter(FLOW_SCHEMA, placed, encodeSegment(segment), 'a test');
  const bytes = Buffer.concat([fileHeader(), ...(group?.chunks ?? []), footer]);
  const path = join(folder, `${sensor}-${sequence}-${seed}.parquet`);
  writeFileSync(path, bytes);
  return { feed, path, segment, digest: sha256(bytes), bytes: bytes.length, received_at_ms: minute_to_ms + 500 };
}

const MARKS = ['', 'mirai', 'zmap', 'mirai masscan'];
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  class: CLASSES.map(({ name }) => name),
  marks: MARKS,
  predicates: ['', 'bogon_src'],
  tcp_options_first: ['', '2-4_1460_'],
};

function columnsOf(
  plan: SegmentPlan,
  packets: Uint32Array,
  random: (limit: number) => number,
): Record<string, ColumnData> {
  const { rows, minute_from_ms = START_MS, minutes = 5 } = plan;
  const each = <T extends { [index: number]: number }>(array: T, make: () => number): T => {
    for (let row = 0; row < rows; row++) array[row] = make();
    return array;
  };
  const columns = FLOW_SCHEMA.map(({ name, type, nullable = false }): [string, ColumnData] => {
    const texts = TEXTS[name];
    if (texts !== undefined) {
      return [
        name,
        { kind: 'dictionary', indices: each(new Uint8Array(rows), () => random(texts.length)), entries: texts },
      ];
    }
    if (name === 'packets') return [name, { kind: 'values', values: packets }];
    if (name === 'minute') {
      const values = new Uint32Array(2 * rows);
      for (let row = 0; row < rows; row++) {
        const time_ms = BigInt(minute_from_ms + random(minutes) * MINUTE_MS);
        values.set([Number(time_ms & 0xffff_ffffn), Number(time_ms >> 32n)], 2 * row);
      }
      return [name, { kind: 'values', values }];
    }
    if (nullable && name !== 'quoted_dst') return [name, { kind: 'constant', value: null }];
    if (type === 'fixed16') {
      const chosen = Uint32Array.from({ length: rows }, (_, row) => row).filter(() => !nullable || random(8) === 0);
      const values = new Uint8Array(16 * chosen.length);
      for (let at = 0; at < values.length; at += 16) values.set(addressOf(random), at);
      return [name, nullable ? { kind: 'values', values, present: { rows: chosen } } : { kind: 'values', values }];
    }
    if (name === 'proto') {
      return [name, { kind: 'values', values: each(new Uint8Array(rows), () => [6, 17, 1][random(3)]) }];
    }
    if (name.endsWith('_port')) {
      return [name, { kind: 'values', values: each(new Uint16Array(rows), () => [23, 80, 445, 8080][random(4)]) }];
    }
    if (type === 'u8') return [name, { kind: 'values', values: each(new Uint8Array(rows), () => random(200)) }];
    if (type === 'u16') return [name, { kind: 'values', values: each(new Uint16Array(rows), () => random(2000)) }];
    if (type === 'u64') {
      const values = new Uint32Array(2 * rows);
      for (let row = 0; row < rows; row++) values[2 * row] = random(10_000);
      return [name, { kind: 'values', values }];
    }
    return [name, { kind: 'values', values: each(new Uint32Array(rows), () => random(1_000_000)) }];
  });
  return Object.fromEntries(columns);
}

/** One of about a thousand: `::ffff:1.0.x.y`, or `2400:1::x:y` for one in eight. */
function addressOf(random: (limit: number) => number): Uint8Array {
  const bytes = new Uint8Array(16);
  if (random(8) === 0) bytes.set([0x24, 0, 0, 1]);
  else bytes.set([0xff, 0xff, 1, 0], 10);
  bytes[14] = random(4);
  bytes[15] = random(200);
  return bytes;
}

function sha256(...parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

export const TABLES: LookupTables = {
  versions: { country: 'country-1', asn: 'asn-1', scanners: 'scanners-1' },
  networks: () => [
    { prefix: '1.0.0.0/24', country: 'JP', asn: 64_500 },
    { prefix: '1.0.1.0/25', country: 'NL', asn: 64_501 },
    { prefix: '2400:1::/112', country: 'JP', asn: 64_502 },
  ],
  holders: () => [{ asn: 64_500, name: 'Ember\tNetworks' }],
  scanners: [
    { prefix: '1.0.0.0/28', organisation: 'Lantern' },
    { prefix: '1.0.0.7/32', organisation: 'Kite' },
    { prefix: '2400:1::/120', organisation: 'Lantern' },
  ],
};

/** Tables that hold data, and their columns but for the tokens and the time of storing, merged as queries see them. */
const CONTENT: Readonly<Record<string, string>> = {
  flows: 'SELECT * EXCEPT (stored_at) FROM flows',
  minutes: 'SELECT * EXCEPT (tokens) FROM minutes FINAL',
  hours: 'SELECT * EXCEPT (tokens) FROM hours FINAL',
  // Sources are an estimate. Of 256 different ones, where it stops counting them one by one, its answer depends on their order.
  day_ports: `
    SELECT * EXCEPT (tokens) REPLACE (if(abs(finalizeAggregation(sources) - 256) < 16, 256, finalizeAggregation(sources)) AS sources)
    FROM day_ports FINAL`,
  day_sources: 'SELECT * EXCEPT (tokens) REPLACE (finalizeAggregation(ports) AS ports) FROM day_sources FINAL',
  day_countries: 'SELECT * EXCEPT (tokens) FROM day_countries FINAL',
  day_networks: 'SELECT * EXCEPT (tokens) FROM day_networks FINAL',
  day_marks: 'SELECT * EXCEPT (tokens) REPLACE (finalizeAggregation(seen) AS seen) FROM day_marks FINAL',
  day_scanners: 'SELECT * EXCEPT (tokens) REPLACE (finalizeAggregation(sources) AS sources) FROM day_scanners FINAL',
  day_victims: 'SELECT * EXCEPT (tokens) FROM day_victims FINAL',
  exposure_hours: 'SELECT * EXCEPT (tokens) FROM exposure_hours FINAL',
  day_accounts: 'SELECT * EXCEPT (tokens) FROM day_accounts FINAL',
  segments: 'SELECT * FROM segments',
};

/** Rows and a digest of the content of each table. */
export async function contentOf(store: Pick<Store, 'query'>): Promise<Record<string, string>> {
  const content: Record<string, string> = {};
  for (const [name, select] of Object.entries(CONTENT)) {
    // A sum of hashes does not depend on the order, and sees a row that is there twice.
    const [found] = await store.query<{ text: string }>(
      `SELECT concat(toString(count()), ' rows ', hex(sum(cityHash64(line)))) AS text
       FROM (SELECT formatRowNoNewline('TSV', *) AS line FROM (${select}))`,
    );
    content[name] = found.text;
  }
  return content;
}

/** What a test needs to start a ClickHouse server. */
export const SERVER_NEEDS: readonly Need[] = [sharedFile('tools', 'clickhouse-node'), program('python3')];

/** ClickHouse as a server of its own, out of the library that chdb brings. */
export class ClickHouse {
  readonly url: string;
  private readonly folder: string;
  private readonly ports: readonly number[];
  private process: ChildProcess | undefined;

  private constructor(folder: string, ports: readonly number[]) {
    this.folder = folder;
    this.ports = ports;
    this.url = `http://127.0.0.1:${ports[0]}`;
  }

  static async start(folder: string): Promise<ClickHouse> {
    const server = new ClickHouse(folder, [await freePort(), await freePort()]);
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const find = `console.log(require('chdb/libchdb').libchdbPath())`;
    const library = execFileSync(process.execPath, ['-e', find], { cwd: import.meta.dirname, encoding: 'utf8' }).trim();
    const script = sharedData('tools', 'clickhouse-node');
    this.process = spawn('python3', [script, library, this.folder, ...this.ports.map(String)], { stdio: 'ignore' });
    for (let round = 0; round < 300; round++) {
      const answer = await fetch(`${this.url}/ping`).catch(() => undefined);
      if (answer?.ok === true) return;
      await wait(100);
    }
    throw new Error('Cannot start ClickHouse: it does not answer');
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    const { process: child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
}
