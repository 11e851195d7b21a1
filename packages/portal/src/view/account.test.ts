import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeCenter } from '../../testing/fixtures.ts';
import { accountOf, reasonsOf } from './account.ts';

const center = new FakeCenter(Date.UTC(2025, 10, 21));

test('accountOf: nothing is missing from what is conserved', () => {
  const account = accountOf(center.conservation('network'));
  assert.deepEqual([account.unexplained, account.unstored, account.unrolled], [0, 0, 0]);
  assert.deepEqual([account.filtered, account.dropped], [749_817, 1333]);
});

test('accountOf: what was given up after the retention time is not missing', () => {
  const value = center.conservation('network');
  const old = { ...value, stored: value.stored - 700, expired: 700 };
  assert.equal(accountOf(old).unstored, 0);
});

test('accountOf: says what is missing, and where', () => {
  const value = center.conservation('network', 12);
  assert.deepEqual([accountOf(value).unstored, accountOf(value).unrolled], [12, 12]);
  assert.equal(accountOf({ ...value, received: value.received + 5 }).unexplained, 5);
});

test('reasonsOf: the largest first, without those that never happened', () => {
  assert.deepEqual(reasonsOf({ a: 1, b: 0, c: 3 }), [
    ['c', 3],
    ['a', 1],
  ]);
});
