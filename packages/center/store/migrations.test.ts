/** The schema from every past state to the same end: each release's, and each that a kill can leave. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Session } from 'chdb';
import { flowColumns } from '@noroshi/wire/flow/columns.ts';
import type { Connection } from './connection.ts';
import { StoreError } from './error.ts';
import { migrate } from './migrate.ts';
import { receipts } from './migrations/0003-receipts.ts';
import { MIGRATIONS, rollUpsOf } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';

const PLACE = { offset_minutes: 0 };
const folder = mkdtempSync(join(tmpdir(), 'noroshi-migrations-'));
const session = new Session(folder);
after(() => {
  session.close();
  rmSync(folder, { recursive: true, force: true });
});

let databases = 0;

class Database {
  readonly name = `state_${databases++}`;
  readonly commands: string[] = [];
  readonly connection: Pick<Connection, 'query' | 'command'> = {
    query: async <T>(_: string, sql: string) => this.rows<T>(sql),
    command: async (_: string, sql: string) => {
      this.commands.push(sql);
      session.query(`USE ${this.name}; ${sql}`);
    },
  };

  constructor() {
    session.query(`CREATE DATABASE ${this.name}`);
  }

  rows<T>(sql: string): T[] {
    const text = session.query(`USE ${this.name}; ${sql}`, 'JSONEachRow').trim();
    return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line) as T);
  }

  migrate(migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
    return migrate(this.connection, migrations, PLACE);
  }

  /** CREATE statements by table, without the database's name. */
  schema(): Record<string, string> {
    const rows = this.rows<{ name: string; sql: string }>(
      `SELECT name, create_table_query AS sql FROM system.tables WHERE database = currentDatabase() ORDER BY name`,
    );
    return Object.fromEntries(rows.map(({ name, sql }) => [name, sql.replaceAll(`${this.name}.`, '')]));
  }

  drop(): void {
    session.query(`DROP DATABASE ${this.name} SYNC`);
  }
}

async function newest(): Promise<Record<string, string>> {
  const database = new Database();
  await database.migrate();
  const schema = database.schema();
  database.drop();
  return schema;
}

test('migrate makes the same schema from every release, and does nothing the second time', async () => {
  const expected = await newest();
  for (let released = 0; released <= MIGRATIONS.length; released++) {
    const database = new Database();
    await database.migrate(MIGRATIONS.slice(0, released));
    await database.migrate();
    assert.deepEqual(database.schema(), expected, `from ${released} migrations`);
    database.commands.length = 0;
    await database.migrate();
    assert.equal(database.commands.length, 1, 'but for the table that records them');
    assert.match(database.commands[0], /^CREATE TABLE IF NOT EXISTS migrations /);
    database.drop();
  }
});

test('migrate goes on where a kill cut it off: behind each statement, and before the record', async () => {
  const expected = await newest();
  for (const [index, { name, statements }] of MIGRATIONS.entries()) {
    const all = statements(PLACE);
    for (let done = 1; done <= all.length; done++) {
      const database = new Database();
      await database.migrate(MIGRATIONS.slice(0, index));
      for (const statement of all.slice(0, done)) await database.connection.command('test', statement);
      await database.migrate();
      assert.deepEqual(database.schema(), expected, `${name}, ${done} of ${all.length} statements`);
      database.drop();
    }
  }
});

/** Six rows: marks alone and together, backscatter, an acknowledged scanner, IPv4 and IPv6. */
const ROWS = `
INSERT INTO flows (feed, sensor, sequence, token, minute, src, dst, proto, service_port, class, marks, packets, net, country, asn, scanner) VALUES
  ('network', 'a', 1, 1, '2026-11-20 14:58:00', '::ffff:1.0.0.1', '::ffff:25.37.0.1', 6, 23, 'probe', 'mirai', 3, 4, 'JP', 64500, ''),
  ('network', 'a', 1, 1, '2026-11-20 15:01:00', '::ffff:1.0.0.1', '::ffff:25.37.0.2', 6, 23, 'probe', 'mirai masscan', 1, 4, 'JP', 64500, ''),
  ('network', 'a', 1, 1, '2026-11-20 15:01:00', '::ffff:1.0.0.1', '::ffff:25.37.0.2', 6, 80, 'probe', '', 1, 4, 'JP', 64500, ''),
  ('network', 'a', 1, 1, '2026-11-20 15:02:00', '::ffff:1.0.0.2', '::ffff:25.37.0.2', 6, 22, 'probe', 'zmap zmap_3', 9, 4, 'NL', 64501, 'Kite'),
  ('network', 'a', 1, 1, '2026-11-20 15:02:00', '2400:1::7', '2d00::1', 17, 53, 'probe', 'zmap', 2, 6, 'unknown', 0, ''),
  ('network', 'a', 1, 1, '2026-11-20 15:02:00', '::ffff:1.0.0.9', '::ffff:25.37.0.1', 6, 80, 'backscatter', '', 4, 4, 'NL', 64501, '')`;

function rollUpsIn(database: Database): unknown {
  const nameOf = (column: string): string => column.split(' ', 1)[0];
  return rollUpsOf(PLACE).map(({ name, key, values }) => {
    const states = values.filter((column) => column.includes(' AggregateFunction(')).map(nameOf);
    const readable = states.map((state) => `REPLACE (finalizeAggregation(${state}) AS ${state})`).join(' ');
    return [name, database.rows(`SELECT * ${readable} FROM ${name} FINAL ORDER BY ${key.map(nameOf).join(', ')}`)];
  });
}

test('migrate gives rows that were stored before every roll-up that new ones get, however often it was cut short', async () => {
  const fresh = new Database();
  await fresh.migrate();
  await fresh.connection.command('test', ROWS);
  const expected = rollUpsIn(fresh);
  for (let released = MIGRATIONS.indexOf(receipts) + 1; released < MIGRATIONS.length; released++) {
    const database = new Database();
    await database.migrate(MIGRATIONS.slice(0, released));
    await database.connection.command('test', ROWS);
    for (const { statements } of MIGRATIONS.slice(released)) {
      for (const statement of statements(PLACE)) await database.connection.command('test', statement);
    }
    await database.migrate();
    assert.deepEqual(rollUpsIn(database), expected, `from ${released} migrations`);
    database.drop();
  }
  fresh.drop();
});

test('migrate refuses a database of a newer program', async () => {
  const database = new Database();
  const newer = {
    name: '9999-later',
    statements: () => ['CREATE TABLE IF NOT EXISTS later (a UInt8) ENGINE = Memory'],
  };
  await database.migrate([...MIGRATIONS, newer]);
  await assert.rejects(database.migrate(), (error) => {
    assert.ok(error instanceof StoreError);
    assert.equal(error.kind, 'refused');
    assert.equal(error.message, 'Cannot make the database tables: they are of a newer version (9999-later)');
    return true;
  });
});

test('MIGRATIONS have names that sort in their order', () => {
  const names = MIGRATIONS.map(({ name }) => name);
  assert.deepEqual(names, names.toSorted());
  assert.deepEqual(
    names.filter((name) => !/^\d{4}-[a-z-]+$/.test(name)),
    [],
  );
});

test('flows: has the columns of wire/flow/columns.ts, names and types; a new column needs a migration', async () => {
  const database = new Database();
  await database.migrate();
  const columns = database.rows<{ name: string; type: string }>('DESCRIBE flows');
  const names = new Set(flowColumns.map(({ name }) => name));
  assert.deepEqual(
    columns.filter(({ name }) => names.has(name as never)).map(({ name, type }) => [name, type]),
    flowColumns.map(({ name, clickhouse }) => [name, clickhouse]),
  );
});
