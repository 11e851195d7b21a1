/** A database server that is killed and comes back: meanwhile nothing is acknowledged, afterwards every row is there once. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { needs, program, sharedData, sharedFile } from '@noroshi/kit/testing.ts';
import { openStore } from '../store/store.ts';
import { makeSegment } from './testing.ts';
import { startIngest } from './testing-center.ts';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** ClickHouse as a server, from the library that chdb brings. */
class Server {
  private readonly folder: string;
  private readonly ports: readonly [http: number, tcp: number];
  private process: ChildProcess | undefined;

  constructor(folder: string, ports: readonly [http: number, tcp: number]) {
    this.folder = folder;
    this.ports = ports;
  }

  get url(): string {
    return `http://127.0.0.1:${this.ports[0]}`;
  }

  async start(): Promise<void> {
    const find = `console.log(require('chdb/libchdb').libchdbPath())`;
    const library = execFileSync(process.execPath, ['-e', find], { cwd: import.meta.dirname, encoding: 'utf8' }).trim();
    const args = [sharedData('tools', 'clickhouse-node'), library, this.folder, ...this.ports.map(String)];
    this.process = spawn('python3', args, { stdio: 'ignore' });
    for (let round = 0; round < 200; round++) {
      const answer = await fetch(`${this.url}/ping`).catch(() => undefined);
      if (answer?.ok === true) return;
      await wait(100);
    }
    throw new Error('Cannot start ClickHouse: it does not answer');
  }

  async kill(): Promise<void> {
    if (this.process === undefined || this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await ended;
  }
}

const NEEDS = needs(sharedFile('tools', 'clickhouse-node'), program('python3'));

test('put answers 503 while the database server is gone, and 201 when it is back', NEEDS, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'noroshi-away-'));
  const server = new Server(join(folder, 'server'), [await freePort(), await freePort()]);
  await server.start();
  const store = await openStore({ url: server.url });
  const center = await startIngest({ store, folder: join(folder, 'ingest') });
  context.after(async () => {
    await center.close();
    await store.close();
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  const send = async (sequence: number): Promise<string> => {
    const sent = await center.send(makeSegment({ sequence, seed: sequence }), { sequence });
    return `${sent.status} ${sent.word}`;
  };
  assert.equal(await send(1), '201 ');
  await server.kill();
  assert.equal(await send(2), '503 database_unreachable');
  assert.equal(await send(1), '503 database_unreachable', 'not even what it knew');
  const head = await center.send(Buffer.alloc(0), { method: 'HEAD', sequence: 1 });
  assert.deepEqual([head.status, head.headers['retry-after']], [503, '10']);
  await server.start();
  assert.equal(await send(1), '200 ');
  assert.equal(await send(2), '201 ');
  const rows = await store.query<{ rows: number }>('SELECT count() AS rows FROM flows');
  assert.deepEqual(rows, [{ rows: 200 }]);
  assert.deepEqual([center.files('inbox'), center.files('quarantine'), center.ingest.refused()], [[], [], {}]);
});
