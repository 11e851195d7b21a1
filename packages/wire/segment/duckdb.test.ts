/** The writer's files in DuckDB: every value, every type, and queries that use the statistics. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import type { Column, ColumnType } from './parquet.ts';
import { difference, fileCases, fileOf, longPages, type Written, writeCase } from './testing.ts';

const SQL_TYPE: Record<ColumnType, string> = {
  u8: 'UTINYINT',
  u16: 'USMALLINT',
  u32: 'UINTEGER',
  u64: 'UBIGINT',
  timestamp_ms: 'TIMESTAMP WITH TIME ZONE',
  fixed16: 'BLOB',
  string: 'VARCHAR',
  bytes: 'BLOB',
};

const directory = mkdtempSync(join(tmpdir(), 'noroshi-duckdb-'));
const path = join(directory, 'x.parquet');
let connection: DuckDBConnection;

before(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
});

after(() => {
  connection.closeSync();
  rmSync(directory, { recursive: true });
});

async function select(sql: string): Promise<DuckDBValue[][]> {
  return (await connection.runAndReadAll(sql)).getRows();
}

function asText({ name, type }: Column): string {
  if (type === 'string') return name;
  if (type === 'timestamp_ms') return `epoch_ms(${name})::VARCHAR`;
  return type === 'bytes' || type === 'fixed16' ? `lower(hex(${name}))` : `${name}::VARCHAR`;
}

async function compare(written: Written): Promise<void> {
  const { schema, file } = written;
  writeFileSync(path, file);
  const types = await select(`SELECT column_name, column_type FROM (DESCRIBE FROM '${path}')`);
  assert.deepEqual(
    types,
    schema.map(({ name, type }) => [name, SQL_TYPE[type]]),
  );
  const reader = await connection.runAndReadAll(`SELECT ${schema.map(asText).join()} FROM '${path}'`);
  assert.equal(difference(written, reader.getColumns()), undefined);
}

const codecs = [
  { codec: 'ZSTD', fn: (bytes: Uint8Array) => zstdCompressSync(bytes) },
  { codec: 'GZIP', fn: (bytes: Uint8Array) => gzipSync(bytes) },
] as const;

for (const fileCase of fileCases(codecs)) {
  test(`DuckDB reads every value of ${fileCase.name}`, () => compare(writeCase(fileCase)));
}

test('DuckDB reads every value of long pages', () => compare(longPages()));

test('DuckDB finds rows by bounds above the signed range, and minima that no row has do not show', async () => {
  const schema: Column[] = [
    { name: 'n', type: 'u32' },
    { name: 'unused', type: 'u32' },
    { name: 'src', type: 'fixed16' },
  ];
  const groupOf = (n: number) => ({
    rowCount: 10,
    table: [
      { column: schema[0], data: { kind: 'constant', value: n } },
      {
        column: schema[1],
        data: {
          kind: 'dictionary',
          indices: Uint8Array.from({ length: 10 }, (_, i) => 1 + (i % 2)),
          entries: [0, n, n + 1],
        },
      },
      { column: schema[2], data: { kind: 'constant', value: new Uint8Array(16).fill(n >>> 24) } },
    ] as const,
  });
  writeFileSync(path, fileOf(schema, [groupOf(5), groupOf(0x7fffffff), groupOf(0xf0000000)], {}, { a: '狼煙' }));
  const one = async (sql: string): Promise<string> => String((await select(sql))[0]);
  assert.equal(await one(`SELECT count(*) FROM '${path}' WHERE n > 4000000000`), '10');
  assert.equal(await one(`SELECT count(*) FROM '${path}' WHERE n < 6`), '10');
  assert.equal(await one(`SELECT count(*) FROM '${path}' WHERE unused = 2147483648`), '5');
  assert.equal(
    await one(`SELECT min(n), max(n), min(unused), max(unused) FROM '${path}'`),
    '5,4026531840,5,4026531841',
  );
  assert.equal(await one(`SELECT count(*) FROM '${path}' WHERE src >= '\\xF0'::BLOB`), '10');
  assert.equal(await one(`SELECT key::BLOB, decode(value) FROM parquet_kv_metadata('${path}')`), 'a,狼煙');
});
