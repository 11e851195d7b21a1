import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatAddress, formatIpv4, formatIpv6, parseAddress, parseIpv4 } from './address.ts';

const WORD = fc.integer();

test('formatAddress, parseAddress: text and back', () => {
  fc.assert(
    fc.property(WORD, WORD, WORD, WORD, (...words) => {
      assert.deepEqual(parseAddress(formatAddress(...words)), words);
    }),
  );
});

test('parseIpv4: reads what formatIpv4 writes, signed or unsigned', () => {
  fc.assert(fc.property(WORD, (word) => assert.equal(parseIpv4(formatIpv4(word >>> 0)), word)));
});

/** RFC 5952 §4: shortest, longest run of zeros, the first of two, no run of one, lower case; §5 v4-mapped. */
const CANONICAL: readonly [words: readonly [number, number, number, number], text: string][] = [
  [[0, 0, 0, 0], '::'],
  [[0, 0, 0, 1], '::1'],
  [[0x20010db8, 0, 0, 1], '2001:db8::1'],
  [[0x20010db8, 0x00000001, 0x00010001, 0x00010001], '2001:db8:0:1:1:1:1:1'],
  [[0x20010db8, 0, 0x00010000, 0x00000001], '2001:db8::1:0:0:1'],
  [[0xfe80abcd | 0, 0, 0, 0], 'fe80:abcd::'],
  [[0, 0, 0xffff, 0x01020304], '::ffff:1.2.3.4'],
];

for (const [words, text] of CANONICAL) {
  test(`formatIpv6: ${text}`, () => {
    assert.equal(formatIpv6(...words), text);
    assert.deepEqual(parseAddress(text), words);
  });
}

test('parseAddress: other spellings', () => {
  assert.deepEqual(parseAddress('2001:DB8:0:0::1'), [0x20010db8, 0, 0, 1]);
  assert.deepEqual(parseAddress('::1.2.3.4'), [0, 0, 0, 0x01020304]);
  assert.deepEqual(parseAddress('1.2.3.4'), [0, 0, 0xffff, 0x01020304]);
});

const NONSENSE = [
  '',
  ':',
  ':::',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1:2:3:4:5:6:7:8::',
  '12345::',
  'g::',
];
const NONSENSE_4 = [
  '1.2.3',
  '1.2.3.4.5',
  '01.2.3.4',
  '256.1.1.1',
  '1.2.3.',
  '1.2.3.-4',
  '::1.2.3',
  '1.2.3.4::',
  '::1.2.3.4:5',
];

for (const text of [...NONSENSE, ...NONSENSE_4]) {
  test(`parseAddress: refuses '${text}'`, () => assert.equal(parseAddress(text), undefined));
}

test('parseAddress: any text gives words or nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'0123456789abcdef:.'.split('')), maxLength: 50 }), (text) => {
      const words = parseAddress(text);
      if (words !== undefined) assert.deepEqual(parseAddress(formatAddress(...words)), words);
    }),
  );
});
