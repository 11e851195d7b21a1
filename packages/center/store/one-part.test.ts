/** What everything rests on: one insert brings one table one part, however many rows it has and however many threads work on it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openStore } from './store.ts';
import { makeSegment } from './testing.ts';

const ROWS = [200_000, 3000, 5000];

test('addSegment: each segment is one part in each table, two at the same time as well', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'noroshi-part-'));
  const store = await openStore({ path: join(folder, 'db') });
  try {
    await Promise.all(ROWS.map((rows, sequence) => store.addSegment(makeSegment(folder, { sequence, rows }))));
    // Parts are numbered as they come; merging keeps the highest number.
    const tables = await store.query<{ table: string; parts: number }>(
      `SELECT table, max(max_block_number) AS parts FROM system.parts
       WHERE database = currentDatabase() AND table IN ('flows', 'minutes', 'hours', 'day_ports', 'day_sources', 'segments')
       GROUP BY table ORDER BY table`,
    );
    assert.equal(tables.length, 6);
    for (const { table, parts } of tables) assert.equal(parts, ROWS.length, table);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
