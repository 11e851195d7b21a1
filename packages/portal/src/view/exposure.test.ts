import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Exposure } from '@noroshi/wire/api/figures.ts';
import { briefly, observed } from './exposure.ts';

const DAY = { name: '2021-08-20', from_ms: 0, to_ms: 86_400_000, days: 1 };
const exposure = (addresses: number, seconds: number): Exposure => ({
  sensors: 1,
  addresses,
  networks64: 0,
  address_seconds: addresses * seconds,
  uptime: seconds / 86_400,
  received: 0,
  kept: 0,
  filtered: 0,
  dropped: 0,
  loss: 0,
});

test('observed: whole minutes, from two hours on whole hours', () => {
  assert.deepEqual(
    [10, 180, 7199, 7200, 11_000].map(observed).map(({ unit, n }) => `${n} ${unit}`),
    ['1 minutes', '3 minutes', '120 minutes', '2 hours', '3 hours'],
  );
});

test('briefly: how long anything listened, when that was short', () => {
  assert.deepEqual(briefly(exposure(65_536, 180), DAY), { unit: 'minutes', n: 3 });
  assert.deepEqual(briefly(exposure(0, 180), DAY), { unit: 'minutes', n: 3 }, 'of unknown addresses');
  assert.equal(briefly(exposure(8, 80_000), DAY), undefined);
  assert.equal(briefly(exposure(8, 0), DAY), undefined);
});
