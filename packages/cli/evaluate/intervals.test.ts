import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quantile, rate, share } from './intervals.ts';

const near = (value: number, wanted: number, by = 1e-3): void => {
  assert.ok(Math.abs(value - wanted) < by, `${value} is not ${wanted}`);
};

test('share: Wilson’s interval, as tables have it', () => {
  // R: prop.test(x, n, correct = FALSE)$conf.int
  const { value, low, high } = share(15, 20);
  near(value, 0.75);
  near(low, 0.5313);
  near(high, 0.8881);
  const all = share(10, 10);
  near(all.low, 0.7225);
  assert.equal(all.high, 1);
  const none = share(0, 10);
  assert.equal(none.low, 0);
  near(none.high, 0.2775);
  assert.ok(Number.isNaN(share(0, 0).value));
});

test('rate: the exact Poisson interval, as tables have it', () => {
  // R: poisson.test(x)$conf.int
  const table = [
    [0, 0, 3.6889],
    [1, 0.0253, 5.5716],
    [10, 4.7954, 18.3904],
    [100, 81.3639, 121.6272],
  ] as const;
  for (const [count, least, most] of table) {
    const { low, high } = rate(count, 1);
    near(low, least, 2e-3);
    near(high, most, 2e-3);
    const tenth = rate(count, 10);
    near(tenth.high, most / 10, 2e-3);
    assert.equal(tenth.value, count / 10);
  }
  assert.equal(rate(0, 0).high, Number.POSITIVE_INFINITY);
});

test('quantile: what so many lie below', () => {
  const numbers = [5, 1, 4, 2, 3];
  assert.deepEqual([quantile(numbers, 0), quantile(numbers, 0.5), quantile(numbers, 1)], [1, 3, 5]);
  assert.ok(Number.isNaN(quantile([], 0.5)));
});
