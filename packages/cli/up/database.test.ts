/** A center in front of a ClickHouse server that comes late, dies, and comes back: the address in its configuration is all there is to it. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { SILENT } from '@noroshi/kit/log.ts';
import { needs, program, sharedData, sharedFile } from '@noroshi/kit/testing.ts';
import { runSensor } from '@noroshi/sensor/main.ts';
import { World } from '@noroshi/simulate/world/world.ts';
import type { Conservation } from '@noroshi/wire/api/figures.ts';
import { folder } from '../testing.ts';
import { runCenter, TOKEN, writeConfig } from './testing.ts';

const NEEDS = needs(sharedFile('tools', 'clickhouse-node'), program('python3'));
const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 0, 5);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** ClickHouse as a server, from the library that chdb brings. */
async function startServer(path: string, ports: readonly [http: number, tcp: number]): Promise<ChildProcess> {
  const find = `console.log(require('chdb/libchdb').libchdbPath())`;
  const cwd = join(import.meta.dirname, '../../center');
  const library = execFileSync(process.execPath, ['-e', find], { cwd, encoding: 'utf8' }).trim();
  const args = [sharedData('tools', 'clickhouse-node'), library, path, ...ports.map(String)];
  const server = spawn('python3', args, { stdio: 'ignore' });
  for (let tries = 0; tries < 300; tries++) {
    const answer = await fetch(`http://127.0.0.1:${ports[0]}/ping`).catch(() => undefined);
    if (answer?.ok === true) return server;
    await wait(100);
  }
  throw new Error('Cannot start ClickHouse: it does not answer');
}

async function healthBecomes(url: string, status: number): Promise<void> {
  for (let tries = 0; (await fetch(`${url}/v1/health`)).status !== status; tries++) {
    assert.ok(tries < 300, `health never became ${status}`);
    await wait(100);
  }
}

/** An hour of the simulated world from one sensor; what is not taken within `drain_ms` stays in the spool. */
async function upload(url: string, spool: string, drain_ms: number): Promise<void> {
  const world = new World();
  await runSensor({
    sensor: 'replay-a',
    prefixes: world.prefixes,
    compression: 'zstd',
    center: { url, token: TOKEN },
    spool: { folder: spool },
    log: SILENT,
    signal: new AbortController().signal,
    drain_ms,
    async *feed(resume_ms = START_MS) {
      yield { kind: 'listening', from_ms: resume_ms };
      for (const bytes of world.tape(resume_ms).until(resume_ms + HOUR_MS)) yield { kind: 'bytes', bytes };
      yield { kind: 'until', to_ms: resume_ms + HOUR_MS, isLive: false };
    },
  });
}

test('up: a database server that comes late, dies and comes back', NEEDS, async (context) => {
  const path = folder(context);
  const ports = [await freePort(), await freePort()] as const;
  const spool = join(path, 'spool');
  const config = writeConfig(path, `store: { url: "http://127.0.0.1:${ports[0]}" }\n`);
  const center = await runCenter(context, config);
  await healthBecomes(center.url, 503);
  assert.equal((await fetch(`${center.url}/v1/feeds`)).status, 503);
  await upload(center.url, spool, 500);

  let server = await startServer(join(path, 'server'), ports);
  context.after(() => server.kill('SIGKILL'));
  await healthBecomes(center.url, 200);
  await upload(center.url, spool, 60_000);
  const held = async (): Promise<Conservation> =>
    (await (await fetch(`${center.url}/v1/conservation?feed=replay`)).json()) as Conservation;
  const before = await held();
  assert.deepEqual([before.segments, before.is_conserved, before.refused], [2, true, {}]);

  const ended = once(server, 'exit');
  server.kill('SIGKILL');
  await ended;
  await healthBecomes(center.url, 503);
  await upload(center.url, spool, 500);
  server = await startServer(join(path, 'server'), ports);
  await healthBecomes(center.url, 200);
  await upload(center.url, spool, 60_000);
  const after = await held();
  assert.deepEqual([after.segments, after.is_conserved, after.refused], [4, true, {}]);
  assert.ok(after.kept > before.kept);
  assert.equal(await center.end('SIGTERM'), 0);
});
