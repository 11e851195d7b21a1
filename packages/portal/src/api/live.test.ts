import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LiveMinute, LiveWindow } from '@noroshi/wire/api/live.ts';
import fc from 'fast-check';
import { MINUTE_MS, readMinute, toBins, toTotal, WINDOW_MS, withMinute } from './live.ts';

const START_MS = Date.UTC(2025, 0, 1);

function minute(index: number, accesses = 60, scanner_accesses = 20, address_seconds = 600): LiveMinute {
  const minute_ms = START_MS + index * MINUTE_MS;
  return {
    minute_ms,
    packets: accesses + 3,
    accesses,
    backscatter: 3,
    mirai: 0,
    scanner_accesses,
    address_seconds,
    dropped: 1,
  };
}

function windowOf(...minutes: readonly LiveMinute[]): LiveWindow {
  const to_ms = (minutes.at(-1)?.minute_ms ?? START_MS) + MINUTE_MS;
  return {
    feed: 'network',
    is_simulated: false,
    from_ms: to_ms - WINDOW_MS,
    to_ms,
    addresses: 10,
    sensors: 1,
    minutes,
  };
}

test('readMinute: a minute or nothing, whatever was sent', () => {
  assert.deepEqual(readMinute(JSON.stringify(minute(0))), minute(0));
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (data) => assert.equal(readMinute(data), undefined)));
});

test('withMinute: adds the newest, moves on, and forgets what is older than a day', () => {
  const before = windowOf(minute(0), minute(1439));
  const after = withMinute(before, minute(1440));
  assert.deepEqual(after.minutes, [minute(1439), minute(1440)]);
  assert.deepEqual([after.from_ms, after.to_ms], [before.from_ms + MINUTE_MS, before.to_ms + MINUTE_MS]);
  assert.equal(withMinute(after, minute(0)), after);
});

test('withMinute: a revised minute takes the place of the old one', () => {
  const after = withMinute(windowOf(minute(5), minute(6), minute(7)), minute(6, 999));
  assert.deepEqual(after.minutes, [minute(5), minute(6, 999), minute(7)]);
});

test('withMinute: in any order the minutes are ascending and each is there once', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 3000 }), { minLength: 1 }), (order) => {
      const last = Math.max(...order);
      const window = order.reduce((sum, index) => withMinute(sum, minute(index)), windowOf(minute(order[0])));
      const kept = [...new Set(order)].filter((index) => index > last - 1440).toSorted((a, b) => a - b);
      assert.deepEqual(
        window.minutes,
        kept.map((index) => minute(index)),
      );
    }),
  );
});

test('toBins: means per address and minute; what is not full is not lower, where nothing listened is nothing', () => {
  const window = windowOf(minute(0), minute(1), minute(10), minute(11, 0, 0, 0));
  const bins = toBins(window, 20 * MINUTE_MS, 5 * MINUTE_MS);
  assert.deepEqual(
    bins.map(({ from_ms }) => (from_ms - START_MS) / MINUTE_MS),
    [-5, 0, 5, 10],
  );
  // 60 accesses in 600 address seconds: 6 per address and minute, a third of them by scanners.
  const full = { others: 4, scanners: 2, backscatter: 3 };
  const none = { others: null, scanners: null, backscatter: null };
  assert.deepEqual(
    bins.map(({ from_ms: _, ...values }) => values),
    [none, full, none, full],
  );
});

test('toTotal: per address and day', () => {
  assert.deepEqual(toTotal(windowOf(minute(0), minute(1))), {
    per_address_day: 8640,
    minutes: 2,
    backscatter: 6,
    dropped: 2,
    packets: 126,
  });
  assert.equal(toTotal(windowOf()).per_address_day, null);
});
