/** ColumnWriter against reading the packed rows one by one, on both sides of every threshold at which a column changes its form. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { CLASSES } from '../classify/class.ts';
import { markNames } from '../classify/marks/index.ts';
import { PREDICATES, predicateNames } from '../classify/predicates.ts';
import { type Plain, plainOf } from '../segment/testing.ts';
import { FLOW_SCHEMA, flowColumns } from './columns.ts';
import * as row from './row.ts';
import { RowStore } from './row-store.ts';
import { ColumnWriter } from './to-columns.ts';

/** Overwrites words of the row with this number. */
type Shape = (number: number) => Readonly<Record<number, number>>;

function storeOf(count: number, seed: number, shape: Shape = () => ({})): RowStore {
  const store = new RowStore(Math.max(1, count));
  let state = seed | 0;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state ^ (state >>> 15);
  };
  store.minutes.push(28_000_000, 28_000_001, 27_999_999);
  for (let number = 0; number < count; number++) {
    const at = store.add() * row.ROW_WORDS;
    const isIpv6 = random() % 5 === 0;
    for (let word = 0; word < row.ROW_WORDS; word++) store.words[at + word] = random();
    const first_us = random() & 0xffffff;
    const values: Record<number, number> = {
      [row.META]:
        (Math.abs(random()) % 3) |
        (isIpv6 ? row.META_IPV6 : 0) |
        (Math.abs(random() % 9) << row.META_CLASS_SHIFT) |
        (random() << 24),
      [row.MARKS_WORD]: random() & 0x7fff & random(),
      [row.PREDICATES_WORD]: random() & random() & random() & 0x3fffffff,
      [row.QUOTE]: 0,
      [row.PACKETS]: 1,
      [row.BYTES_LOW]: Math.abs(random()) % 1500,
      [row.BYTES_HIGH]: 0,
      [row.FIRST_US]: first_us,
      [row.LAST_US]: first_us,
      [row.CLIENT_PORTS]: 4321 | (4321 << 16),
      ...shape(number),
    };
    for (const [word, value] of Object.entries(values)) store.words[at + Number(word)] = value;
    if (isIpv6) {
      store.words[at + row.SRC] = store.address(random(), 0, random(), number);
      store.words[at + row.DST] = store.address(0x20010db8, 0, 0, number % 9);
    }
    if (random() % 11 === 0) {
      store.quotes.key.set([0, 0, 0xffff, random(), (17 << 16) | (number & 0xffff)]);
      store.words[at + row.QUOTE] = store.quotes.intern();
    }
    store.lengths[number] = random();
    store.optionNumbers[number] = 0;
    if (random() % 4 === 0) store.sample(number, new Uint8Array(200).fill(number), number % 50, 1 + (number % 140));
  }
  return store;
}

/** What the row says in each column, read the slow way. */
function plainRow(store: RowStore, number: number): Record<string, Plain> {
  const words = store.words.subarray(number * row.ROW_WORDS, (number + 1) * row.ROW_WORDS);
  const hex = (parts: ArrayLike<number>): string =>
    Array.from(parts, (w) => (w >>> 0).toString(16).padStart(8, '0')).join('');
  const address = (value: number): string => {
    if ((words[row.META] & row.META_IPV6) === 0) return hex([0, 0, 0xffff, value]);
    return hex(store.addresses.words.subarray((value - 1) * 4, value * 4));
  };
  const quote = words[row.QUOTE] === 0 ? undefined : store.quotes.words.subarray((words[row.QUOTE] - 1) * 5);
  const fields = flowColumns.flatMap(({ name, type, field }): [string, string][] => {
    if (field === undefined) return [];
    const word = field.word === row.LENGTHS ? store.lengths[number] : words[field.word];
    const width = { u8: 0xff, u16: 0xffff, u32: 0xffffffff }[type as 'u8'];
    return [[name, String(((word >>> field.shift) & width) >>> 0)]];
  });
  const special = {
    minute: String(store.minutes[words[row.META] & 0xffff] * 60_000),
    src: address(words[row.SRC]),
    dst: address(words[row.DST]),
    class: CLASSES[(words[row.META] >>> row.META_CLASS_SHIFT) & row.META_CLASS_MASK].name,
    marks: markNames(words[row.MARKS_WORD]).join(' '),
    predicates: predicateNames(words[row.PREDICATES_WORD]).join(' '),
    packets: String(words[row.PACKETS] >>> 0),
    bytes: String((BigInt(words[row.BYTES_HIGH] >>> 0) << 32n) | BigInt(words[row.BYTES_LOW] >>> 0)),
    duration_us: String(words[row.LAST_US] - words[row.FIRST_US]),
    client_port_spread: String((words[row.CLIENT_PORTS] >>> 16) - (words[row.CLIENT_PORTS] & 0xffff)),
    tcp_options_first: store.options.texts[store.optionNumbers[number]],
    quoted_dst: quote === undefined ? null : hex(quote.subarray(0, 4)),
    quoted_proto: quote === undefined ? '0' : String(quote[4] >>> 16),
    quoted_port: quote === undefined ? '0' : String(quote[4] & 0xffff),
    payload: store.payloadBytes[number] === 0 ? null : payloadOf(store, number),
  };
  return { ...Object.fromEntries(fields), ...special };
}

