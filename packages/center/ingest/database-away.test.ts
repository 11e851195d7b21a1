/** A database server that is killed and comes back: meanwhile nothing is acknowledged, afterwards every row is there once. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '@noroshi/kit/testing.ts';
import { openStore } from '../store/store.ts';
import { ClickHouse, SERVER_NEEDS } from '../store/testing.ts';
import { makeSegment } from './testing.ts';
import { startIngest } from './testing-center.ts';

test(
  'put answers 503 while the database server is gone, and 201 when it is back',
  needs(...SERVER_NEEDS),
  async (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'noroshi-away-'));
    const server = await ClickHouse.start(join(folder, 'server'));
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
  },
);
