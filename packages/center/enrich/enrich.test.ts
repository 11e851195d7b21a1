import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { formatAddress, parseAddress, type Words } from '@noroshi/wire/net/address.ts';
import fc from 'fast-check';
import { Reader } from 'mmdb-lib';
import { cached, cacheFolder } from './asn-cache.ts';
import { rangesOfCsv } from './asn-csv.ts';
import type { AsRanges } from './asn-ranges.ts';
import { asTableOf, openAsns } from './asn.ts';
import { dateOf } from './bundled.ts';
import { openCountries, tableOf } from './country.ts';
import { Mmdb } from './mmdb.ts';
import type { TableSource } from './table.ts';
import { mmdbOf } from './testing.ts';

const OWN: TableSource = { name: 'own', date: '', version: '', licence: '' };
const ENTRIES = [
  {
    prefix: '1.0.0.0/8',
    record: { country: { iso_code: 'au' }, autonomous_system_number: 13_335, autonomous_system_organization: 'One' },
  },
  { prefix: '2.0.0.0/9', record: { country_code: 'FR' } },
  { prefix: '2.128.0.0/32', record: { registered_country: { iso_code: 'DE' } } },
  { prefix: '3.0.0.0/8', record: { country: { iso_code: 'not a code' } } },
  { prefix: '2001:db8::/32', record: { country: { iso_code: 'JP' }, autonomous_system_number: 4_200_000_000 } },
];

function words(text: string): Words {
  return parseAddress(text) ?? [0, 0, 0, 0];
}

const address = fc.oneof(
  fc.tuple(fc.constantFrom('1', '2', '3', '4'), fc.nat(255), fc.nat(255)).map(([a, b, c]) => `${a}.${b}.0.${c}`),
  fc.nat(0xffff).map((last) => `2001:db8::${last.toString(16)}`),
  fc.ipV4(),
);

for (const bits of [24, 28, 32] as const) {
  test(`Mmdb: with records of ${bits} bits finds what mmdb-lib finds`, () => {
    const bytes = mmdbOf(ENTRIES, bits);
    const reader = new Reader<never>(bytes);
    const mmdb = new Mmdb(bytes, (record) => JSON.stringify(record));
    assert.equal(mmdb.date, '2026-01-02');
    fc.assert(
      fc.property(address, (text) => {
        const record: unknown = reader.get(text);
        assert.equal(mmdb.find(...words(text)), record === null ? undefined : JSON.stringify(record));
      }),
    );
  });
}

test('Mmdb: a tree of IPv4 only knows no IPv6', () => {
  const mmdb = new Mmdb(mmdbOf([ENTRIES[0]], 24, 4), () => 1);
  assert.deepEqual(
    [mmdb.find(...words('1.2.3.4')), mmdb.find(...words('9.2.3.4')), mmdb.find(...words('::1'))],
    [1, undefined, undefined],
  );
});

test('Mmdb: other bytes are refused', () => {
  assert.throws(() => new Mmdb(Buffer.from('hello'), () => 1));
  assert.throws(() => new Mmdb(Buffer.alloc(0), () => 1));
});

test('country: field names of ip-location-db and of MaxMind; what is no code is unknown', () => {
  const table = tableOf(mmdbOf(ENTRIES, 24), OWN);
  const find = (text: string): string => table.codes[table.numberOf(...words(text))];
  assert.deepEqual(['1.1.1.1', '2.1.1.1', '2.128.0.0', '3.1.1.1', '9.9.9.9', '2001:db8::1'].map(find), [
    'AU',
    'FR',
    'DE',
    'unknown',
    'unknown',
    'JP',
  ]);
  assert.equal(table.source.date, '2026-01-02');
});

test('as: an operator’s mmdb', () => {
  const table = asTableOf(mmdbOf(ENTRIES, 28), OWN);
  assert.deepEqual(
    ['1.1.1.1', '2.1.1.1', '9.9.9.9', '2001:db8::1'].map((text) => table.numberOf(...words(text))),
    [13_335, 0, 0, 4_200_000_000],
  );
  assert.deepEqual([table.nameOf(13_335), table.nameOf(5)], ['One', '']);
});

