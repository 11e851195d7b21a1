/** TCP option layouts: their text, and that numbers and texts belong together whatever the cache remembers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { layoutText, OptionLayouts } from './options.ts';

const viewOf = (bytes: readonly number[]): DataView => new DataView(Uint8Array.from(bytes).buffer);

const LAYOUTS: readonly [text: string, ...bytes: number[]][] = [
  ['2_1460_', 2, 4, 0x05, 0xb4],
  ['2-4-8-1-3_1460_7', 2, 4, 0x05, 0xb4, 4, 2, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 3, 3, 7],
  ['2-1-3-1-1-4_1460_8', 2, 4, 0x05, 0xb4, 1, 3, 3, 8, 1, 1, 4, 2],
  ['2-0_0_', 2, 4, 0, 0, 0, 0, 0, 0],
  ['0__', 0, 2, 4, 5, 6],
  ['1-1-1__', 1, 1, 1],
  ['2-2_9_', 2, 4, 0, 5, 2, 4, 0, 9],
  // A length that lies or is cut ends the text; one that is unusual does not.
  ['2-!__', 2, 4, 5],
  ['2-!__', 2],
  ['3-!__', 3, 1, 1],
  ['8-!__', 8, 0, 0, 0],
  ['1-254-!__', 1, 254, 9, 1],
  ['2-3__', 2, 2, 3, 4, 1, 1],
  ['253__', 253, 6, 1, 2, 3, 4],
];

for (const [text, ...bytes] of LAYOUTS) {
  test(`OptionLayouts tells ${bytes.join(' ')} as ${text}`, () => {
    const layouts = new OptionLayouts();
    assert.equal(layoutText(viewOf(bytes), 0, bytes.length), text);
    const number = layouts.numberOf(viewOf([9, 9, ...bytes, 9]), 2, bytes.length);
    assert.deepEqual([number, layouts.texts], [1, ['', text]]);
  });
}

test('OptionLayouts has number 0 for no options, and does not know them as a layout', () => {
  const layouts = new OptionLayouts();
  assert.equal(layouts.numberOf(viewOf([]), 0, 0), 0);
  assert.equal(layouts.numberOf(viewOf([]), 0, -20), 0);
  assert.deepEqual(layouts.texts, ['']);
});

test('OptionLayouts gives time stamps no layout of their own', () => {
  const layouts = new OptionLayouts();
  const stamp = (value: number): number[] => [8, 10, value, value, value, value, 0, 0, 0, 0];
  assert.equal(layouts.numberOf(viewOf(stamp(1)), 0, 10), layouts.numberOf(viewOf(stamp(2)), 0, 10));
});

test('OptionLayouts gives each text one number, whatever bytes come in whatever order', () => {
  const option = fc.oneof(
    fc.constantFrom([1], [0], [4, 2], [2, 4, 5, 0xb4], [3, 3, 7]),
    fc.tuple(fc.constant(2), fc.constant(4), fc.nat(255), fc.nat(255)),
    fc.array(fc.nat(255), { maxLength: 6 }),
  );
  const bytes = fc.array(option, { minLength: 1, maxLength: 6 }).map((options) => [1, ...options.flat()].slice(0, 40));
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 60 }), (list) => {
      const layouts = new OptionLayouts();
      for (const round of [0, 1]) {
        for (const octets of list) {
          const number = layouts.numberOf(viewOf(octets), 0, octets.length);
          assert.equal(layouts.texts[number], layoutText(viewOf(octets), 0, octets.length), `round ${round}`);
        }
      }
      assert.equal(new Set(layouts.texts).size, layouts.texts.length);
      layouts.clear();
      assert.equal(layouts.numberOf(viewOf([1]), 0, 1), 1, 'begins anew');
    }),
  );
});

test('OptionLayouts keeps two layouts apart that share a place in its cache', () => {
  const layouts = new OptionLayouts();
  const mss = (value: number): DataView => viewOf([2, 4, value >>> 8, value & 255]);
  for (let value = 0; value < 20_000; value++) layouts.numberOf(mss(value), 0, 4);
  for (let value = 0; value < 20_000; value += 7) {
    assert.equal(layouts.texts[layouts.numberOf(mss(value), 0, 4)], `2_${value}_`);
  }
  assert.equal(layouts.texts.length, 20_001);
});
