/** The column table keeps its promises: every column explained, named once, and present in all that derives from it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clickhouseColumns, columnsMarkdown, FLOW_SCHEMA, flowColumns } from './columns.ts';
import { LENGTHS, ROW_WORDS } from './row.ts';

const WIDTH = { u8: 8, u16: 16, u32: 32 } as const;
const CLICKHOUSE = {
  u8: 'UInt8',
  u16: 'UInt16',
  u32: 'UInt32',
  u64: 'UInt64',
  timestamp_ms: "DateTime64(3, 'UTC')",
  fixed16: 'IPv6',
  string: 'LowCardinality(String)',
  bytes: 'String',
} as const;

test('flowColumns have names of their own, in lower case', () => {
  const names = flowColumns.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const name of names) assert.match(name, /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
});

for (const { name, type, nullable = false, clickhouse, unit, sentence, field, isKey } of flowColumns) {
  test(`flowColumns explains ${name} in one sentence, and its types agree`, () => {
    assert.match(sentence, /^[A-Z].{10,}\.$/);
    assert.doesNotMatch(sentence, /[|\n]/);
    assert.equal(clickhouse, nullable ? `Nullable(${CLICKHOUSE[type]})` : CLICKHOUSE[type]);
    const unitInName = /_(us|ms)$/.exec(name)?.[1];
    if (unitInName !== undefined) assert.equal(unit, unitInName.replace('us', 'µs'));
    assert.ok(isKey !== false, 'a key, or nothing said');
    if (field === undefined) return;
    assert.ok(type in WIDTH, 'a bit field is a number');
    assert.ok(field.word >= 0 && (field.word < ROW_WORDS || field.word === LENGTHS));
    assert.ok(
      field.shift >= 0 && field.shift + WIDTH[type as keyof typeof WIDTH] <= 32,
      'a field lies within its word',
    );
  });
}

test('flowColumns’ bit fields do not overlap', () => {
  const taken = new Map<string, string>();
  for (const { name, type, field } of flowColumns) {
    if (field === undefined) continue;
    for (let bit = 0; bit < WIDTH[type as keyof typeof WIDTH]; bit++) {
      const place: string = `${field.word}.${field.shift + bit}`;
      assert.equal(taken.get(place), undefined, `${name} at ${place}`);
      taken.set(place, name);
    }
  }
});

test('FLOW_SCHEMA has every column in the table’s order', () => {
  assert.deepEqual(
    FLOW_SCHEMA.map(({ name, type, nullable }) => [name, type, nullable]),
    flowColumns.map(({ name, type, nullable }) => [name, type, nullable ?? false]),
  );
});

test('clickhouseColumns writes a line for every column, its sentence quoted', () => {
  const lines = clickhouseColumns().split(',\n');
  assert.equal(lines.length, flowColumns.length);
  for (const [index, { name, clickhouse, sentence }] of flowColumns.entries()) {
    const [, comment] = / COMMENT '((?:[^'\\]|\\.)*)'$/.exec(lines[index]) ?? [];
    assert.ok(lines[index].startsWith(`  ${name} ${clickhouse} COMMENT '`), lines[index]);
    assert.equal(comment?.replace(/\\(.)/g, '$1'), sentence);
  }
});

test('columnsMarkdown writes a row of as many cells for every column', () => {
  const [head, rule, ...rows] = columnsMarkdown().split('\n');
  const cells = (line: string): string[] => line.split('|').slice(1, -1);
  assert.equal(rows.length, flowColumns.length);
  for (const line of [head, rule, ...rows]) assert.equal(cells(line).length, 6, line);
  for (const [index, { name, sentence, unit }] of flowColumns.entries()) {
    assert.deepEqual(
      [0, 3, 5].map((cell) => cells(rows[index])[cell].trim()),
      [`\`${name}\``, unit, sentence],
    );
  }
});
