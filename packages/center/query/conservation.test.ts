/** Conservation holds at every moment: before, while and after segments are stored, and when a kill left rows without a receipt. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { type AddOutcome, openStore, type Store } from '../store/store.ts';
import { ClickHouse, makeSegment, MINUTE_MS, SERVER_NEEDS, START_MS } from '../store/testing.ts';
import { needs } from '@noroshi/kit/testing.ts';
import { Query } from './query.ts';

const SEGMENTS = 24;

/** Asks without a pause while segments are stored, a few at a time; answers how often rows were under way. */
async function watch(folder: string, store: Store): Promise<number> {
  const query = new Query(store);
  const inserts = Array.from({ length: SEGMENTS }, (_, sequence) => {
    const day = sequence % 2;
    return makeSegment(folder, { sequence, rows: 20_000, minute_from_ms: START_MS + day * 1440 * MINUTE_MS });
  });
  const kept = inserts.reduce((sum, { segment }) => sum + segment.counters.kept, 0);
  const storing = { isOver: false };
  const outcomes = Promise.all(inserts.map((insert): Promise<AddOutcome> => store.addSegment(insert))).finally(() => {
    storing.isOver = true;
  });
  let [asked, underWay] = [0, 0];
  while (!storing.isOver) {
    const account = await query.conservation('simulation');
    assert.ok(account.is_conserved, JSON.stringify(account));
    asked++;
    if (account.under_way > 0) underWay++;
    // An answer that is kept takes no turn of the event loop.
    await setImmediate();
  }
  assert.ok((await outcomes).every((outcome) => outcome === 'stored'));
  assert.ok(asked >= SEGMENTS / 2, `asked ${asked} times`);
  const last = await query.conservation('simulation');
  assert.deepEqual(
    [last.is_conserved, last.segments, last.kept, last.stored, last.rolled_up, last.under_way],
    [true, SEGMENTS, kept, kept, kept, 0],
  );
  query.close();
  return underWay;
}

for (const engine of ['embedded', 'server'] as const) {
  const options = engine === 'server' ? needs(...SERVER_NEEDS) : {};
  test(`conservation holds whenever it is asked while segments are stored, ${engine}`, options, async (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'noroshi-conservation-'));
    const server = engine === 'server' ? await ClickHouse.start(join(folder, 'server')) : undefined;
    const store = await openStore(
      server === undefined ? { path: join(folder, 'db') } : { url: server.url, database: 'noroshi' },
    );
    context.after(async () => {
      await store.close();
      await server?.kill();
      rmSync(folder, { recursive: true, force: true });
    });
    assert.ok((await watch(folder, store)) > 0, 'it was asked while a segment was half stored');
  });
}
