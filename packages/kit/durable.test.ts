import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { freeBytes, isDiskFull, moveDurably, syncFolder, writeDurably } from './durable.ts';

const folder = await mkdtemp(join(tmpdir(), 'noroshi-durable-'));
after(() => rm(folder, { recursive: true }));

test('writeDurably replaces a file and leaves nothing else', async () => {
  const path = join(folder, 'a.json');
  await writeDurably(path, 'old');
  await writeDurably(path, Uint8Array.of(110, 101, 119));
  assert.equal(await readFile(path, 'utf8'), 'new');
  assert.deepEqual(await readdir(folder), ['a.json']);
  await rm(path);
});

test('writeDurably leaves neither half a file nor a .part when it fails', async () => {
  const taken = join(folder, 'taken');
  await mkdir(taken);
  await writeFile(join(taken, 'inside'), '');
  await assert.rejects(writeDurably(taken, 'x'), { code: /EISDIR|ENOTEMPTY|EEXIST/ });
  await assert.rejects(writeDurably(join(folder, 'missing', 'x'), 'x'), { code: 'ENOENT' });
  assert.deepEqual(await readdir(folder), ['taken']);
});

test('moveDurably moves between folders of one file system', async () => {
  const [from, to] = [join(folder, 'from'), join(folder, 'to')];
  await mkdir(from);
  await mkdir(to);
  await writeFile(join(from, 'x'), 'x');
  await moveDurably(join(from, 'x'), join(to, 'y'));
  assert.equal(await readFile(join(to, 'y'), 'utf8'), 'x');
  await assert.rejects(moveDurably(join(from, 'x'), join(to, 'z')), { code: 'ENOENT' });
});

test('syncFolder, freeBytes: a folder that is there, and one that is not', async () => {
  await syncFolder(folder);
  assert.ok((await freeBytes(folder)) > 0);
  await assert.rejects(syncFolder(join(folder, 'missing')), { code: 'ENOENT' });
  await assert.rejects(freeBytes(join(folder, 'missing')), { code: 'ENOENT' });
});

test('isDiskFull: no space and no quota, nothing else', () => {
  const coded = (code: string): Error => Object.assign(new Error(code), { code });
  assert.deepEqual(
    [coded('ENOSPC'), coded('EDQUOT'), coded('EIO'), new Error('ENOSPC'), 'ENOSPC'].map((error) => isDiskFull(error)),
    [true, true, false, false, false],
  );
});
