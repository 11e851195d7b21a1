/** What holds for every definition: rows of a minute in any order, and cut in any way, give the same sightings; limits are said. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Sighting } from '../../../ledger/sighting.ts';
import { binOf, type Row, run } from '../testing/captures.ts';
import { FewDistinct } from './few-distinct.ts';
import { SCAN } from './index.ts';
import { SESSION_LIMITS, SessionRun } from './sessions.ts';
import { Tally } from './tally.ts';

const START = 360;

interface Timed {
  readonly minute: number;
  readonly row: Row;
}

/** Few sources, targets and ports, over half an hour with a gap: enough for every definition to find something. */
const timed: fc.Arbitrary<Timed> = fc.record({
  minute: fc.constantFrom(0, 1, 2, 20, 34, 59),
  row: fc.record({
    src: fc.constantFrom('1.2.3.4', '1.2.3.5', '2a00::1'),
    dst: fc.nat(30).map((last) => `25.37.0.${last}`),
    port: fc.nat(30),
    proto: fc.constantFrom(6, 6, 6, 17),
    class: fc.constantFrom(2, 2, 2, 2, 3),
    flags: fc.constantFrom(2, 18),
    sport: fc.constantFrom(443, 40_000),
    packets: fc.integer({ min: 1, max: 3 }),
    first_us: fc.nat(50_000_000),
    duration_us: fc.nat(9_000_000),
  }),
});

function sorted(sightings: readonly Sighting[]): unknown[] {
  const key = ({ bin_ms, subject, aspect }: Sighting): string => `${bin_ms} ${subject.value} ${aspect}`;
  return sightings.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

function told(detector: (typeof SCAN)[number], rows: readonly Timed[]): unknown[] {
  const minutes = Map.groupBy(rows, ({ minute }) => minute);
  const bins = [...minutes.keys()]
    .toSorted((a, b) => a - b)
    .map((minute) =>
      binOf(
        START + minute,
        (minutes.get(minute) ?? []).map(({ row }) => row),
        64,
      ),
    );
  return sorted(run(detector, bins).sightings);
}

describe('every definition', () => {
  for (const detector of SCAN) {
    test(`${detector.id}: the order of rows does not matter`, () => {
      fc.assert(
        fc.property(fc.array(timed, { minLength: 150, maxLength: 250 }), fc.integer(), (rows, seed) => {
          const other = rows
            .map((row, place) => ({ row, key: Math.imul(place + 1, seed | 1) }))
            .toSorted((a, b) => a.key - b.key)
            .map(({ row }) => row);
          assert.deepEqual(told(detector, other), told(detector, rows));
        }),
        { numRuns: 15 },
      );
    });
  }
});

describe('limits', () => {
  test('SessionRun tells so many a minute, and how many it left out', () => {
    const small = new SessionRun({
      idle_s: 60,
      counts: () => true,
      key: () => 0,
      port: () => 0,
      countsPorts: false,
      aspect: () => '',
      judge: () => ({ confidence: 1, reasons: [] }),
      limits: { ...SESSION_LIMITS, told_a_minute: 2 },
    });
    const { sightings } = small.step(binOf(1, [{ src: '3.0.0.1' }, { src: '1.0.0.1' }, { src: '2.0.0.1' }]));
    assert.deepEqual(
      sightings.map(({ subject }) => subject.value),
      ['1.0.0.1', '2.0.0.1'],
    );
    assert.deepEqual(sightings[0].reasons, [{ code: 'left_out', values: { scans: 1 } }]);
  });

  test('SessionRun has no room for more sessions than its limit', () => {
    const limits = { ...SESSION_LIMITS, sessions: 1 };
    const judge = () => ({ confidence: 1, reasons: [] });
    const rules = { idle_s: 60, counts: () => true, key: () => 0, port: () => 0, countsPorts: true, aspect: () => '' };
    const small = new SessionRun({ ...rules, judge, limits });
    assert.equal(small.step(binOf(1, [{ src: '3.0.0.1' }, { src: '1.0.0.1' }])).sightings.length, 1);
    assert.equal(small.step(binOf(9, [{ src: '3.0.0.1' }])).sightings.length, 0);
  });

  test('Tally counts things up to its limit: at least so many', () => {
    const tally = new Tally({ keys: 9, things: 9, things_a_key: 3 });
    for (let thing = 0; thing < 9; thing++) tally.add(1, 1, thing, 2, thing, thing + 1);
    assert.deepEqual([tally.distinct(0), tally.packets(0), tally.first_ms(0), tally.last_ms(0)], [3, 18, 0, 9]);
  });

  test('FewDistinct counts up to its number', () => {
    const few = new FewDistinct(2, (_flows, _row, target) => target);
    const { flows } = binOf(1, [{}]);
    for (const value of [7, 7, 8, 9]) few.add(3, flows, 0, value);
    assert.deepEqual([few.of(3), few.of(2), few.of(99_999)], [2, 0, 0]);
  });
});
