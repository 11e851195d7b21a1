import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseAddress, type Words } from './address.ts';
import { PrefixSet } from './prefix-set.ts';

const wordsOf = (text: string): Words => {
  const words = parseAddress(text);
  assert.ok(words, text);
  return words;
};

test('PrefixSet holds what its prefixes cover, IPv4 and IPv6', () => {
  const set = new PrefixSet(['192.0.2.0/25', '198.51.100.7', '2001:db8:1::/48', '2001:db8:2::1']);
  const has = (text: string): boolean => set.has(...wordsOf(text));
  for (const text of ['192.0.2.0', '192.0.2.127', '198.51.100.7', '2001:db8:1:ffff::9', '2001:db8:2::1']) {
    assert.ok(has(text), text);
  }
  for (const text of ['192.0.2.128', '198.51.100.8', '2001:db8:3::', '2001:db8:2::2', '::192.0.2.1']) {
    assert.ok(!has(text), text);
  }
  assert.ok(new PrefixSet(['::/0']).has(...wordsOf('192.0.2.1')), 'everything is below ::/0');
  assert.ok(new PrefixSet(['0.0.0.0/0']).hasIpv4(-1) && !new PrefixSet([]).hasIpv4(1));
});

test('PrefixSet: hasIpv4 says what has says of the v4-mapped address', () => {
  const prefixes = fc.oneof(
    fc.tuple(fc.ipV4(), fc.nat(32)).map(([base, length]) => `${base}/${length}`),
    fc.tuple(fc.oneof(fc.ipV6(), fc.constant('::'), fc.constant('::ffff:0:0')), fc.nat(128)).map(([base, length]) => {
      return `${base}/${length}`;
    }),
  );
  fc.assert(
    fc.property(prefixes, fc.ipV4(), (prefix, text) => {
      const set = new PrefixSet([prefix]);
      const words = wordsOf(text);
      assert.equal(set.hasIpv4(words[3]), set.has(...words), `${prefix} ${text}`);
    }),
  );
});

test('PrefixSet names the text that is no prefix', () => {
  assert.throws(() => new PrefixSet(['192.0.2.0/24', '192.0.2.0/33']), /"192\.0\.2\.0\/33"/);
});
