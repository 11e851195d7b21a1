import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeFolder } from './folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'noroshi-folder-'));
test.after(() => rmSync(folder, { recursive: true }));

test('makeFolder: makes all that is missing, with its mode, and leaves what is there', () => {
  const path = join(folder, 'a/b/c');
  makeFolder(path, 0o700);
  for (const made of ['a', 'a/b', 'a/b/c']) assert.equal(statSync(join(folder, made)).mode & 0o777, 0o700);
  makeFolder(path, 0o755);
  assert.equal(statSync(path).mode & 0o777, 0o700);
});

test('makeFolder: says why it cannot, and ends', () => {
  writeFileSync(join(folder, 'file'), '');
  symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'));
  assert.throws(() => makeFolder(join(folder, 'file')), { code: 'EEXIST' });
  assert.throws(() => makeFolder(join(folder, 'file/below')), { code: /^E(EXIST|NOTDIR)$/ });
  assert.throws(() => makeFolder(join(folder, 'dangling')), { code: 'EEXIST' });
  if (existsSync('/proc/self')) assert.throws(() => makeFolder('/proc/noroshi/below'), { code: 'ENOENT' });
});
