/** The queries of docs/explanation/segment.md, run on the file that the page describes, by the engines that it names. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { clickhouseColumns } from '@noroshi/wire/flow/columns.ts';
import { writeFlows } from '@noroshi/sensor/segment/flows.ts';
import { writeSimulation } from '@noroshi/simulate/writer.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PAGE = readFileSync(join(ROOT, 'docs/explanation/segment.md'), 'utf8');
const directory = mkdtempSync(join(tmpdir(), 'noroshi-docs-'));
const path = join(directory, 'flows.parquet');

/** The statements under one heading of the page, with the file's whole path in them. */
function statementsOf(heading: string): string[] {
  const section = PAGE.split(/^## /m).find((text) => text.startsWith(heading)) ?? '';
  return [...section.matchAll(/```sql\n(?<sql>[^`]*)```/g)].map(({ groups }) => {
    return (groups?.['sql'] ?? '').trim().replaceAll("'flows.parquet'", `'${path}'`);
  });
}

before(async () => {
  const { capture, truth } = await writeSimulation(join(directory, 'demo.pcap'), { seed: 1, packets: 60_000 });
  const { prefixes } = truth.header;
  await writeFlows({ paths: [capture], out: path, workers: 1, compression: 'none', sensor: 'demo', prefixes });
});

after(() => rmSync(directory, { recursive: true }));

test('docs/explanation/segment.md: every DuckDB query gives rows', async () => {
  const statements = statementsOf('DuckDB');
  assert.ok(statements.length >= 7);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  for (const sql of statements) {
    const { currentRowCount } = await connection.runAndReadAll(sql);
    if (/^(SELECT|WITH)/.test(sql)) assert.ok(currentRowCount > 0, sql);
  }
  connection.closeSync();
  instance.closeSync();
});

/** chDB binds one data directory per process and takes its signal handlers: a process of its own. */
const ENGINE = `
  import { Session } from 'chdb';
  const session = new Session();
  const statements = JSON.parse(process.argv[1]);
  console.log(JSON.stringify(statements.map((sql) => session.query(sql, 'JSONCompact'))));
  session.cleanup();
`;

test('docs/explanation/segment.md: every ClickHouse query gives rows', () => {
  const statements = statementsOf('ClickHouse');
  assert.ok(statements.length >= 5);
  const create = `CREATE TABLE flows (${clickhouseColumns()}) ENGINE = MergeTree ORDER BY (minute, class, service_port)`;
  const all = ['CREATE DATABASE docs', 'USE docs', create, ...statements];
  const args = ['--input-type=module', '-e', ENGINE, JSON.stringify(all)];
  const answers = JSON.parse(execFileSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' })) as string[];
  for (const [index, sql] of all.entries()) {
    if (!sql.startsWith('SELECT')) continue;
    assert.ok((JSON.parse(answers[index] ?? '') as { rows: number }).rows > 0, sql);
  }
});
