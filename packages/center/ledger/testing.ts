/** What tests need of the ledger: new ledgers quickly, a PostgreSQL of their own, sightings out of thin air. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Need } from '@noroshi/kit/testing.ts';
import { Client } from 'pg';
import type { Ledger, Report, Rules } from './ledger.ts';
import { openLedger } from './open.ts';
import type { Sighting } from './sighting.ts';

export const MINUTE_MS = 60_000;
/** 2026-11-21T08:00:00Z. */
export const START_MS = Date.UTC(2026, 10, 21, 8);

/** A new ledger in a folder of its own, which `close` removes. Half a second: the database is a copy (template.ts). */
export async function openTestLedger(): Promise<Ledger> {
  const folder = mkdtempSync(join(tmpdir(), 'noroshi-ledger-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const ledger = await openLedger({ path: join(folder, 'ledger') });
    return { ...ledger, close: () => ledger.close().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}

export const RULES: Rules = {
  detector: 'dos/victim',
  version: 1,
  bin_minutes: 1,
  gap_minutes: 5,
  valid_days: 7,
  confirmed_at: 0.9,
  merges: { packets: 'sum', attack_pps: 'max', ttl: 'min', begin: 'first', end: 'last' },
};

/** Of minute `minute` behind START_MS. */
export function sightingAt(minute: number, more: Partial<Sighting> = {}): Sighting {
  const bin_ms = START_MS + minute * MINUTE_MS;
  return {
    subject: { kind: 'address', value: '198.51.100.7' },
    aspect: 'tcp/80',
    bin_ms,
    first_ms: bin_ms + 1000,
    last_ms: bin_ms + 59_000,
    confidence: 0.5,
    reasons: [{ code: 'answers', values: { minute } }],
    figures: { packets: 10, attack_pps: minute },
    ...more,
  };
}

/** What was seen in the minutes [from, to) behind START_MS, told at once. */
export function reportOf(from: number, to: number, sightings: readonly Sighting[], more: Partial<Report> = {}): Report {
  return {
    feed: 'replay',
    rules: RULES,
    from_ms: START_MS + from * MINUTE_MS,
    to_ms: START_MS + to * MINUTE_MS,
    sightings,
    watermark_ms: START_MS + to * MINUTE_MS,
    at_ms: START_MS + to * MINUTE_MS,
    ...more,
  };
}

const DEBIAN = '/usr/lib/postgresql';
/** Debian's `nobody` and `nogroup`: PostgreSQL refuses to run as root. */
const NOBODY = 65_534;
const START_MS_MAX = 20_000;

function postgresFolder(): string | undefined {
  try {
    const [newest] = readdirSync(DEBIAN).toSorted((a, b) => Number(b) - Number(a));
    return newest === undefined ? undefined : join(DEBIAN, newest, 'bin');
  } catch {
    return undefined;
  }
}

/** The need for Debian's package `postgresql`. */
export function postgres(): Need {
  return { missing: postgresFolder() === undefined ? `no PostgreSQL in ${DEBIAN}` : undefined };
}

/** A PostgreSQL server of one test file, on a socket in a folder of its own. */
export class Postgres {
  private readonly folder = mkdtempSync(join(tmpdir(), 'noroshi-postgres-'));
  private readonly bin = postgresFolder() ?? '';
  private readonly user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  private server: ChildProcess | undefined;
  private count = 0;

  /** Makes the cluster and starts the server. */
  async make(): Promise<this> {
    if (process.getuid?.() === 0) chownSync(this.folder, NOBODY, NOBODY);
    const options = [
      '-D',
      join(this.folder, 'data'),
      '-U',
      'noroshi',
      '-A',
      'trust',
      '-N',
      '-E',
      'UTF8',
      '--locale=C.UTF-8',
    ];
    execFileSync(join(this.bin, 'initdb'), options, { ...this.user, cwd: this.folder, stdio: 'ignore' });
    await this.start();
    return this;
  }

  async start(): Promise<void> {
    const settings = ['listen_addresses=', `unix_socket_directories=${this.folder}`, 'fsync=off', 'max_connections=30'];
    this.server = spawn(
      join(this.bin, 'postgres'),
      ['-D', join(this.folder, 'data'), ...settings.flatMap((setting) => ['-c', setting])],
      { ...this.user, cwd: this.folder, stdio: 'ignore' },
    );
    const until_ms = performance.now() + START_MS_MAX;
    while (!(await this.answers())) {
      if (performance.now() > until_ms) throw new Error('Cannot start PostgreSQL: it does not answer');
      await wait(50);
    }
  }

  /** As when somebody switches it off: SIGQUIT, and nobody is asked. */
  async stop(): Promise<void> {
    if (this.server === undefined) return;
    const gone = once(this.server, 'exit');
    this.server.kill('SIGQUIT');
    this.server = undefined;
    await gone;
  }

  /** The connection string of a new database. */
  async database(): Promise<string> {
    const name = `ledger_${++this.count}`;
    await this.asked(`CREATE DATABASE ${name}`);
    return this.url(name);
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private url(name: string): string {
    return `postgresql://noroshi@localhost/${name}?host=${encodeURIComponent(this.folder)}`;
  }

  private async answers(): Promise<boolean> {
    try {
      await this.asked('SELECT 1');
      return true;
    } catch {
      return false;
    }
  }

  private async asked(sql: string): Promise<void> {
    const client = new Client({ connectionString: this.url('postgres') });
    client.on('error', () => {});
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }
}
