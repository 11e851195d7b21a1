import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Finding } from '../../ledger/ledger.ts';
import { MINUTE_MS, sightingAt, START_MS } from '../../ledger/testing.ts';
import { stepMinutes, TIMELINE_POINTS_MAX, timelineOf, victimsOf } from './victims.ts';

function finding(more: Partial<Finding> = {}): Finding {
  return {
    id: 'x',
    feed: 'replay',
    detector: 'dos/victim',
    detector_version: 1,
    subject: { kind: 'address', value: '198.51.100.7' },
    aspect: 'tcp/80',
    from_ms: START_MS,
    to_ms: START_MS + MINUTE_MS,
    first_ms: START_MS + 1,
    last_ms: START_MS + 2,
    is_open: false,
    state: 'candidate',
    confidence: 0.5,
    reasons: [],
    figures: { packets: 1 },
    revision: 1,
    ...more,
  };
}

test('victimsOf: under attack first, then by rate, by packets, by address; never more than a dozen services', () => {
  const about = (value: string, more: Partial<Finding> = {}) =>
    finding({ subject: { kind: 'address', value }, ...more });
  const victims = victimsOf(
    [
      about('192.0.2.4', { figures: { packets: 9 } }),
      about('192.0.2.3', { figures: { packets: 9 } }),
      about('192.0.2.2', { figures: { packets: 1, attack_pps: 7 } }),
      about('192.0.2.1', { is_open: true }),
      ...Array.from({ length: 40 }, (_, port) =>
        about('192.0.2.5', { aspect: `tcp/${port}`, figures: { packets: port } }),
      ),
    ],
    new Map(),
  );
  assert.deepEqual(
    victims.map(({ address }) => address),
    ['192.0.2.1', '192.0.2.2', '192.0.2.5', '192.0.2.3', '192.0.2.4'],
  );
  const [, , busy] = victims;
  assert.deepEqual([busy?.services.length, busy?.services[0], busy?.attacks], [12, 'tcp/39', 40]);
});

test('stepMinutes: as narrow as the points allow, in whole bins of the detector', () => {
  const narrow_ms = TIMELINE_POINTS_MAX * MINUTE_MS;
  assert.deepEqual([stepMinutes(narrow_ms, 1), stepMinutes(narrow_ms + 1, 1)], [1, 5]);
  assert.deepEqual([stepMinutes(0, 5), stepMinutes(0, 60), stepMinutes(Number.MAX_SAFE_INTEGER, 1)], [5, 60, 1440]);
  assert.equal(stepMinutes(0, 7), 7);
});

test('timelineOf: no packet is lost and no rate is invented, whatever the step', () => {
  const sightings = fc.array(
    fc.record({ minute: fc.nat(500), packets: fc.nat(100), attack_pps: fc.option(fc.nat(1000), { nil: undefined }) }),
  );
  fc.assert(
    fc.property(sightings, fc.constantFrom(1, 5, 60), (drawn, step) => {
      const seen = drawn.map(({ minute, packets, attack_pps }) =>
        sightingAt(minute, { figures: { packets, ...(attack_pps === undefined ? {} : { attack_pps }) } }),
      );
      const points = timelineOf(seen, step);
      const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
      assert.equal(sum(points.map(({ packets }) => packets)), sum(drawn.map(({ packets }) => packets)));
      const times = points.map(({ at }) => Date.parse(at));
      assert.deepEqual(
        times,
        [...new Set(times)].toSorted((a, b) => a - b),
      );
      for (const { attack_pps, attack_pps_low, attack_pps_high } of points) {
        if (attack_pps === null) assert.deepEqual([attack_pps_low, attack_pps_high], [null, null]);
        else assert.ok((attack_pps_low ?? -1) <= attack_pps && attack_pps <= (attack_pps_high ?? -1));
      }
    }),
  );
});
