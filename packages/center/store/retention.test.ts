/** Flow rows and minutes go by whole days; sums and receipts stay. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openStore, type Store } from './store.ts';
import { makeSegment } from './testing.ts';

const DAY_MS = 86_400_000;
const folder = mkdtempSync(join(tmpdir(), 'noroshi-retention-'));
const path = join(folder, 'db');
after(() => rmSync(folder, { recursive: true, force: true }));

const rowsByDay = (store: Store, table: string): Promise<unknown[]> =>
  store.query(
    `SELECT toString(toDate(minute)) AS day, sum(packets) > 0 AS some FROM ${table} GROUP BY day ORDER BY day`,
  );

test('dropFlowsBefore drops days that are old and into which nothing came lately', async () => {
  let store = await openStore({ path });
  const first_ms = Date.UTC(2026, 10, 1);
  const plans = [0, 1, 2, 3].map((day) => ({ sequence: day, rows: 100, minute_from_ms: first_ms + day * DAY_MS }));
  const live = plans.map((plan) => makeSegment(folder, plan));
  for (const insert of live) await store.addSegment(insert);
  // A capture of the second day that somebody replays on the fourth.
  const replayed = makeSegment(folder, { ...plans[1], feed: 'replay', sensor: 'replay-one' });
  await store.addSegment({ ...replayed, received_at_ms: first_ms + 3 * DAY_MS });
  const versions = (): number[] =>
    ['2026-11-01', '2026-11-02', '2026-11-03'].map((day) => store.version('simulation', day));
  const before = versions();
  const [sums] = await store.query('SELECT sum(packets) AS packets FROM hours');

  assert.equal(await store.dropFlowsBefore('2026-11-04'), 2);
  assert.equal(await store.dropFlowsBefore('2026-11-04'), 0);
  const left = [
    { day: '2026-11-02', some: 1 },
    { day: '2026-11-04', some: 1 },
  ];
  for (const table of ['flows', 'minutes']) assert.deepEqual(await rowsByDay(store, table), left);
  assert.deepEqual(await store.query('SELECT sum(packets) AS packets FROM hours'), [sums]);
  assert.deepEqual(versions(), [before[0] + 1, before[1], before[2] + 1]);
  const dropped = 'SELECT DISTINCT toString(day) AS day FROM dropped_days ORDER BY day';
  assert.deepEqual(await store.query(dropped), [{ day: '2026-11-01' }, { day: '2026-11-03' }]);

  await store.close();
  store = await openStore({ path });
  for (const insert of live) assert.equal(await store.addSegment(insert), 'duplicate');
  const late = makeSegment(folder, { ...plans[0], sequence: 9 });
  assert.equal(await store.addSegment({ ...late, received_at_ms: first_ms + 5 * DAY_MS }), 'stored');
  assert.equal(await store.dropFlowsBefore('2026-11-07'), 3);
  assert.deepEqual(await rowsByDay(store, 'flows'), []);
  await store.close();
});
