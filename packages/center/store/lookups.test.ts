/** Look-up tables in the database: loaded once, replaced as a whole while segments come in, named in every receipt. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { LookupTables } from './lookup.ts';
import { openStore, type Store } from './store.ts';
import { makeSegment, MINUTE_MS, START_MS, TABLES } from './testing.ts';

const folder = mkdtempSync(join(tmpdir(), 'noroshi-lookups-'));
let store: Store;

before(async () => {
  store = await openStore({ path: join(folder, 'db') });
});
after(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Tables that say the same of every address: what a row says tells which tables it met. */
function tablesOf(version: string, country: string, asn: number): LookupTables {
  return {
    versions: { country: `country ${version}`, asn: `asn ${version}`, scanners: `scanners ${version}` },
    networks: () => ['0.0.0.0/0', '2000::/3'].map((prefix) => ({ prefix, country, asn })),
    holders: () => [{ asn, name: `Holder "${version}"\t\\` }],
    scanners: ['0.0.0.0/0', '2000::/3'].map((prefix) => ({ prefix, organisation: `scanner ${version}` })),
  };
}

const ownTables = async (): Promise<string[]> => {
  const rows = await store.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND match(name, '^(networks|holders|scanners)_') ORDER BY name`,
  );
  return rows.map(({ name }) => name.replace(/[0-9a-f]{16}/, '…'));
};

test('loadTables reads tables that are not there yet, and no others', async () => {
  assert.deepEqual(store.versions, { country: '', asn: '', scanners: '' });
  let asked = 0;
  const networks = () => {
    asked++;
    return TABLES.networks();
  };
  const tables = { ...TABLES, networks };
  for (let round = 0; round < 3; round++) await store.loadTables(tables);
  assert.equal(asked, 1);
  assert.deepEqual(store.versions, TABLES.versions);
  assert.deepEqual(await store.query('SELECT asn, name FROM as_holders'), [{ asn: 64_500, name: 'Ember\tNetworks' }]);
  assert.deepEqual(await ownTables(), ['holders_…', 'networks_…', 'networks_…_trie', 'scanners_…', 'scanners_…_trie']);
});

test('loadTables takes tables without a row', async () => {
  const nothing = {
    versions: { country: '', asn: '', scanners: '' },
    networks: () => [],
    holders: () => [],
    scanners: [],
  };
  await store.loadTables(nothing);
  assert.equal(await store.addSegment(makeSegment(folder, { sensor: 'hill-zero', sequence: 0, rows: 20 })), 'stored');
  const rows = await store.query(`SELECT DISTINCT country, asn, scanner FROM flows WHERE sensor = 'hill-zero'`);
  assert.deepEqual(rows, [{ country: 'unknown', asn: 0, scanner: '' }]);
});

test('loadTables leaves no row behind and mixes no tables, however often it is called while segments come in', async () => {
  const even = tablesOf('even', 'JP', 2);
  const odd = tablesOf('odd', 'NL', 1);
  const inserts = Array.from({ length: 30 }, (_, sequence) => {
    return makeSegment(folder, { sequence, rows: 200, minute_from_ms: START_MS + sequence * MINUTE_MS, minutes: 1 });
  });
  const over = new AbortController();
  const reloading = (async () => {
    let rounds = 0;
    for (; !over.signal.aborted; rounds++) await store.loadTables(rounds % 2 === 0 ? even : odd);
    return rounds;
  })();
  for (const insert of inserts) assert.equal(await store.addSegment(insert), 'stored');
  over.abort();
  const rounds = await reloading;
  assert.ok(rounds > 3, `${rounds} reloads`);
  const rows = await store.query<{ sequence: number; row_count: number; seen: string[]; receipt: string }>(`
    SELECT sequence, sum(count) AS row_count, arraySort(groupArray(what)) AS seen, any(versions) AS receipt
    FROM (
      SELECT sequence, count() AS count, concat(country, ' ', toString(asn), ' ', scanner, if(class = 'backscatter', concat(' ', victim_country, ' ', toString(victim_asn)), '')) AS what
      FROM flows WHERE sensor = 'hill-one' GROUP BY sequence, what
    ) AS rows
    INNER JOIN (SELECT sequence, concat(table_country, ', ', table_asn, ', ', table_scanners) AS versions FROM segments WHERE sensor = 'hill-one') AS receipts USING sequence
    GROUP BY sequence ORDER BY sequence`);
  assert.equal(rows.length, 30);
  const met = new Set<string>();
  for (const { row_count, seen, receipt } of rows) {
    assert.equal(row_count, 200);
    const name = receipt.endsWith('even') ? 'even' : 'odd';
    met.add(receipt);
    if (receipt === ', , ') {
      assert.deepEqual(seen, ['unknown 0 ', 'unknown 0  unknown 0']);
      continue;
    }
    const at = name === 'even' ? 'JP 2' : 'NL 1';
    assert.deepEqual(seen, [`${at} scanner ${name}`, `${at} scanner ${name} ${at}`]);
    assert.equal(receipt, `country ${name}, asn ${name}, scanners ${name}`);
  }
  assert.ok(met.size >= 2, [...met].join('; '));
  assert.deepEqual(await ownTables(), ['holders_…', 'networks_…', 'networks_…_trie', 'scanners_…', 'scanners_…_trie']);
});
