/** A flow file in ClickHouse: types, figures, addresses, and the table whose DDL derives from the column table. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { parquetReadObjects } from 'hyparquet';
import { simulateToBytes } from '@noroshi/simulate/main.ts';
import { clickhouseColumns, flowColumns } from '@noroshi/wire/flow/columns.ts';
import { formatIpv6 } from '@noroshi/wire/net/address.ts';
import { writeFlows } from './segment/flows.ts';
import { scratch } from './testing/captures.ts';
import type { PlainRow } from './testing/oracle.ts';
import { readRows, total } from './testing/rows.ts';

const at = scratch();
const out = at('x.parquet');
let rows: PlainRow[];

before(async () => {
  writeFileSync(at('x.pcap'), simulateToBytes({ seed: 71, packets: 5000, scenario: 'responding' }).bytes);
  await writeFlows({ paths: [at('x.pcap')], out, workers: 1, compression: 'zstd', rowsPerMinuteMax: 200 });
  rows = await readRows(out, parquetReadObjects);
});

/** One session; a query a line, an answer a line. It runs in a process of its own: see wire/segment/clickhouse.test.ts. */
const ENGINE = `
  import { createInterface } from 'node:readline';
  import { Session } from 'chdb';
  const session = new Session();
  for await (const sql of createInterface(process.stdin)) {
    const answer = session.query(sql, 'JSONCompact');
    process.stdout.write((answer === '' ? '{"data":[]}' : answer.replaceAll('\\n', '')) + '\\n');
  }
  session.cleanup();
`;

interface Answer {
  readonly meta: readonly { readonly name: string; readonly type: string }[];
  readonly data: readonly (readonly unknown[])[];
}

/** Runs the queries one after the other; gives the answers, none for what answers nothing. */
function ask(...queries: readonly string[]): Answer[] {
  const answers = execFileSync(process.execPath, ['--input-type=module', '-e', ENGINE], {
    cwd: import.meta.dirname,
    input: queries.map((query) => query.replaceAll('\n', ' ')).join('\n'),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return answers
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
}

/** Types as ClickHouse reads them from the file, where it has no other word for the same bytes. */
function typeInFile(clickhouse: string): string {
  return clickhouse.replace('IPv6', 'FixedString(16)').replace('LowCardinality(String)', 'String');
}

/** Packets by class, most first, as the rows say. */
function byClass(): string[][] {
  const classes = [...new Set(rows.map((row) => row.class))];
  const sums = classes.map((name) => [
    name,
    String(
      total(
        rows.filter((row) => row.class === name),
        'packets',
      ),
    ),
  ]);
  return sums.toSorted(([a], [b]) => (a < b ? -1 : 1));
}

const address = (hex: string): string => {
  const [w0, w1, w2, w3] = [0, 8, 16, 24].map((from) => Number.parseInt(hex.slice(from, from + 8), 16) | 0);
  return formatIpv6(w0, w1, w2, w3);
};

test('ClickHouse reads a flow file: its types, its sums, its addresses', () => {
  const file = `file('${out}', Parquet)`;
  const [types, sums, all, sources] = ask(
    `DESCRIBE ${file}`,
    `SELECT class, toString(sum(packets)) FROM ${file} GROUP BY class ORDER BY class`,
    `SELECT count(), toString(sum(bytes)), toString(min(minute)), count(quoted_dst), count(payload) FROM ${file}`,
    `SELECT DISTINCT toString(CAST(src AS IPv6)) AS a FROM ${file} ORDER BY a`,
  );
  assert.deepEqual(
    types.data.map(([name, type]) => [name, type]),
    flowColumns.map(({ name, clickhouse }) => [name, typeInFile(clickhouse)]),
  );
  assert.deepEqual(sums.data, byClass());
  const least = Math.min(...rows.map(({ minute }) => Number(minute)));
  assert.deepEqual(all.data[0].map(String), [
    String(rows.length),
    String(total(rows, 'bytes')),
    new Date(least).toISOString().replace('T', ' ').replace('Z', ''),
    String(rows.filter((row) => row.quoted_dst !== 'null').length),
    String(rows.filter((row) => row.payload !== 'null').length),
  ]);
  const expected = [...new Set(rows.map(({ src }) => address(src)))].toSorted();
  assert.deepEqual(sources.data.flat(), expected);
  assert.ok(expected.some((text) => text.startsWith('::ffff:')) && expected.some((text) => text.startsWith('2')));
});

test('ClickHouse accepts the DDL of clickhouseColumns and takes the file into it, value by value', () => {
  const names = flowColumns.map(({ name }) => name);
  const texts = flowColumns.map(({ name, type, clickhouse }) => {
    if (type === 'timestamp_ms') return `toString(toUnixTimestamp64Milli(${name}))`;
    if (clickhouse.includes('IPv6')) return `lower(hex(${name}))`;
    return type === 'bytes' ? `lower(hex(${name}))` : `toString(${name})`;
  });
  const [, , described, taken, byClasses, ipv6] = ask(
    `CREATE TABLE flows (${clickhouseColumns()}) ENGINE = MergeTree ORDER BY (minute, src, dst)`,
    `INSERT INTO flows SELECT * FROM file('${out}', Parquet)`,
    'DESCRIBE flows',
    `SELECT ${texts.join()} FROM flows`,
    'SELECT class, toString(sum(packets)) FROM flows GROUP BY class ORDER BY class',
    `SELECT toString(sum(packets)) FROM flows WHERE dst >= toIPv6('2d00::') AND dst < toIPv6('2d01::')`,
  );
  assert.deepEqual(
    described.data.map(([name, type, , , comment]) => ({ name, type, comment })),
    flowColumns.map(({ name, clickhouse, sentence }) => ({ name, type: clickhouse, comment: sentence })),
  );
  const lines = (values: readonly (readonly unknown[])[]): string[] =>
    values.map((row) => row.map(String).join('|')).toSorted();
  assert.deepEqual(lines(taken.data), lines(rows.map((row) => names.map((name) => row[name as keyof PlainRow]))));
  assert.deepEqual(byClasses.data, byClass());
  const inside = rows.filter(({ dst }) => dst.startsWith('2d00'));
  assert.ok(inside.length > 0);
  assert.deepEqual(ipv6.data, [[String(total(inside, 'packets'))]]);
});
