import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readNamed, stateOf, systemErrorOf } from './system-error.ts';

test('stateOf: words for what the system refused, codes that have none, and messages of other errors', () => {
  const refused = (code: string): Error => Object.assign(new Error(`${code}: x, read`), { code, syscall: 'read' });
  assert.deepEqual(
    [refused('ENOENT'), refused('EISDIR'), refused('EFBIG'), new RangeError('too large'), 'text'].map(stateOf),
    ['no such file', 'is a directory', 'EFBIG in read', 'too large', 'text'],
  );
  assert.equal(systemErrorOf(new Error('no')), undefined);
  assert.equal(systemErrorOf(refused('EIO'))?.code, 'EIO');
});

test('readNamed: the bytes, or a sentence with the file', () => {
  assert.ok(readNamed(import.meta.filename).equals(readFileSync(import.meta.filename)));
  assert.throws(() => readNamed('/no/where'), { message: 'Cannot read /no/where: no such file' });
  assert.throws(() => readNamed('/'), { message: 'Cannot read /: is a directory' });
});
