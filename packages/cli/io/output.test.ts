import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder } from '../testing.ts';
import { type Refusal, refusalOf } from './exit.ts';
import { Interrupt } from './interrupt.ts';
import { Output } from './output.ts';
import { progressLine } from './progress.ts';

test('Output: writes everything in order, whatever the sizes', (context) => {
  const file = join(folder(context), 'out');
  const fd = openSync(file, 'w');
  const output = new Output(fd);
  const parts = Array.from({ length: 500 }, (_, index) => `${index} 狼煙 ${'x'.repeat(index * 7)}\n`);
  for (const part of parts) output.write(part);
  output.flush();
  closeSync(fd);
  assert.equal(readFileSync(file, 'utf8'), parts.join(''));
});

test('progressLine: share, rate and time left, cut to the terminal', () => {
  assert.equal(
    progressLine(2_000_000, 0.25, 2, 100),
    '█████░░░░░░░░░░░░░░░ 25 % · 2,000,000 packets · 1,000,000 packets/s · 6 s left',
  );
  assert.equal(progressLine(10, undefined, 2, 100), '10 packets · 5 packets/s');
  assert.equal(progressLine(2_000_000, 0.25, 2, 30).length, 29);
});

test('refusalOf: a system call’s error becomes a sentence, others stay', () => {
  const error = Object.assign(new Error('x'), { code: 'ENOENT', syscall: 'open' });
  assert.equal((refusalOf('read', 'a.pcap', error) as Refusal).message, 'Cannot read a.pcap: no such file');
  assert.equal((refusalOf('write', 'a/b', error) as Refusal).message, 'Cannot write a/b: no such folder');
  const odd = Object.assign(new Error('x'), { code: 'EWHAT', syscall: 'open' });
  assert.equal((refusalOf('read', 'a', odd) as Refusal).message, 'Cannot read a: EWHAT in open');
  const other = new TypeError('ours');
  assert.equal(refusalOf('read', 'a', other), other);
});

test('Interrupt: lets work go on while nobody presses', async () => {
  const interrupt = new Interrupt();
  interrupt.check();
  await interrupt.breathe();
  assert.equal(await interrupt.orStop(Promise.resolve(7)), 7);
});
