/** The bundled tables in the database say of every address what the tables themselves say. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { formatAddress, type Words } from '@noroshi/wire/net/address.ts';
import { openAsns } from './enrich/asn.ts';
import { openCountries } from './enrich/country.ts';
import { readLookup } from './enrich/lookup.ts';
import { openStore } from './store/store.ts';

const ASKED = 20_000;

/** Numbers that spread over 32 bits without a pattern (an odd multiplier), the same every time. */
const spread = (index: number, by: number): number => Math.imul(index + 1, by) | 0;

test('readLookup, loadTables: the bundled tables', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'noroshi-enriched-'));
  const lookup = readLookup({});
  assert.match(lookup.versions.country, /^geo-whois-asn-country 20\d\d-\d\d-\d\d [0-9a-f]{12}$/);
  assert.match(lookup.versions.asn, /^asn 20\d\d-\d\d-\d\d [0-9a-f]{12}$/);
  const store = await openStore({ path: join(folder, 'db') });
  context.after(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await store.loadTables(lookup);
  const [{ name, element_count }] = await store.query<{ name: string; element_count: number }>(
    `SELECT name, element_count FROM system.dictionaries WHERE startsWith(name, 'networks')`,
  );
  assert.ok(element_count > 1_000_000);
  const addresses = Array.from({ length: ASKED }, (_, index): Words => {
    const word = spread(index, 0x9e37_79b1);
    return index % 2 === 0 ? [0, 0, 0xffff, word] : [0x2000_0000 | (word >>> 3), spread(index, 0x85eb_ca6b), 0, index];
  });
  const answers = await store.query<{ country: string; asn: number }>(
    `SELECT dictGet({name:String}, 'country', ip) AS country, dictGet({name:String}, 'asn', ip) AS asn
     FROM (SELECT toIPv6(arrayJoin({texts:Array(String)})) AS ip)`,
    { name, texts: addresses.map((address) => formatAddress(...address)) },
  );
  const countries = openCountries();
  const asns = openAsns(undefined, folder);
  let known = 0;
  for (const [index, address] of addresses.entries()) {
    const expected = { country: countries.codes[countries.numberOf(...address)], asn: asns.numberOf(...address) };
    assert.deepEqual(answers[index], expected, formatAddress(...address));
    if (expected.asn > 0) known++;
  }
  assert.ok(known > ASKED / 10, `${known} known`);
  const [google] = await store.query('SELECT name FROM as_holders WHERE asn = 15169');
  assert.deepEqual(google, { name: asns.nameOf(15_169) });
});