function payloadOf(store: RowStore, number: number): string {
  const from = store.payloadAt[number];
  return Array.from(store.arena.subarray(from, from + store.payloadBytes[number]), (b) =>
    b.toString(16).padStart(2, '0'),
  ).join('');
}

/** Compares every column (or the named ones) of the writer with the rows. */
function compare(writer: ColumnWriter, store: RowStore, only?: readonly string[]): void {
  const columns = writer.columns(store);
  const rows = Array.from({ length: store.count }, (_, number) => plainRow(store, number));
  for (const column of FLOW_SCHEMA) {
    if (only !== undefined && !only.includes(column.name)) continue;
    const actual = plainOf(column, columns[column.name as keyof typeof columns], store.count);
    const wrong = rows.findIndex((values, number) => values[column.name] !== actual[number]);
    assert.equal(wrong, -1, `${column.name} of row ${wrong}: ${actual[wrong]}, expected ${rows[wrong]?.[column.name]}`);
  }
}

test('ColumnWriter gives every column of any rows, blocks and reuse notwithstanding', () => {
  const count = fc.oneof(fc.constantFrom(1, 1023, 1024, 1025, 2049), fc.nat(300));
  const writer = new ColumnWriter();
  fc.assert(
    fc.property(fc.array(fc.tuple(count, fc.integer()), { minLength: 1, maxLength: 3 }), (stores) => {
      for (const [rows, seed] of stores) compare(writer, storeOf(rows, seed));
    }),
    { numRuns: 15 },
  );
});

const THRESHOLDS: Readonly<Record<string, { rows: number; shape: Shape; columns: readonly string[] }>> = {
  '255 rows of more than one instant': spread(255),
  '256 rows of more than one instant': spread(256),
  '257 rows of more than one instant': spread(257),
  'packets of 255': { rows: 9, shape: (n) => ({ [row.PACKETS]: 255 - n }), columns: ['packets'] },
  'packets of 256': { rows: 2000, shape: (n) => ({ [row.PACKETS]: n === 1500 ? 256 : 1 }), columns: ['packets'] },
  'packets beyond 31 bits': { rows: 3, shape: () => ({ [row.PACKETS]: 0xf0000000 | 0 }), columns: ['packets'] },
  '65,535 rows of few bytes': { rows: 65_535, shape: () => ({ [row.BYTES_LOW]: 65_535 }), columns: ['bytes'] },
  '65,536 rows of few bytes': { rows: 65_536, shape: () => ({ [row.BYTES_LOW]: 65_535 }), columns: ['bytes'] },
  '65,536 rows, one of many bytes': bytes(65_536, 0),
  '65,536 rows, one beyond 32 bits': bytes(0, 1),
  '65,536 rows, one beyond 31 bits': bytes(-1, 0),
};

function spread(rows: number): (typeof THRESHOLDS)[string] {
  const shape: Shape = (n) =>
    n % 5 === 0 || n >= rows * 1.25
      ? {}
      : { [row.FIRST_US]: 7, [row.LAST_US]: 59_000_007 - n, [row.CLIENT_PORTS]: n << 17 };
  return { rows: 1200, shape, columns: ['duration_us', 'client_port_spread', 'client_port_min'] };
}

function bytes(low: number, high: number): (typeof THRESHOLDS)[string] {
  const shape: Shape = (n): Record<number, number> =>
    n === 65_000 ? { [row.BYTES_LOW]: low, [row.BYTES_HIGH]: high } : {};
  return { rows: 65_536, shape, columns: ['bytes'] };
}

for (const [name, { rows, shape, columns }] of Object.entries(THRESHOLDS)) {
  test(`ColumnWriter writes ${columns[0]} right with ${name}`, () =>
    compare(new ColumnWriter(), storeOf(rows, 3, shape), columns));
}

for (const sets of [65_536, 65_537]) {
  test(`ColumnWriter names ${sets} sets of predicates`, () => {
    const shape: Shape = (number) => ({ [row.PREDICATES_WORD]: number % sets });
    const store = storeOf(sets + 100, 5, shape);
    const { predicates } = new ColumnWriter().columns(store);
    assert.equal(predicates.kind, sets > 65_536 ? 'blobs' : 'dictionary');
    const column = { name: 'predicates', type: 'string' } as const;
    for (const [number, text] of plainOf(column, predicates, store.count).entries()) {
      if (number % 97 === 0 || number >= 65_530) assert.equal(text, predicateNames(number % sets).join(' '));
    }
    assert.ok(PREDICATES.length >= 17);
  });
}
