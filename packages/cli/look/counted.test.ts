import assert from 'node:assert/strict';
import { test } from 'node:test';
import { counted, nounOf } from './counted.ts';

test('counted: one has another noun than none and many', () => {
  assert.deepEqual(
    [0, 1, 2, 1234].map((value) => counted(value, 'row')),
    ['0 rows', '1 row', '2 rows', '1,234 rows'],
  );
  assert.equal(counted(1, 'address', 'addresses'), '1 address');
  assert.equal(nounOf(2, 'address', 'addresses'), 'addresses');
});
