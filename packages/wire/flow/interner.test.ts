/** Interner against a Map, over collisions, growth and reuse. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Interner } from './interner.ts';

function internedBy(interner: Interner, key: readonly number[]): number {
  interner.key.set(key);
  return interner.intern();
}

for (const width of [4, 5]) {
  test(`Interner of ${width} words numbers keys in order of first sight, from 1`, () => {
    // Few different words, so that keys come again and differ in one word only.
    const word = fc.oneof(fc.constantFrom(0, 1, -1, 0x7fffffff, -0x80000000), fc.integer());
    const keys = fc.array(fc.array(word, { minLength: width, maxLength: width }), { maxLength: 300 });
    fc.assert(
      fc.property(keys, keys, (first, second) => {
        const interner = new Interner(width);
        for (const list of [first, second]) {
          const numbers = new Map<string, number>();
          for (const key of list) {
            const text = key.join();
            if (!numbers.has(text)) numbers.set(text, numbers.size + 1);
            assert.equal(internedBy(interner, key), numbers.get(text));
          }
          assert.equal(interner.count, numbers.size);
          for (const [text, number] of numbers) {
            assert.equal(interner.words.subarray((number - 1) * width, number * width).join(), text);
          }
          interner.clear();
          assert.equal(interner.count, 0);
        }
      }),
    );
  });
}

test('Interner finds 100,000 neighbouring addresses again, after growing many times', () => {
  const interner = new Interner(4);
  const keyOf = (number: number): number[] => [0x20010db8, number >>> 8, number << 24, number % 7];
  for (const round of [0, 1]) {
    for (let number = 0; number < 100_000; number++) {
      assert.equal(internedBy(interner, keyOf(number)), number + 1, `round ${round}`);
    }
  }
  assert.equal(interner.count, 100_000);
});

test('Interner gives keys from before a clear numbers again, whatever their order', () => {
  const keys = fc.array(fc.tuple(fc.nat(9), fc.integer(), fc.integer(), fc.constantFrom(0, -1)), { minLength: 1 });
  fc.assert(
    fc.property(keys, (list) => {
      const interner = new Interner(4);
      const before = list.map((key) => internedBy(interner, key));
      const words = interner.words.slice();
      interner.clear();
      for (const [index, key] of [...list.entries()].toReversed()) {
        assert.equal(interner.again(words, before[index]), internedBy(interner, key));
      }
    }),
  );
});
