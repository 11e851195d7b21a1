import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fixed, percent, signed, signedPercent } from './numbers.ts';

test('fixed and signed: thousands, digits, a true minus, no signed nought', () => {
  assert.deepEqual(
    [fixed(5438.3, 1), fixed(45_808, 1), fixed(1e9, 0), fixed(-1093.5, 1), fixed(0, 2), fixed(null, 1)],
    ['5,438.3', '45,808.0', '1,000,000,000', '−1,093.5', '0.00', '–'],
  );
  assert.deepEqual(
    [signed(-1093.5, 1), signed(17.93, 2), signed(0, 1), signed(-0.04, 1), signed(0.04, 1), signed(null, 1)],
    ['−1,093.5', '+17.93', '±0.0', '±0.0', '±0.0', '–'],
  );
  assert.deepEqual(
    [percent(0.167, 1), percent(null, 1), signedPercent(-16.741), signedPercent(null)],
    ['16.7 %', '–', '−16.7 %', '–'],
  );
});

test('fixed: without its commas and with a plain minus it is what it was', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e12, max: 1e12 }), fc.integer({ min: 0, max: 3 }), (value, digits) => {
      const number = value / 1000;
      const text = fixed(number, digits).replaceAll(',', '').replace('−', '-');
      assert.equal(Number(text) + 0, Number(number.toFixed(digits)) + 0);
      assert.match(fixed(number, digits), /^−?\d{1,3}(,\d{3})*(\.\d+)?$/);
    }),
  );
});
