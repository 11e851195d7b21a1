/** Every state in which a kill can leave a segment: some tables have it, others do not, and no receipt says so. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Connection } from './connection.ts';
import { openEmbedded } from './embedded.ts';
import { adoptLookups, loadLookups, type Lookups } from './lookups.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS, rollUpsOf } from './migrations/index.ts';
import { insertSegment, type StoreState } from './segments.ts';
import type { SegmentInsert } from './store.ts';
import { contentOf, makeSegment, randomOf, TABLES } from './testing.ts';

/** Half an hour before UTC's midnight is another day in Japan: day tables get rows of two days. */
const PLACE = { offset_minutes: 540 };
const MINUTE_FROM_MS = Date.UTC(2026, 10, 30, 14, 58);

const folder = mkdtempSync(join(tmpdir(), 'noroshi-torn-'));
let connection: Connection;
let lookups: Lookups;
let torn: SegmentInsert;
let whole: Record<string, string>;

const state = (droppedDays: readonly string[] = []): StoreState => {
  return { connection, place: PLACE, lookups, droppedDays: new Set(droppedDays) };
};
const content = (): Promise<Record<string, string>> =>
  contentOf({ query: (sql, params) => connection.query('test', sql, params) });

before(async () => {
  connection = openEmbedded(join(folder, 'db'));
  await migrate(connection, MIGRATIONS, PLACE);
  lookups = await loadLookups(connection, TABLES);
  await adoptLookups(connection, lookups);
  await connection.command('test', 'SYSTEM STOP MERGES');
  const plan = { minute_from_ms: MINUTE_FROM_MS, rows: 1500 };
  await insertSegment(state(), makeSegment(folder, { ...plan, sequence: 1 }));
  torn = makeSegment(folder, { ...plan, sequence: 2 });
  await insertSegment(state(), torn);
  whole = await content();
});

after(async () => {
  await connection.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Takes the last insert's part away from a table. */
async function takeFrom(table: string): Promise<void> {
  const [part] = await connection.query<{ name: string }>(
    'test',
    `SELECT name FROM system.parts WHERE database = currentDatabase() AND table = {table:String} AND active
     ORDER BY modification_time DESC, min_block_number DESC LIMIT 1`,
    { table },
  );
  await connection.command('test', `ALTER TABLE ${table} DROP PART '${part.name}'`);
}

const FOLLOWERS = new Map(rollUpsOf(PLACE).map(({ name, source }) => [name, source]));
const SUMS = ['exposure_hours', 'day_accounts'];
const ORDER = ['flows', ...FOLLOWERS.keys(), ...SUMS];

/** Without these tables, and without those that are fed by them. */
async function completes(without: ReadonlySet<string>): Promise<void> {
  const gone = new Set(without);
  for (const name of ORDER) {
    const source = SUMS.includes(name) ? 'flows' : FOLLOWERS.get(name);
    if (source !== undefined && gone.has(source)) gone.add(name);
  }
  for (const name of gone) await takeFrom(name);
  await takeFrom('segments');
  assert.equal(await insertSegment(state(), torn), 'stored', [...gone].join());
  assert.deepEqual(await content(), whole, [...gone].join());
  assert.equal(await insertSegment(state(), torn), 'duplicate');
}

test('insertSegment completes what was cut off behind each table', async () => {
  for (let kept = 0; kept <= ORDER.length; kept++) await completes(new Set(ORDER.slice(kept)));
});

test('insertSegment completes whatever is missing', async () => {
  const random = randomOf(7);
  for (let round = 0; round < 15; round++) {
    const tables = ORDER.slice(1).filter(() => random(3) === 0);
    await completes(new Set(tables));
  }
});

test('insertSegment gives rows that are there the receipt of the tables they were looked up in', async () => {
  const looked = `SELECT table_asn FROM segments WHERE sequence = 2`;
  await completes(new Set(['day_ports']));
  const other = { ...state(), lookups: { ...lookups, versions: { country: 'c', asn: 'another', scanners: 's' } } };
  for (const name of ['segments', 'day_accounts']) await takeFrom(name);
  assert.equal(await insertSegment(other, torn), 'stored');
  assert.deepEqual(await connection.query('test', looked), [{ table_asn: TABLES.versions.asn }]);
});

test('insertSegment meets a conflict in rows of another file under the same number', async () => {
  await takeFrom('segments');
  const other = makeSegment(folder, { minute_from_ms: MINUTE_FROM_MS, rows: 1500, sequence: 2, seed: 99 });
  assert.equal(await insertSegment(state(), other), 'conflict');
  assert.equal(await insertSegment(state(), torn), 'stored');
  assert.equal(await insertSegment(state(), other), 'conflict');
  assert.deepEqual(await content(), whole);
});

test('insertSegment stores nothing twice when the rows were given up to retention meanwhile', async () => {
  const sums = ({ flows: _, minutes: __, ...others }: Record<string, string>): object => others;
  for (const name of ['flows', 'minutes', 'segments', 'day_accounts', 'exposure_hours']) await takeFrom(name);
  assert.equal(await insertSegment(state(['2026-11-30']), torn), 'stored');
  const { segments: _, ...now } = sums(await content()) as Record<string, string>;
  const { segments: __, ...then } = sums(whole) as Record<string, string>;
  assert.deepEqual(now, then);
});
