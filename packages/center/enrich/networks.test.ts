/** Tables cut into prefixes say of every address what the tables say. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatAddress, parseAddress, type Words } from '@noroshi/wire/net/address.ts';
import { prefixOf } from '@noroshi/wire/net/prefix.ts';
import { rangesOfCsv } from './asn-csv.ts';
import { Mmdb } from './mmdb.ts';
import { networkRows, rangesOfAsns, rangesOfNetworks } from './networks.ts';
import { formatPrefix } from './prefix.ts';
import { cutPrefixes, Ranges } from './ranges.ts';
import { type Entry, mmdbOf } from './testing.ts';

const words = (text: string): Words => parseAddress(text) ?? [0, 0, 0, 0];
const big = (address: Words): bigint => address.reduce((sum, word) => (sum << 32n) | BigInt(word >>> 0), 0n);
const wordsOf = (value: bigint): Words => [
  Number(value >> 96n) | 0,
  Number((value >> 64n) & 0xffff_ffffn) | 0,
  Number((value >> 32n) & 0xffff_ffffn) | 0,
  Number(value & 0xffff_ffffn) | 0,
];

const address = fc.oneof(
  fc.tuple(fc.nat(3), fc.nat(255)).map(([a, b]) => words(`1.0.${a}.${b}`)),
  fc.tuple(fc.nat(3), fc.nat(3), fc.nat(0xffff)).map(([a, b, c]) => words(`2400:${a}:${b}::${c.toString(16)}`)),
  fc
    .array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), { minLength: 4, maxLength: 4 })
    .map(([a, b, c, d]) => [a, b, c, d] as const),
);

/** Sorted borders become ranges, every second one left out now and then. */
const table = fc
  .tuple(
    fc.uniqueArray(address.map(big), { minLength: 2, maxLength: 20 }),
    fc.array(fc.nat(3), { minLength: 20, maxLength: 20 }),
  )
  .map(([borders, values]) => {
    const sorted = borders.toSorted((a, b) => (a < b ? -1 : 1));
    return sorted.slice(0, -1).map((first, index) => ({ first, last: sorted[index + 1] - 1n, value: values[index] }));
  });
type Table = readonly { readonly first: bigint; readonly last: bigint; readonly value: number }[];

function rangesOf(entries: Table): Ranges {
  const ranges = new Ranges(1);
  for (const { first, last, value } of entries) if (value > 0) ranges.push(wordsOf(first), wordsOf(last), value);
  return ranges;
}

const find = (entries: Table, at: bigint): number =>
  entries.find(({ first, last }) => first <= at && at <= last)?.value ?? 0;

test('cutPrefixes: in order, without overlap, and the same as both tables everywhere', () => {
  fc.assert(
    fc.property(table, table, fc.array(address, { maxLength: 30 }), (a, b, asked) => {
      const cuts = [...cutPrefixes(rangesOf(a), rangesOf(b))].map((cut) => {
        const first = big(cut.words);
        return { ...cut, first, last: first + (1n << BigInt(128 - cut.bits)) - 1n };
      });
      for (const [index, { first }] of cuts.entries()) assert.ok(index === 0 || first > cuts[index - 1].last);
      const borders = [...a, ...b].flatMap(({ first, last }) => [first, last, last + 1n]);
      for (const at of [...asked.map(big), ...borders]) {
        const cut = cuts.find(({ first, last }) => first <= at && at <= last);
        assert.deepEqual([cut?.a ?? 0, cut?.b ?? 0], [find(a, at), find(b, at)]);
      }
    }),
  );
});

test('cutPrefixes: one range of everything is one prefix; nothing is none', () => {
  const all = new Ranges();
  all.push([0, 0, 0, 0], [-1, -1, -1, -1], 7);
  assert.deepEqual([...cutPrefixes(all, new Ranges())], [{ words: [0, 0, 0, 0], bits: 0, a: 7, b: 0 }]);
  assert.deepEqual([...cutPrefixes(new Ranges(), new Ranges())], []);
});

