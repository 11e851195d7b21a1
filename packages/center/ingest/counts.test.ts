import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createLog, SILENT } from '@noroshi/kit/log.ts';
import { RefusalCounts } from './counts.ts';

function fileOf(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'noroshi-counts-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'refusals.json');
}

test('RefusalCounts counts by feed and word, over restarts', async (context) => {
  const path = fileOf(context);
  const counts = await RefusalCounts.open(path, SILENT);
  counts.add('network', 'cut');
  counts.add('network', 'cut');
  counts.add('replay', 'cut');
  counts.add(undefined, 'unknown_sensor');
  await Promise.all([counts.flush(), counts.flush()]);
  assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')), {
    network: { cut: 2 },
    replay: { cut: 1 },
    unknown: { unknown_sensor: 1 },
  });
  const again = await RefusalCounts.open(path, SILENT);
  again.add('network', 'too_old');
  assert.deepEqual(again.byWord(), { cut: 3, unknown_sensor: 1, too_old: 1 });
  assert.deepEqual(again.byWord('network'), { cut: 2, too_old: 1 });
  assert.deepEqual(again.byWord('simulation'), {});
  await again.flush();
});

test('RefusalCounts has every count on the disk that was added before its flush', async (context) => {
  const path = fileOf(context);
  const counts = await RefusalCounts.open(path, SILENT);
  const flushes = Array.from({ length: 50 }, async (_, index) => {
    counts.add('network', 'cut');
    await counts.flush();
    const { network } = JSON.parse(readFileSync(path, 'utf8')) as { network: { cut: number } };
    assert.ok(network.cut > index);
  });
  await Promise.all(flushes);
});

test('RefusalCounts begins anew with what it cannot read, and says so', async (context) => {
  const path = fileOf(context);
  for (const text of ['', '[]', '{"network":3}', '{"else":{}}', '{']) {
    writeFileSync(path, text);
    const lines: string[] = [];
    const log = createLog({ part: 'x', write: (line) => void lines.push(line), now_ms: () => 0 });
    assert.deepEqual((await RefusalCounts.open(path, log)).byWord(), {});
    assert.match(lines.join(''), /error x counts_unreadable: Cannot read .*: not counts/);
  }
  writeFileSync(path, '{"network":{"cut":2,"of_another_version":3}}');
  assert.deepEqual((await RefusalCounts.open(path, SILENT)).byWord(), { cut: 2 });
});

test('RefusalCounts goes on counting when it cannot write, and writes all of it later', async (context) => {
  const path = fileOf(context);
  const counts = await RefusalCounts.open(path, SILENT);
  rmSync(join(path, '..'), { recursive: true });
  counts.add('network', 'cut');
  await counts.flush();
  assert.equal(existsSync(path), false);
  mkdirSync(join(path, '..'));
  counts.add('network', 'cut');
  await counts.flush();
  assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')), { network: { cut: 2 } });
});
