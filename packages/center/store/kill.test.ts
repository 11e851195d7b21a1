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
  const { kills, content, expected, broken } = await runKills({ folder, kills: 15, seed: 20261121 }, () => {});
  assert.deepEqual(broken, []);
  assert.deepEqual(content, expected);
  assert.ok(kills >= 15, `${kills} kills`);
});
