import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isStandardOutput, isWrittenInPlace, PartFile, partOf } from './part-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'noroshi-part-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

test('PartFile: has its name when it is finished, or nothing', () => {
  const file = new PartFile(at('a'));
  file.write(Buffer.from('one'));
  assert.deepEqual(readdirSync(folder), ['a.part']);
  file.finish();
  file.abandon();
  assert.deepEqual([readFileSync(at('a'), 'utf8'), file.byteLength], ['one', 3]);
  const other = new PartFile(at('a'));
  other.write(Buffer.from('two'));
  other.abandon();
  assert.deepEqual([readFileSync(at('a'), 'utf8'), readdirSync(folder)], ['one', ['a']]);
});

test('PartFile: behind a link, and under another name', () => {
  writeFileSync(at('there'), '');
  symlinkSync('there', at('link'));
  const file = new PartFile(at('link'));
  file.write(Buffer.from('through'));
  file.finish();
  assert.equal(readFileSync(at('there'), 'utf8'), 'through');
  const renamed = new PartFile(at('open-1'));
  renamed.finish(at('1.parquet'));
  assert.deepEqual(readdirSync(folder).toSorted(), ['1.parquet', 'a', 'link', 'there']);
});

test('what is written in place: devices and standard output, no files and no folders', () => {
  mkdirSync(at('sub'));
  assert.deepEqual(['/dev/null', '-', '/dev/stdout', at('there'), at('sub'), at('none')].map(isWrittenInPlace), [
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
  assert.deepEqual([partOf('/dev/null'), partOf(at('none'))], [undefined, at('none.part')]);
  assert.ok(!isStandardOutput('/dev/stderr'));
});

test('PartFile: errors of writing name the file', () => {
  const full = new PartFile('/dev/full');
  assert.throws(() => full.write(Buffer.alloc(10)), { code: 'ENOSPC', path: '/dev/full' });
  full.abandon();
  assert.throws(() => new PartFile(at('no/where')), { code: 'ENOENT' });
});