test('rangesOfCsv: quoted names, gaps, both families', () => {
  const ranges = rangesOfCsv(
    '16777216,16777471,13335,"Cloudflare, Inc."\n16778240,16779263,38803,Gtelecom\n4294967295,4294967295,7,"a ""b"""\n',
    '2001:200::,2001:200:1b9:ffff:ffff:ffff:ffff:ffff,2500,WIDE Project\n',
  );
  const find = (text: string): number => ranges.numberOf(...words(text));
  assert.deepEqual(
    ['1.0.0.0', '1.0.0.255', '1.0.1.0', '1.0.4.0', '255.255.255.255', '0.0.0.0'].map(find),
    [13_335, 13_335, 0, 38_803, 7, 0],
  );
  assert.deepEqual(['2001:200::', '2001:200:1ba::', '2001:1ff::', '::'].map(find), [2500, 0, 0, 0]);
  assert.deepEqual(
    [13_335, 38_803, 7, 2500, 8].map((asn) => ranges.nameOf(asn)),
    ['Cloudflare, Inc.', 'Gtelecom', 'a "b"', 'WIDE Project', ''],
  );
  assert.throws(() => rangesOfCsv('1,2\n', ''), /Cannot read line/);
  assert.throws(() => rangesOfCsv('5,6,1,x\n2,3,1,x\n', ''), /Cannot place range 2-3/);
});

test('AsRanges: finds what a walk over all ranges finds', () => {
  const cuts = fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { minLength: 2, maxLength: 60 });
  fc.assert(
    fc.property(cuts, fc.nat(420), (borders, wanted) => {
      const sorted = borders.sort((a, b) => a - b).slice(0, borders.length & ~1);
      const lines: [number, number, number][] = [];
      for (let at = 0; at < sorted.length; at += 2) lines.push([sorted[at], sorted[at + 1], at + 1]);
      const v6 = (value: number): string => formatAddress(0x20010000, 0, value, 0);
      const ranges = rangesOfCsv(
        lines.map(([from, to, asn]) => `${from},${to},${asn},n`).join('\n'),
        lines.map(([from, to, asn]) => `${v6(from)},${v6(to)},${asn},n`).join('\n'),
      );
      const expected = lines.find(([from, to]) => wanted >= from && wanted <= to)?.[2] ?? 0;
      assert.equal(ranges.numberOf(0, 0, 0xffff, wanted), expected);
      assert.equal(ranges.numberOf(0x20010000, 0, wanted, 0), expected);
    }),
  );
});

test('cached: keeps, finds again, survives damage and a folder that cannot be written', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'noroshi-test-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  let built = 0;
  const build = (): AsRanges => {
    built++;
    return rangesOfCsv('1,2,3,x\n', '');
  };
  const ask = (where: string | undefined): number => cached(where, 'a', build).numberOf(0, 0, 0xffff, 2);
  assert.deepEqual([ask(folder), ask(folder), built], [3, 3, 1]);
  assert.deepEqual(readdirSync(folder), ['a.ranges']);
  const file = join(folder, 'a.ranges');
  const bytes = readFileSync(file);
  for (const damaged of [bytes.subarray(0, 30), Buffer.alloc(0), Buffer.from(bytes).fill(9, 40, 44)]) {
    writeFileSync(file, damaged);
    const before = built;
    assert.deepEqual([ask(folder), built], [3, before + 1]);
  }
  writeFileSync(file, 'in the way');
  chmodSync(folder, 0o500);
  assert.deepEqual([ask(join(file, 'below a file')), ask(undefined)], [3, 3]);
  chmodSync(folder, 0o700);
});

test('cacheFolder: XDG_CACHE_HOME when it is a path, else below HOME', () => {
  assert.equal(cacheFolder({ XDG_CACHE_HOME: '/c', HOME: '/h' }), '/c/noroshi');
  assert.equal(cacheFolder({ XDG_CACHE_HOME: 'relative', HOME: '/h' }), '/h/.cache/noroshi');
  assert.equal(cacheFolder({ HOME: '/h' }), '/h/.cache/noroshi');
});

test('dateOf: the day at the end of a version', () => {
  assert.deepEqual(
    [dateOf('2.3.2026061719'), dateOf('2.3.20260617'), dateOf('1.2.3')],
    ['2026-06-17', '2026-06-17', ''],
  );
});

test('the bundled tables: dated, licensed, and they know well-known addresses', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'noroshi-test-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const countries = openCountries();
  const asns = openAsns(undefined, folder);
  for (const { source } of [countries, asns]) {
    assert.match(source.date, /^20\d\d-\d\d-\d\d$/);
    assert.match(source.licence, /^CC/);
  }
  assert.equal(countries.codes[countries.numberOf(...words('8.8.8.8'))], 'US');
  assert.equal(countries.numberOf(...words('10.0.0.1')), 0);
  assert.equal(asns.nameOf(asns.numberOf(...words('8.8.8.8'))), 'Google LLC');
  assert.equal(asns.numberOf(...words('2001:200::1')), 2500);
});
