/** An ingest that listens on 127.0.0.1 with a store in memory, and a sender for it. For tests only. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify from 'fastify';
import { createLog } from '@noroshi/kit/log.ts';
import { Metrics } from '@noroshi/kit/metrics.ts';
import type { Problem } from '@noroshi/wire/api/problem.ts';
import { PARQUET_TYPE, type Receipt, segmentPath } from '@noroshi/wire/api/upload.ts';
import type { SegmentInsert, StoredReceipt } from '../store/store.ts';
import { type Ingest, type IngestOptions, openIngest } from './ingest.ts';
import { ingestRoutes } from './routes.ts';
import type { KnownSensor } from './sensors.ts';
import { FROM_MS } from './testing.ts';

const TOKEN = 'a-token-of-some-length';
const sha256 = (bytes: string | Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
const TOKEN_SHA256 = sha256(TOKEN).toString('hex');

const SENSORS: readonly KnownSensor[] = [
  { name: 'tokyo-1', feed: 'network', token_sha256: TOKEN_SHA256 },
  { name: 'osaka-1', feed: 'network', token_sha256: sha256('another').toString('hex') },
  { name: 'replay-*', feed: 'replay', token_sha256: TOKEN_SHA256 },
];

/** Holds what it is given; `before` runs in front of each insert and may throw or wait. */
export class MemoryStore {
  readonly inserts: SegmentInsert[] = [];
  before: () => Promise<void> | void = () => {};
  beforeReceipt: () => Promise<void> | void = () => {};

  async addSegment(insert: SegmentInsert): Promise<'stored' | 'duplicate' | 'conflict'> {
    await this.before();
    const known = this.find(insert.segment.sensor, insert.segment.sequence);
    if (known !== undefined) return known.digest === insert.digest ? 'duplicate' : 'conflict';
    this.inserts.push(insert);
    return 'stored';
  }

  async receipt(sensor: string, sequence: number): Promise<StoredReceipt | undefined> {
    await this.beforeReceipt();
    const known = this.find(sensor, sequence);
    if (known === undefined) return undefined;
    const { feed, digest, received_at_ms, segment } = known;
    return { feed, digest, received_at_ms, rows: segment.rows };
  }

  private find(sensor: string, sequence: number): SegmentInsert | undefined {
    return this.inserts.find(({ segment }) => segment.sensor === sensor && segment.sequence === sequence);
  }
}

export interface Sent {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Parsed where it is JSON. */
  readonly body: Receipt | Problem | undefined;
  /** Last word of the problem's type; '' when it is none. */
  readonly word: string;
}

export interface SendOptions {
  readonly method?: string;
  readonly sensor?: string;
  readonly sequence?: number | string;
  /** Replace those of a good request; undefined leaves one out. */
  readonly headers?: OutgoingHttpHeaders;
}

export interface TestCenter {
  readonly ingest: Ingest;
  readonly store: MemoryStore;
  readonly port: number;
  readonly folder: string;
  readonly lines: string[];
  readonly metrics: Metrics;
  readonly clock: { now_ms: number };
  send(file: Uint8Array, options?: SendOptions): Promise<Sent>;
  /** A connection of which the test says every byte. */
  connect(): Socket;
  files(part: 'inbox' | 'quarantine'): string[];
  /** Closes everything; the folder stays for another one when asked. */
  close(keepsFolder?: boolean): Promise<void>;
}

export type CenterOptions = Partial<Omit<IngestOptions, 'log' | 'metrics' | 'now_ms'>>;

/** The clock stands a minute behind the segments of makeSegment. */
export async function startIngest(options: CenterOptions = {}): Promise<TestCenter> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'noroshi-ingest-'));
  const store = new MemoryStore();
  const lines: string[] = [];
  const clock = { now_ms: FROM_MS + 120_000 };
  const now_ms = (): number => clock.now_ms;
  const log = createLog({ part: 'ingest', level: 'debug', write: (line) => void lines.push(line), now_ms });
  const metrics = new Metrics();
  const ingest = await openIngest({
    store,
    sensors: SENSORS,
    log,
    metrics,
    now_ms,
    ...options,
    folder,
    limits: { free_bytes: 0, ...options.limits },
  });
  const app = Fastify();
  await app.register(async (scope) => ingestRoutes(scope, ingest));
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return {
    ingest,
    store,
    port,
    folder,
    lines,
    metrics,
    clock,
    send: (file, how) => send(port, file, how),
    connect: () => connect(port, '127.0.0.1'),
    files: (part) => readdirSync(join(folder, part)).toSorted(),
    async close(keepsFolder = false) {
      app.server.closeAllConnections();
      await app.close();
      await ingest.close();
      if (!keepsFolder) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The headers of a good upload. */
export function headersOf(file: Uint8Array): OutgoingHttpHeaders {
  return {
    authorization: `Bearer ${TOKEN}`,
    'content-type': PARQUET_TYPE,
    'content-length': file.length,
    'content-digest': `sha-256=:${sha256(file).toString('base64')}:`,
  };
}

function send(port: number, file: Uint8Array, options: SendOptions = {}): Promise<Sent> {
  const { method = 'PUT', sensor = 'tokyo-1', sequence = 7, headers } = options;
  const given = Object.entries({ ...headersOf(file), ...headers }).filter(([, value]) => value !== undefined);
  const path = segmentPath(sensor, 0).replace(/0$/, String(sequence));
  return new Promise((resolve, reject) => {
    const sending = request({ host: '127.0.0.1', port, path, method, headers: Object.fromEntries(given) });
    sending.on('error', reject);
    sending.on('response', (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => void parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(parts).toString();
        const body = text === '' ? undefined : (JSON.parse(text) as Receipt | Problem);
        const word = body !== undefined && 'type' in body ? (body.type.split(':').at(-1) ?? '') : '';
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body, word });
      });
    });
    sending.end(method === 'HEAD' ? undefined : file);
  });
}
