/** The telescope's prefixes: which packets are its own, and how many addresses listen. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { formatAddress, parseAddress, type Words } from '@noroshi/wire/net/address.ts';
import { Packet } from '@noroshi/wire/net/packet.ts';
import { Telescope } from './telescope.ts';

/** A packet to this address, as the walk leaves it: IPv4 in the last word only. */
function packetTo(address: string): Packet {
  const packet = new Packet();
  const words = parseAddress(address);
  assert.ok(words !== undefined, address);
  packet.net = address.includes(':') ? 6 : 4;
  [packet.dst0, packet.dst1, packet.dst2, packet.dst3] = packet.net === 6 ? words : [-1, 77, 1234, words[3]];
  return packet;
}

const MATCHES: Readonly<Record<string, { readonly has: readonly string[]; readonly lacks: readonly string[] }>> = {
  '192.0.2.0/24': { has: ['192.0.2.0', '192.0.2.255'], lacks: ['192.0.1.255', '192.0.3.0', '::ffff:192.0.2.1', '::'] },
  '192.0.2.77': { has: ['192.0.2.77'], lacks: ['192.0.2.76', '192.0.2.78', '64.0.2.77'] },
  '192.0.2.77/32': { has: ['192.0.2.77'], lacks: ['192.0.2.76'] },
  '192.0.2.77/24': { has: ['192.0.2.1'], lacks: ['192.0.3.77'] },
  '128.0.0.0/1': { has: ['128.0.0.0', '255.255.255.255'], lacks: ['127.255.255.255', '8000::'] },
  '0.0.0.0/0': { has: ['0.0.0.0', '255.255.255.255', '25.37.0.1'], lacks: ['::', '2001:db8::1'] },
  '::/0': { has: ['::', '2001:db8::1', 'ffff:ffff::'], lacks: ['0.0.0.0', '25.37.0.1'] },
  '2001:db8::/32': { has: ['2001:db8::', '2001:db8:ffff::1'], lacks: ['2001:db9::', '2001:db7:ffff::', '32.1.13.184'] },
  '2001:db8::/33': { has: ['2001:db8:7fff::'], lacks: ['2001:db8:8000::'] },
  '2001:db8:0:1::/64': { has: ['2001:db8:0:1:ffff::'], lacks: ['2001:db8:0:2::', '2001:db8::'] },
  '2001:db8::8000:0:0/81': { has: ['2001:db8::ffff:0:0'], lacks: ['2001:db8::7fff:0:0', '2001:db8::1:8000:0:0'] },
  '2001:db8::5': { has: ['2001:db8::5'], lacks: ['2001:db8::4', '2001:db9::5'] },
  '2001:db8::5/127': { has: ['2001:db8::4', '2001:db8::5'], lacks: ['2001:db8::6'] },
  // Only what lies in ::ffff:0:0/96 is IPv4.
  '2001:db8::ffff:192.0.2.0/120': { has: ['2001:db8::ffff:192.0.2.9'], lacks: ['192.0.2.9'] },
  '::ffff:192.0.2.0/120': { has: ['192.0.2.9'], lacks: ['192.0.3.9', '2001:db8::1'] },
};

for (const [prefix, { has, lacks }] of Object.entries(MATCHES)) {
  test(`Telescope.has knows the addresses of ${prefix}`, () => {
    const telescope = Telescope.of([prefix]);
    for (const address of has) assert.ok(telescope.has(packetTo(address)), address);
    for (const address of lacks) assert.ok(!telescope.has(packetTo(address)), address);
  });
}

test('Telescope.has asks every prefix, and one without prefixes has nothing', () => {
  const telescope = Telescope.of(['192.0.2.0/25', '198.51.100.7', '2001:db8::/48']);
  for (const address of ['192.0.2.5', '198.51.100.7', '2001:db8::9']) {
    assert.ok(telescope.has(packetTo(address)), address);
  }
  assert.ok(!Telescope.of([]).has(packetTo('192.0.2.5')));
});

test('Telescope.of names the text that is no prefix', () => {
  assert.throws(
    () => Telescope.of(['192.0.2.0/24', '192.0.2.0/33']),
    /^RangeError: Cannot read prefix "192\.0\.2\.0\/33": /,
  );
});

const FIGURES: readonly [prefixes: readonly string[], addresses: number, networks64: number][] = [
  [[], 0, 0],
  [['192.0.2.77'], 1, 0],
  [['192.0.2.0/24', '198.51.100.0/25'], 384, 0],
  [['0.0.0.0/0'], 2 ** 32, 0],
  [['2001:db8::/64'], 0, 1],
  [['2001:db8::1', '2001:db8:1::/112'], 0, 2],
  [['2001:db8::/48', '192.0.2.0/30'], 4, 65_536],
  [['2001:db8::/32'], 0, 2 ** 32],
  [['::ffff:192.0.2.0/120'], 256, 0],
];

for (const [prefixes, addresses, networks64] of FIGURES) {
  test(`Telescope of [${prefixes.join(', ')}] listens on ${addresses} addresses and ${networks64} networks`, () => {
    const telescope = Telescope.of(prefixes);
    assert.deepEqual([telescope.addresses, telescope.networks64], [addresses, networks64]);
  });
}

test('Telescope.has agrees with comparing bit by bit', () => {
  const words = fc.tuple(fc.integer(), fc.integer(), fc.integer(), fc.integer());
  const bitsOf = (net: 4 | 6, address: Words): string => {
    const bits = address.map((word) => (word >>> 0).toString(2).padStart(32, '0')).join('');
    return net === 4 ? bits.slice(96) : bits;
  };
  fc.assert(
    fc.property(
      words,
      words,
      fc.nat(128),
      fc.nat(128),
      fc.constantFrom(4 as const, 6 as const),
      (a, b, length, common, net) => {
        const most = net === 4 ? 32 : 128;
        const own: Words = net === 4 ? [0, 0, 0xffff, a[3]] : a;
        const prefix = `${formatAddress(...own)}/${Math.min(length, most)}`;
        // The packet's address begins like the prefix, for as many bits as `common` says.
        const first = bitsOf(net, own).slice(0, common);
        const bits = first + bitsOf(net, b).slice(first.length);
        const packet = new Packet();
        packet.net = net;
        const parts = Array.from(
          { length: most / 32 },
          (_, index) => Number.parseInt(bits.slice(index * 32, index * 32 + 32), 2) | 0,
        );
        [packet.dst3 = 0, packet.dst2 = 0, packet.dst1 = 0, packet.dst0 = 0] = parts.toReversed();
        const isOwn = bits.startsWith(bitsOf(net, own).slice(0, Math.min(length, most)));
        assert.equal(Telescope.of([prefix]).has(packet), isOwn, prefix);
      },
    ),
    { numRuns: 500 },
  );
});