test('Ranges: what goes on is joined, what begins within the last cuts it short, what is out of order is refused', () => {
  const ranges = new Ranges(1);
  const push = (first: string, last: string, value: number): void => ranges.push(words(first), words(last), value);
  push('1.0.0.0', '1.255.255.255', 5);
  push('2.0.0.0', '2.0.0.255', 5);
  push('2.0.0.128', '2.0.1.0', 6);
  push('2.0.1.0', '2.0.1.9', 7);
  const shown = Array.from({ length: ranges.length }, (_, index) => {
    const at = (columns: Ranges['firsts']): string =>
      formatAddress(columns[0][index], columns[1][index], columns[2][index], columns[3][index]);
    return `${at(ranges.firsts)}-${at(ranges.lasts)} ${ranges.values[index]}`;
  });
  assert.deepEqual(
    shown,
    ['1.0.0.0-2.0.0.127 5', '2.0.0.128-2.0.0.255 6', '2.0.1.0-2.0.1.9 7'].map((line) =>
      line.replace('2.0.0.255 6', '2.0.0.255 6'),
    ),
  );
  assert.throws(() => push('1.0.0.0', '3.0.0.0', 1), /^RangeError: Cannot add a range: it is out of order$/);
  assert.throws(() => push('9.0.0.0', '8.0.0.0', 1), RangeError);
});

const ENTRIES: readonly Entry[] = [
  { prefix: '1.0.0.0/24', record: { country_code: 'JP' } },
  { prefix: '1.0.1.0/25', record: { country_code: 'NL' } },
  { prefix: '1.0.1.128/25', record: { country_code: 'NL' } },
  { prefix: '2400:1::/32', record: { country_code: 'FR' } },
  { prefix: '2400:2:8000::/33', record: { country_code: 'JP' } },
];

for (const bits of [24, 28, 32] as const) {
  test(`Mmdb.networks: with records of ${bits} bits goes through all networks in order`, () => {
    const mmdb = new Mmdb(mmdbOf(ENTRIES, bits), ({ country_code }) => String(country_code));
    const shown = Array.from(
      mmdb.networks(),
      ({ words: at, bits: length, value }) => `${formatPrefix(...at, length)} ${value}`,
    );
    assert.deepEqual(shown, [
      '1.0.0.0/24 JP',
      '1.0.1.0/25 NL',
      '1.0.1.128/25 NL',
      '2400:1:0:0::/32 FR',
      '2400:2:8000:0::/33 JP',
    ]);
  });
}

test('Mmdb.networks: a tree of IPv4 only', () => {
  const mmdb = new Mmdb(mmdbOf([ENTRIES[0]], 24, 4), () => 1);
  assert.deepEqual(
    Array.from(mmdb.networks(), ({ words: at, bits }) => formatPrefix(...at, bits)),
    ['1.0.0.0/24'],
  );
});

test('networkRows: countries and systems of both families, joined where neither changes', () => {
  const codes = ['unknown', 'JP', 'NL', 'FR'];
  const mmdb = new Mmdb(mmdbOf(ENTRIES, 24), ({ country_code }) => codes.indexOf(String(country_code)));
  const asns = rangesOfAsns(
    rangesOfCsv(
      '16777216,16777471,7,a\n16777600,16777727,8,b\n',
      '2400:1::,2400:1:7fff:ffff:ffff:ffff:ffff:ffff,9,c\n',
    ),
  );
  assert.deepEqual(
    [...networkRows(rangesOfNetworks(mmdb.networks()), codes, asns)],
    [
      { prefix: '1.0.0.0/24', country: 'JP', asn: 7 },
      { prefix: '1.0.1.0/25', country: 'NL', asn: 0 },
      { prefix: '1.0.1.128/25', country: 'NL', asn: 8 },
      { prefix: '2400:1:0:0::/33', country: 'FR', asn: 9 },
      { prefix: '2400:1:8000:0::/33', country: 'FR', asn: 0 },
      { prefix: '2400:2:8000:0::/33', country: 'JP', asn: 0 },
    ],
  );
});

test('formatPrefix: what it writes is read back', () => {
  fc.assert(
    fc.property(address, fc.nat(128), (at, length) => {
      const isIpv4 = at[0] === 0 && at[1] === 0 && at[2] === 0xffff;
      const bits = isIpv4 ? 96 + (length % 33) : length;
      const network = wordsOf((big(at) >> BigInt(128 - bits)) << BigInt(128 - bits));
      const read = prefixOf(formatPrefix(...network, bits));
      assert.deepEqual([read.words, read.bits], [network, bits]);
    }),
  );
});
