/** A center in front of a ClickHouse server that comes late, dies, and comes back: the address in its configuration is all there is to it. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { ClickHouse, SERVER_NEEDS } from '@noroshi/center/store/testing.ts';
import { SILENT } from '@noroshi/kit/log.ts';
import { needs, until } from '@noroshi/kit/testing.ts';
import { runSensor } from '@noroshi/sensor/main.ts';
import { World } from '@noroshi/simulate/world/world.ts';
import type { Conservation } from '@noroshi/wire/api/figures.ts';
import { folder } from '../testing.ts';
import { runCenter, TOKEN, writeConfig } from './testing.ts';

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 0, 5);

async function healthBecomes(url: string, status: number): Promise<void> {
  await until(
    async () => (await fetch(`${url}/v1/health`)).status === status,
    () => `Health never became ${status}`,
  );
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

test('up: a database server that comes late, dies and comes back', needs(...SERVER_NEEDS), async (context) => {
  const path = folder(context);
  const spool = join(path, 'spool');
  // Its address is known once it has run.
  const server = await ClickHouse.start(join(path, 'server'));
  context.after(() => server.kill());
  await server.kill();
  const config = writeConfig(path, `store: { url: "${server.url}" }\n`);
  const center = await runCenter(context, config);
  await healthBecomes(center.url, 503);
  assert.equal((await fetch(`${center.url}/v1/feeds`)).status, 503);
  await upload(center.url, spool, 500);

  await server.start();
  await healthBecomes(center.url, 200);
  await upload(center.url, spool, 60_000);
  const held = async (): Promise<Conservation> =>
    (await (await fetch(`${center.url}/v1/conservation?feed=replay`)).json()) as Conservation;
  const before = await held();
  assert.deepEqual([before.segments, before.is_conserved, before.refused], [2, true, {}]);

  await server.kill();
  await healthBecomes(center.url, 503);
  await upload(center.url, spool, 500);
  await server.start();
  await healthBecomes(center.url, 200);
  await upload(center.url, spool, 60_000);
  const after = await held();
  assert.deepEqual([after.segments, after.is_conserved, after.refused], [4, true, {}]);
  assert.ok(after.kept > before.kept);
  assert.equal(await center.end('SIGTERM'), 0);
});
