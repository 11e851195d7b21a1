/** Prefixes are read as they are written, and cover the addresses that begin like them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatAddress, type Words } from './address.ts';
import { covers, parsePrefix, prefixOf } from './prefix.ts';

const bitsOf = (words: Words): string => words.map((word) => (word >>> 0).toString(2).padStart(32, '0')).join('');
const wordsOf = (bits: string): Words => {
  const word = (at: number): number => Number.parseInt(bits.slice(at, at + 32), 2) | 0;
  return [word(0), word(32), word(64), word(96)];
};
const address = fc.oneof(
  fc.tuple(fc.integer(), fc.integer(), fc.integer(), fc.integer()).map((words): Words => words),
  fc.integer().map((word): Words => [0, 0, 0xffff, word]),
);

test('parsePrefix: the words begin like the address, then come zeros; the masks say how far', () => {
  fc.assert(
    fc.property(address, fc.nat(128), (words, length) => {
      const text = formatAddress(...words);
      const isShort = !text.includes(':');
      const own = isShort ? length % 33 : length;
      const prefix = prefixOf(`${text}/${own}`);
      const bits = isShort ? 96 + own : own;
      const network = wordsOf(bitsOf(words).slice(0, bits).padEnd(128, '0'));
      assert.deepEqual(prefix, {
        words: network,
        masks: wordsOf('1'.repeat(bits).padEnd(128, '0')),
        bits,
        isIpv4: isShort,
      });
      assert.deepEqual(parsePrefix(`${formatAddress(...network)}/${own}`), prefix);
    }),
  );
});

test('covers: says what comparing bit by bit says', () => {
  fc.assert(
    fc.property(address, address, fc.nat(128), fc.nat(128), (a, b, bits, common) => {
      const prefix = prefixOf(`${sixOf(a)}/${bits}`);
      const begins = bitsOf(a).slice(0, common) + bitsOf(b).slice(common);
      assert.equal(covers(prefix, ...wordsOf(begins)), begins.startsWith(bitsOf(a).slice(0, bits)));
    }),
  );
});

/** Eight groups, never dotted. */
function sixOf(words: Words): string {
  return words.map((word) => `${(word >>> 16).toString(16)}:${(word & 0xffff).toString(16)}`).join(':');
}

test('parsePrefix: an address is the whole of itself, and v4-mapped text means IPv4', () => {
  assert.deepEqual(parsePrefix('192.0.2.1'), parsePrefix('192.0.2.1/32'));
  assert.deepEqual(parsePrefix('2001:db8::1'), parsePrefix('2001:db8::1/128'));
  assert.deepEqual(parsePrefix('192.0.2.77/24'), parsePrefix('192.0.2.0/24'));
  assert.deepEqual(parsePrefix('::ffff:192.0.2.0/120'), parsePrefix('192.0.2.0/24'));
  for (const text of ['::/0', '::/96', '::ffff:0:0/95', '2001:db8::ffff:192.0.2.1']) {
    assert.equal(parsePrefix(text)?.isIpv4, false, text);
  }
});

const REFUSED = [
  ['', '/', '/24', '192.0.2', '192.0.2.0/', '192.0.2.0/33', '192.0.2.0/-1', '192.0.2.0/+8', '192.0.2.0/ 8'],
  ['192.0.2.0/8 ', '192.0.2.0/1e1', '192.0.2.0/0x8', '192.0.2.0/24/24', ' 192.0.2.0/24', '192.0.2.256/24'],
  ['192.0.02.0/24', '2001:db8::/129', '2001:db8::/1000', '2001:db8:::/32', '2001:db8/32', 'fe80::1%eth0/64'],
  ['example.org', '192.0.2.0/24,198.51.100.0/24', 'x/8', '192.0.2.0/0008'],
].flat();

for (const text of REFUSED) {
  test(`parsePrefix: ${JSON.stringify(text)} is none, and prefixOf says so`, () => {
    assert.equal(parsePrefix(text), undefined);
    assert.throws(
      () => prefixOf(text),
      new RangeError(`Cannot read prefix ${JSON.stringify(text)}: not an address or address/length`),
    );
  });
}

test('parsePrefix: any text is a prefix or none', () => {
  fc.assert(fc.property(fc.string({ maxLength: 60 }), (text) => void parsePrefix(text)));
});
