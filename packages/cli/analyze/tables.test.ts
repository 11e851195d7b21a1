import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KeyTable } from './key-table.ts';
import { Timeline } from './timeline.ts';

const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

test('KeyTable: numbers keys as a Map would, in order of first sight', () => {
  const key = fc.oneof(fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3)), fc.tuple(word, word, word, word));
  fc.assert(
    fc.property(fc.array(key, { maxLength: 3000 }), (keys) => {
      const [one, two, four] = [new KeyTable(1, 2, 1e6), new KeyTable(2, 0, 1e6), new KeyTable(4, 1, 1e6)];
      const known = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()];
      const expected = (map: Map<string, number>, text: string): number => {
        if (!map.has(text)) map.set(text, map.size + 1);
        return map.get(text) ?? 0;
      };
      for (const [a, b, c, d] of keys) {
        assert.equal(one.number1(a), expected(known[0], `${a}`));
        assert.equal(two.number2(a, b), expected(known[1], `${a},${b}`));
        assert.equal(four.number4(a, b, c, d), expected(known[2], `${a},${b},${c},${d}`));
      }
      assert.deepEqual(
        [one.count, two.count, four.count],
        known.map(({ size }) => size),
      );
    }),
    { numRuns: 30 },
  );
});

test('KeyTable: at its limit it refuses what is new and still finds what it has', () => {
  const table = new KeyTable(1, 0, 5000);
  for (let key = 0; key < 6000; key++) table.number1(key);
  assert.deepEqual([table.count, table.refused], [5000, 1000]);
  assert.equal(table.number1(17), 18);
  assert.equal(table.number1(5999), 0);
});

test('Timeline: counts everything, in bins whose borders are multiples of their width', () => {
  const times = fc.array(fc.double({ min: 0, max: 4e9, noNaN: true }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(times, (all) => {
      const timeline = new Timeline(32);
      for (const time of all) timeline.add(time);
      const { from, step_s, packets } = timeline.series();
      assert.equal(
        packets.reduce((a, b) => a + b, 0),
        all.length,
      );
      assert.ok(packets.length <= 32 && packets[0] > 0 && packets[packets.length - 1] > 0);
      assert.equal(from % step_s, 0);
      assert.ok(Math.min(...all) >= from && Math.min(...all) < from + step_s);
      const end = from + step_s * packets.length;
      assert.ok(Math.max(...all) < end && Math.max(...all) >= end - step_s);
    }),
  );
});
