import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { LockedError, lockFolder } from './lock.ts';

function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'noroshi-lock-'));
  context.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Another process that holds the lock until it is ended. */
async function holder(context: TestContext, path: string) {
  const script = `import { lockFolder } from ${JSON.stringify(import.meta.resolve('./lock.ts'))};
    lockFolder(${JSON.stringify(path)}, 'x.lock'); console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  context.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

test('lockFolder: two do not hold it, given back it is free and leaves nothing', (context) => {
  const path = folder(context);
  const release = lockFolder(path, 'x.lock');
  assert.throws(() => lockFolder(path, 'x.lock'), new LockedError(path, process.pid));
  assert.deepEqual(readdirSync(path), ['x.lock']);
  release();
  release();
  assert.deepEqual(readdirSync(path), []);
  lockFolder(path, 'x.lock')();
});

test('lockFolder: another process that lives keeps it, one that was killed does not', async (context) => {
  const path = folder(context);
  const child = await holder(context, path);
  assert.throws(() => lockFolder(path, 'x.lock'), new LockedError(path, child.pid ?? 0));
  child.kill('SIGKILL');
  await once(child, 'exit');
  const release = lockFolder(path, 'x.lock');
  release();
  assert.equal(existsSync(join(path, 'x.lock')), false);
});

test('lockFolder: a file of a number that was given out again, or of nonsense, is taken over', (context) => {
  const path = folder(context);
  for (const text of [JSON.stringify({ pid: process.pid, began: '1' }), '', '{', '[]', '{"pid":"x"}']) {
    writeFileSync(join(path, 'x.lock'), text);
    lockFolder(path, 'x.lock')();
  }
});

test('lockFolder: a folder that is not there is the file system’s error', () => {
  assert.throws(() => lockFolder('/nowhere/at/all', 'x.lock'), { code: 'ENOENT' });
});
