/**
 * The writer's files in ClickHouse: every value, every type. The engine runs in a process of its own: chDB binds one data
 * directory per process and takes its signal handlers, and a test runner is no place for either.
 */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { Column, ColumnType } from './parquet.ts';
import { difference, fileCases, longPages, type Written, writeCase } from './testing.ts';

const SQL_TYPE: Record<ColumnType, string> = {
  u8: 'UInt8',
  u16: 'UInt16',
  u32: 'UInt32',
  u64: 'UInt64',
  timestamp_ms: "DateTime64(3, 'UTC')",
  fixed16: 'FixedString(16)',
  string: 'String',
  bytes: 'String',
};

/** Reads one query per line of standard input; answers with one line each. */
const ENGINE = `
  import { createInterface } from 'node:readline';
  import { query } from 'chdb';
  for await (const sql of createInterface(process.stdin)) process.stdout.write(query(sql, 'JSONCompactColumns').replaceAll('\\n', '') + '\\n');
`;

const directory = mkdtempSync(join(tmpdir(), 'noroshi-clickhouse-'));
const path = join(directory, 'x.parquet');
after(() => rmSync(directory, { recursive: true }));

/** Runs the queries in one process; each answer is a list of columns. */
function select(queries: readonly string[]): unknown[][][] {
  const answer = execFileSync(process.execPath, ['--input-type=module', '-e', ENGINE], {
    cwd: import.meta.dirname,
    input: queries.join('\n'),
    encoding: 'utf8',
    maxBuffer: 512 * 1024 * 1024,
  });
  return answer
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown[][]);
}

function asText({ name, type }: Column): string {
  if (type === 'string') return name;
  if (type === 'timestamp_ms') return `toString(toUnixTimestamp64Milli(${name}))`;
  return type === 'bytes' || type === 'fixed16' ? `lower(hex(${name}))` : `toString(${name})`;
}

function compare(written: Written): void {
  const { schema, file } = written;
  writeFileSync(path, file);
  const source = `file('${path}', Parquet)`;
  const [types, columns] = select([
    `DESCRIBE ${source}`,
    `SELECT ${schema.map(asText).join()} FROM ${source} ORDER BY row`,
  ]);
  assert.deepEqual(
    types[1],
    schema.map(({ type, nullable }) => (nullable ? `Nullable(${SQL_TYPE[type]})` : SQL_TYPE[type])),
  );
  assert.equal(difference(written, columns), undefined);
}

const codecs = [
  { codec: 'ZSTD', fn: (bytes: Uint8Array) => zstdCompressSync(bytes) },
  { codec: 'GZIP', fn: (bytes: Uint8Array) => gzipSync(bytes) },
] as const;

for (const fileCase of fileCases(codecs)) {
  test(`ClickHouse reads every value of ${fileCase.name}`, () => compare(writeCase(fileCase)));
}

test('ClickHouse reads every value of long pages', () => compare(longPages()));
