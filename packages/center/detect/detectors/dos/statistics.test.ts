import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  expectedDistinct,
  gammaCdf,
  gammaQuantile,
  lnGamma,
  negativeBinomialTail,
  rateInterval,
} from './statistics.ts';

function near(actual: number, expected: number, relative = 1e-6): void {
  assert.ok(Math.abs(actual - expected) <= relative * Math.abs(expected), `${actual} is not ${expected}`);
}

test('lnGamma and gammaCdf give what tables say', () => {
  near(lnGamma(0.5), Math.log(Math.sqrt(Math.PI)));
  near(lnGamma(11), Math.log(3_628_800));
  near(gammaCdf(1, 1), 1 - Math.exp(-1));
  near(gammaCdf(10, 3), 0.9972306042844884);
});

test('gammaQuantile inverts gammaCdf, for small and large shapes', () => {
  for (const shape of [0.5, 1, 8, 100, 9999]) {
    for (const share of [0.025, 0.5, 0.95, 0.975]) near(gammaCdf(gammaQuantile(share, shape), shape), share);
  }
});

test('rateInterval is the exact interval of Poisson tables, and goes on smoothly where it is approximated', () => {
  // Garwood 1936: 10 events, lower limit 4.795; the upper limit of 9 is that of 10 gaps.
  const [low, high] = rateInterval(10, 1);
  near(low, 4.7954, 1e-4);
  near(high, 17.0848, 1e-4);
  const exact = rateInterval(10_000, 1);
  const approximate = rateInterval(10_001, 1);
  near(approximate[0] - exact[0], 1, 0.05);
  near(approximate[1] - exact[1], 1, 0.05);
});

test('negativeBinomialTail is one minus the sum of what is below', () => {
  for (const [shape, share] of [
    [0.5, 0.1],
    [4, 0.7],
    [1, 0.5],
  ] as const) {
    let below = 0;
    let term = (1 - share) ** shape;
    for (let k = 0; k < 6; k++) {
      near(negativeBinomialTail(k, shape, share), 1 - below, 1e-6);
      below += term;
      term *= (share * (shape + k)) / (k + 1);
    }
  }
  assert.equal(negativeBinomialTail(5, 1, 0), 0);
  assert.equal(negativeBinomialTail(5, 1, 1), 1);
});

test('expectedDistinct: never more than there are, nor than were drawn', () => {
  near(expectedDistinct(4096, 1), 1);
  near(expectedDistinct(2, 1000), 2);
  assert.equal(expectedDistinct(Number.POSITIVE_INFINITY, 12), 12);
  assert.equal(expectedDistinct(1, 5), 1);
});
