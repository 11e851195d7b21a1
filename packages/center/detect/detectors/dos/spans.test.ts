import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ALPHA,
  backgroundPerHour,
  COUNTS,
  detectionLimit_pps,
  isTooMany,
  priorTime_ms,
  SPAN_MAX_MS,
  spanLimit_ms,
} from './spans.ts';
import { negativeBinomialTail, gammaCdf } from './statistics.ts';

test('spanLimit_ms is where the chance of background is ALPHA', () => {
  for (const addresses of [4096, 65_536]) {
    const perHour = backgroundPerHour(addresses);
    for (const [place, count] of COUNTS.entries()) {
      const span_ms = spanLimit_ms(place, perHour);
      if (span_ms === SPAN_MAX_MS) continue;
      const share = span_ms / (priorTime_ms(perHour) + span_ms);
      assert.ok(Math.abs(negativeBinomialTail(count - 1, 0.5, share) / ALPHA - 1) < 1e-6);
      assert.ok(isTooMany(count, span_ms * 0.999, perHour, 0, 0));
      assert.ok(!isTooMany(count, span_ms * 1.001, perHour, 0, 0));
    }
  }
});

test('isTooMany asks for more of a source that answered before', () => {
  const perHour = backgroundPerHour(4096);
  assert.ok(isTooMany(8, 600_000, perHour, 0, 0));
  assert.ok(!isTooMany(8, 600_000, perHour, 12, 3_000_000));
});

test('the false alarms of a million answers of background are far below one', () => {
  assert.ok(ALPHA * COUNTS.length * 1e6 <= 0.05 + 1e-12);
});

test('detectionLimit_pps: smaller with more addresses and with time, and at the limit 95 % have enough answers', () => {
  assert.deepEqual(
    [256, 4096, 65_536].map((addresses) => Number(detectionLimit_pps(addresses, 60).toPrecision(3))),
    [3_680_000, 230_000, 19_500],
  );
  assert.deepEqual(
    [256, 4096, 65_536].map((addresses) => Number(detectionLimit_pps(addresses, 3600).toPrecision(3))),
    [61_300, 6860, 4300],
  );
  const expected = (detectionLimit_pps(4096, 60) * 4096 * 60) / 2 ** 32;
  assert.ok(gammaCdf(expected, 8) >= 0.95 - 1e-9);
  for (let duration_s = 10; duration_s < 7200; duration_s *= 1.5) {
    assert.ok(detectionLimit_pps(4096, duration_s) >= detectionLimit_pps(4096, duration_s * 1.5));
  }
});
