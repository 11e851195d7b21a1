import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseAddress, parseIpv4 } from '../net/address.ts';
import { BOGON_IPV4, BOGON_IPV6, isBogonIpv4, isBogonIpv6 } from './bogon.ts';

const ipv4 = (text: string): boolean => isBogonIpv4(parseIpv4(text) ?? 0);
const ipv6 = (text: string): boolean => {
  const [w0, w1] = parseAddress(text) ?? [0, 0];
  return isBogonIpv6(w0, w1);
};

describe('isBogonIpv4', () => {
  const inside = (word: number, first: string, bits: number): boolean => {
    return (
      word >>> 0 >= (parseIpv4(first) ?? 0) >>> 0 && word >>> 0 < ((parseIpv4(first) ?? 0) >>> 0) + 2 ** (32 - bits)
    );
  };

  for (const [first, bits, name] of BOGON_IPV4) {
    test(`${first}/${bits}, ${name}: its first and last address, and what lies beside`, () => {
      const start = (parseIpv4(first) ?? 0) >>> 0;
      const end = start + 2 ** (32 - bits) - 1;
      assert.deepEqual([isBogonIpv4(start | 0), isBogonIpv4(end | 0)], [true, true]);
      for (const beside of [start - 1, end + 1]) {
        const expected = BOGON_IPV4.some(([other, size]) => inside(beside, other, size));
        if (beside >= 0 && beside <= 0xffff_ffff) assert.equal(isBogonIpv4(beside | 0), expected);
      }
    });
  }

  test('says of any address what the table says', () => {
    fc.assert(
      fc.property(fc.integer(), (word) => {
        assert.equal(
          isBogonIpv4(word),
          BOGON_IPV4.some(([first, bits]) => inside(word, first, bits)),
        );
        assert.equal(isBogonIpv4(word >>> 0), isBogonIpv4(word));
      }),
      { numRuns: 20_000 },
    );
  });

  test('carrier-grade NAT, which corsaro’s list lacks, is one; its neighbours are not', () => {
    assert.deepEqual(['100.64.0.0', '100.127.255.255', '100.63.255.255', '100.128.0.0'].map(ipv4), [
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('isBogonIpv6', () => {
  for (const [first, bits, name] of BOGON_IPV6) {
    test(`${first}/${bits}, ${name}`, () => assert.equal(ipv6(first), true));
  }

  test('outside 2000::/3', () => {
    const outside = ['::1', 'fe80::1', 'fc00::1', 'ff02::1', '4000::1', '::ffff:1.2.3.4'];
    for (const text of outside) assert.equal(ipv6(text), true, text);
  });

  test('routed addresses', () => {
    const routed = ['2001:200::1', '2600::1', '2001:2:1::1', '2001:20::1', '2001:db9::1', '3fff:1000::1', '2a00::1'];
    for (const text of routed) assert.equal(ipv6(text), false, text);
  });
});
