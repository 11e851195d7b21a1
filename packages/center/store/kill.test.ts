/** A few kills with every run of the tests; scripts/check-kills.ts does the same by the hundred. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runKills } from './kills.ts';

test('addSegment stores everything once although it is killed at random moments', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'noroshi-kill-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const plan = { folder, kills: 15, segments: 30, seed: 20261121 };
  const { stores, expected } = await runKills(plan, () => {});
  for (const { content, broken } of stores) {
    assert.deepEqual(broken, []);
    assert.deepEqual(content, expected);
  }
  assert.equal(
    stores.reduce((sum, { kills }) => sum + kills, 0),
    15,
  );
});
