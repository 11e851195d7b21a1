import assert from 'node:assert/strict';
import { test } from 'node:test';
import { add, describe, forbidSkipping, NOTHING, readClosingLine } from './tally.ts';

test('readClosingLine: takes the counts of the last line only', () => {
  assert.deepEqual(readClosingLine('1 passed, 9 failed\n12 passed, 0 failed\n', true), { ...NOTHING, passed: 12 });
  assert.deepEqual(readClosingLine('12 passed, 3 failed\n', false), { ...NOTHING, passed: 12, failed: 3 });
});

test('readClosingLine: a bad end, no count and a count of nothing are failures', () => {
  assert.deepEqual(readClosingLine('12 passed, 0 failed\n', false), { ...NOTHING, passed: 12, failed: 1 });
  assert.deepEqual(readClosingLine('all is well\n', true), { ...NOTHING, failed: 1 });
  assert.deepEqual(readClosingLine('12 passed, 0 failed\nSegmentation fault\n', true), { ...NOTHING, failed: 1 });
  assert.deepEqual(readClosingLine('0 passed, 0 failed\n', true), { ...NOTHING, failed: 1 });
});

test('forbidSkipping: a skipped test becomes a failure that says its reason', () => {
  const judged = forbidSkipping({ passed: 2, failed: 1, skipped: ['a.test.ts b: no moon'], output: 'x\n' });
  assert.deepEqual({ ...judged, output: '' }, { passed: 2, failed: 2, skipped: [], output: '' });
  assert.match(judged.output, /^x\nskipped, which CI forbids: a\.test\.ts b: no moon$/m);
});

test('describe: names what was skipped only when something was', () => {
  assert.equal(describe({ passed: 3, failed: 0, skipped: [] }), '3 passed, 0 failed');
  assert.equal(describe(add({ passed: 3, failed: 0, skipped: ['a'] }, NOTHING)), '3 passed, 0 failed, 1 skipped');
});
