import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decimal, percentChange, rate, share, signed, three, UNKNOWN, whole } from './number.ts';

test('decimal: grouped, as many digits as asked for, a dash for what is unknown', () => {
  for (const language of ['ja', 'en'] as const) {
    assert.equal(decimal(language, 9520.25, 1), '9,520.3');
    assert.equal(whole(language, 1_234_567), '1,234,567');
    assert.equal(decimal(language, null, 1), UNKNOWN);
    assert.equal(decimal(language, Number.POSITIVE_INFINITY, 1), UNKNOWN);
  }
});

test('signed: real minus signs, and nothing is ±0', () => {
  assert.equal(signed('en', 374.94, 1), '+374.9');
  assert.equal(signed('ja', -1093.5, 1), '\u22121,093.5');
  assert.equal(signed('en', 0.04, 1), '±0');
  assert.equal(signed('en', -0.04, 1), '±0');
  assert.equal(signed('en', null, 1), UNKNOWN);
});

test('percentChange: the API’s percent, without decimals when it is large', () => {
  assert.equal(percentChange('en', -16.74), '\u221216.7%');
  assert.equal(percentChange('ja', 12_345.6), '+12,346%');
  assert.equal(percentChange('en', null), UNKNOWN);
});

test('share: what is more than nothing is not shown as nothing', () => {
  assert.equal(share('en', 0.0412), '4.1%');
  assert.equal(share('ja', 0), '0.0%');
  assert.equal(share('en', 0.000_001), '< 0.1%');
  assert.equal(share('en', 0.000_001, 2), '< 0.01%');
  assert.equal(share('en', 1, 0), '100%');
});

test('three: three figures that count; rate: one decimal unless that would be none', () => {
  assert.deepEqual(
    [12_345.6, 123.4, 12.34, 1.234, 0.1234, 0].map((value) => three('en', value)),
    ['12,346', '123', '12.3', '1.23', '0.123', '0'],
  );
  assert.deepEqual(
    [507.14, 0.06, 0.0312, 0].map((value) => rate('en', value)),
    ['507.1', '0.1', '0.0312', '0.0'],
  );
});

test('numbers: any value becomes text without a hyphen', () => {
  fc.assert(
    fc.property(fc.double(), fc.integer({ min: 0, max: 3 }), (value, digits) => {
      for (const text of [decimal('ja', value, digits), signed('en', value, digits), three('ja', value)]) {
        assert.match(text, /^[^-]+$/);
      }
    }),
  );
});
