/** A flow file in DuckDB: types, figures, addresses, and the metadata in front of every reader. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import { parquetReadObjects } from 'hyparquet';
import { simulateToBytes } from '@noroshi/simulate/main.ts';
import { flowColumns } from '@noroshi/wire/flow/columns.ts';
import { type FlowsOutcome, writeFlows } from './segment/flows.ts';
import { scratch } from './testing/captures.ts';
import type { PlainRow } from './testing/oracle.ts';
import { readRows, total } from './testing/rows.ts';

const at = scratch();
const out = at('x.parquet');
let rows: PlainRow[];
let outcome: FlowsOutcome;
let connection: DuckDBConnection;

before(async () => {
  writeFileSync(at('x.pcap'), simulateToBytes({ seed: 72, packets: 5000, scenario: 'responding' }).bytes);
  const prefixes = ['25.37.0.0/20', '2d00:6e6f:726f:7368::/64'];
  outcome = await writeFlows({ paths: [at('x.pcap')], out, workers: 2, compression: 'zstd', prefixes, sensor: 'test' });
  rows = await readRows(out, parquetReadObjects);
  connection = await (await DuckDBInstance.create(':memory:')).connect();
});

after(() => connection.closeSync());

async function select(sql: string): Promise<DuckDBValue[][]> {
  return (await connection.runAndReadAll(sql)).getRows();
}

const TYPES = {
  u8: 'UTINYINT',
  u16: 'USMALLINT',
  u32: 'UINTEGER',
  u64: 'UBIGINT',
  timestamp_ms: 'TIMESTAMP WITH TIME ZONE',
  fixed16: 'BLOB',
  string: 'VARCHAR',
  bytes: 'BLOB',
} as const;

test('DuckDB reads a flow file’s columns in their types', async () => {
  assert.deepEqual(
    await select(`SELECT column_name, column_type FROM (DESCRIBE FROM '${out}')`),
    flowColumns.map(({ name, type }) => [name, TYPES[type]]),
  );
});

test('DuckDB reads every value of a flow file', async () => {
  const texts = flowColumns.map(({ name, type }) => {
    if (type === 'timestamp_ms') return `epoch_ms(${name})::VARCHAR`;
    return type === 'bytes' || type === 'fixed16' ? `lower(hex(${name}))` : `${name}::VARCHAR`;
  });
  const read = await select(`SELECT ${texts.join()} FROM '${out}'`);
  const names = flowColumns.map(({ name }) => name as keyof PlainRow);
  assert.deepEqual(
    read.map((row) => row.map((value) => (value === null ? 'null' : String(value)))),
    rows.map((row) => names.map((name) => row[name])),
  );
});

test('DuckDB’s sums by class are those of the rows, and all of them what was kept', async () => {
  const sums = await select(`SELECT class, sum(packets)::VARCHAR FROM '${out}' GROUP BY ALL ORDER BY class`);
  for (const [name, packets] of sums) {
    assert.equal(
      Number(packets),
      total(
        rows.filter((row) => row.class === name),
        'packets',
      ),
      String(name),
    );
  }
  const [[packets, bytes]] = await select(`SELECT sum(packets)::DOUBLE, sum(bytes)::DOUBLE FROM '${out}'`);
  assert.deepEqual([packets, bytes], [outcome.counters.kept, outcome.counters.bytes]);
  assert.ok(outcome.counters.kept > 4000);
});

test('DuckDB finds IPv4 and IPv6 destinations by their bytes', async () => {
  const like = async (prefix: string): Promise<number> => {
    return Number((await select(`SELECT sum(packets) FROM '${out}' WHERE lower(hex(dst)) LIKE '${prefix}%'`))[0][0]);
  };
  const ipv4 = await like('00000000000000000000ffff19250');
  const ipv6 = await like('2d006e6f726f7368');
  assert.ok(ipv4 > 0 && ipv6 > 0);
  assert.equal(ipv4 + ipv6, outcome.counters.kept);
});

test('DuckDB sees the segment’s figures in the file’s metadata, and no address among them', async () => {
  const pairs = await select(`SELECT decode(key), decode(value) FROM parquet_kv_metadata('${out}')`);
  const metadata = Object.fromEntries(pairs.map(([key, value]) => [String(key), String(value)]));
  assert.equal(metadata['noroshi.sensor'], 'test');
  assert.equal(metadata['noroshi.packets_kept'], String(outcome.counters.kept));
  assert.equal(metadata['noroshi.digest'], outcome.segment.digest);
  assert.deepEqual(JSON.parse(metadata['noroshi.segment']), outcome.segment);
  assert.doesNotMatch(JSON.stringify(metadata), /25\.37\.|2d00:|:7368/);
});
