/** Tables against Map and Set, and what happens at their limits. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { binOf } from '../testing/captures.ts';
import { DistinctThings, KeyTable } from './few.ts';
import { minuteIndexOf } from './minute.ts';
import { reflectedTargets, REFLECTION_SOURCES_MIN } from './reflected.ts';
import { AddressTable, NONE, PairSet, PairTable } from './tables.ts';

const word = fc.oneof(fc.nat(5), fc.integer({ min: 0, max: 2 ** 32 - 1 }));

describe('AddressTable', () => {
  test('numbers addresses in the order of their arrival', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(word, word, word, word), { maxLength: 400 }), (addresses) => {
        const table = new AddressTable(1000);
        const known = new Map<string, number>();
        for (const address of addresses) {
          const key = address.join();
          if (!known.has(key)) known.set(key, known.size);
          assert.equal(table.add(Uint32Array.from(address), 0), known.get(key));
        }
        assert.equal(table.count, known.size);
      }),
    );
  });

  test('has no place beyond its limit, and keeps what it has', () => {
    const table = new AddressTable(2);
    const add = (last: number): number => table.add(Uint32Array.of(0, 0, 0xffff, last), 0);
    assert.deepEqual([add(1), add(2), add(3), add(1)], [0, 1, NONE, 0]);
  });
});

describe('PairTable and PairSet', () => {
  test('tell pairs apart as a Map does', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(300), word), { maxLength: 600 }), (pairs) => {
        const table = new PairTable(1000);
        const set = new PairSet(1000);
        const known = new Map<string, number>();
        for (const [first, second] of pairs) {
          const key = `${first} ${second}`;
          assert.equal(set.add(first, second), known.has(key) ? 0 : 1);
          if (!known.has(key)) known.set(key, known.size);
          assert.equal(table.add(first, second), known.get(key));
          assert.equal(table.find(first, second), known.get(key));
        }
        const told = new Set<string>();
        set.forEach((first, second) => told.add(`${first} ${second}`));
        assert.deepEqual(told, new Set(known.keys()));
        assert.equal(table.find(301, 0), NONE);
      }),
    );
  });

  test('have no place beyond their limit', () => {
    const table = new PairTable(1);
    assert.deepEqual([table.add(1, 1), table.add(1, 2), table.add(1, 1)], [0, NONE, 0]);
    const set = new PairSet(1);
    assert.deepEqual([set.add(1, 1), set.add(1, 2), set.add(1, 1)], [1, NONE, 0]);
  });
});

describe('DistinctThings and KeyTable', () => {
  test('tell things and pairs apart as a Map does', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(4), fc.nat(60)), { maxLength: 300 }), (pairs) => {
        const things = new DistinctThings(1000);
        const keys = new KeyTable(1000);
        const known = new Map<string, number>();
        for (const [first, second] of pairs) {
          const key = `${first} ${second}`;
          assert.equal(things.add(first, second), known.has(key) ? 0 : 1);
          if (!known.has(key)) known.set(key, known.size);
          assert.equal(keys.add(first, second), known.get(key));
        }
        const told: string[] = [];
        things.forEach((first, second) => told.push(`${first} ${second}`));
        assert.deepEqual(new Set(told), new Set(known.keys()));
        assert.equal(
          things.counts.reduce((sum, count) => sum + count, 0),
          known.size,
        );
      }),
    );
  });

  test('beyond the few and the limit there is no room', () => {
    const things = new DistinctThings(1);
    const added = Array.from({ length: 11 }, (_, thing) => things.add(0, thing));
    assert.deepEqual(added, [1, 1, 1, 1, 1, 1, 1, 1, 1, NONE, NONE]);
    assert.equal(things.add(0, 8), 0);
    const keys = new KeyTable(5);
    assert.deepEqual(
      [0, 1, 2, 3, 4, 5, 4].map((second) => keys.add(7, second)),
      [0, 1, 2, 3, 4, NONE, 4],
    );
    assert.equal(keys.add(8, 0), NONE);
  });
});

describe('minuteIndexOf', () => {
  test('numbers each source and target once, and is made once', () => {
    const bin = binOf(1, [{ src: '1.1.1.1' }, { src: '2.2.2.2' }, { src: '1.1.1.1', dst: '25.37.0.2' }]);
    const index = minuteIndexOf(bin);
    assert.deepEqual([...index.source], [0, 1, 0]);
    assert.deepEqual([...index.sourceRow], [0, 1]);
    assert.deepEqual([...index.target], [0, 0, 1]);
    assert.deepEqual([...index.targetRow], [0, 2]);
    assert.equal(minuteIndexOf(bin), index);
  });
});

describe('reflectedTargets', () => {
  const evenly = (count: number): Uint32Array => new Uint32Array(256).fill(count);
  test('victims’ answers reach every address alike: no reflection, however many', () => {
    assert.equal(reflectedTargets(evenly(1000), 256), undefined);
    assert.equal(reflectedTargets(evenly(1), 256), undefined);
  });
  test('one address that far more answer to', () => {
    const one = evenly(10).fill(200, 7, 8);
    assert.deepEqual(reflectedTargets(one, 256)?.indexOf(1), 7);
    assert.equal(reflectedTargets(evenly(0).fill(REFLECTION_SOURCES_MIN - 1, 7, 8), 256), undefined);
    assert.ok(reflectedTargets(evenly(0).fill(REFLECTION_SOURCES_MIN, 7, 8), 256) !== undefined);
  });
  test('addresses that nobody answered to count; few addresses tell nothing', () => {
    assert.deepEqual([...(reflectedTargets(Uint32Array.of(100, 3), 4096) ?? [])], [1, 0]);
    assert.equal(reflectedTargets(Uint32Array.of(1000, 1), 9), undefined);
  });
});
