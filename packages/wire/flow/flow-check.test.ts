/** FlowCheck accepts every row that ColumnWriter can write, and says which column is wrong otherwise. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import * as fc from 'fast-check';
import { CLASSES } from '../classify/class.ts';
import { MARKS } from '../classify/marks/index.ts';
import { PREDICATES } from '../classify/predicates.ts';
import type { ByteSource } from '../segment/group-read.ts';
import { readRowGroup } from '../segment/group-read.ts';
import { type ColumnData, encodeRowGroup, joinChunks } from '../segment/parquet.ts';
import { FLOW_SCHEMA, type FlowColumnName } from './columns.ts';
import { FlowCheck } from './flow-check.ts';
import { layoutText } from './options.ts';
import * as row from './row.ts';
import { RowStore } from './row-store.ts';
import { ColumnWriter } from './to-columns.ts';

const FIRST_MINUTE = 29_000_000;
const BOUNDS = { minute_from_ms: FIRST_MINUTE * 60_000, minute_to_ms: (FIRST_MINUTE + 2) * 60_000 };

/** Rows whose words are random as far as a sensor may have them so. */
function storeOf(count: number, words: (number: number) => Partial<Record<number, number>>): RowStore {
  const store = new RowStore(count);
  store.minutes.push(FIRST_MINUTE, FIRST_MINUTE + 1);
  for (let number = 0; number < count; number++) {
    const at = store.add() * row.ROW_WORDS;
    store.words.fill(0, at, at + row.ROW_WORDS);
    store.words[at + row.PACKETS] = 1;
    store.lengths[number] = 0;
    store.optionNumbers[number] = 0;
    for (const [word, value] of Object.entries(words(number))) store.words[at + Number(word)] = value ?? 0;
  }
  return store;
}

/** What is wrong with the rows; undefined for nothing. */
function stateOf(
  store: RowStore,
  change: (columns: Record<FlowColumnName, ColumnData>) => Record<string, ColumnData> = (columns) => columns,
  check = new FlowCheck(BOUNDS),
): string | undefined {
  const columns = change(new ColumnWriter().columns(store));
  const group = encodeRowGroup(FLOW_SCHEMA, columns, store.count, { crc32 });
  const bytes = joinChunks(group);
  let at = 0;
  const source: ByteSource = {
    peek: (length) => bytes.subarray(at, at + length),
    take(length) {
      at += length;
      return bytes.subarray(at - length, at);
    },
  };
  const options = { checks: check.columns, crc32, inflate: () => 'damaged' as const, budget: { plain_bytes: 2 ** 30 } };
  const result = readRowGroup(FLOW_SCHEMA, { meta: group.meta, fileOffset: 4 }, source, options);
  return result.ok ? undefined : `${result.failure.column}: ${result.failure.state}`;
}

test('FlowCheck accepts any class, any marks, any predicates and any other bits of a row', () => {
  const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
  const rows = fc.array(fc.array(word, { minLength: 16, maxLength: 16 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(rows, (all) => {
      const store = storeOf(all.length, (number) => {
        const words = all[number] ?? [];
        const first_us = Math.abs(words[9] ?? 0) % 60_000_000;
        const meta = (Math.abs(words[3] ?? 0) % CLASSES.length) << row.META_CLASS_SHIFT;
        return {
          ...Object.fromEntries(words.entries()),
          [row.META]: meta | ((words[3] ?? 0) & 1) | ((words[3] ?? 0) & 0x7f000000),
          [row.MARKS_WORD]: Math.abs(words[4] ?? 0) % 2 ** MARKS.length,
          [row.QUOTE]: 0,
          [row.PACKETS]: 1 + (Math.abs(words[6] ?? 0) % 1000),
          [row.BYTES_HIGH]: 0,
          [row.FIRST_US]: first_us,
          [row.LAST_US]: first_us + (Math.abs(words[10] ?? 0) % (60_000_000 - first_us)),
          [row.TTL_FLAGS]: (words[11] ?? 0) & 0x0fffffff,
          [row.CLIENT_PORTS]: ((words[12] ?? 0) & 0xffff) | (0xffff << row.CLIENT_MAX_SHIFT),
          [row.PREDICATES_WORD]: Math.abs(words[13] ?? 0) % 2 ** PREDICATES.length,
        };
      });
      assert.equal(stateOf(store), undefined);
    }),
    { numRuns: 60 },
  );
});

test('FlowCheck accepts every layout of TCP options that layoutText can write', () => {
  const texts: string[] = [];
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (options) => {
      texts.push(layoutText(new DataView(options.buffer, 0, options.length), 0, options.length));
    }),
    { numRuns: 2000 },
  );
  texts.push(layoutText(new DataView(new Uint8Array(40).fill(1).buffer), 0, 40));
  texts.push(layoutText(new DataView(Uint8Array.from([...new Array<number>(39).fill(1), 255]).buffer), 0, 40));
  const store = storeOf(texts.length, () => ({}));
  store.options.texts.push(...texts.slice(0, 60_000).filter((text) => text !== '__'));
  const layouts = store.options.texts.length;
  for (let number = 0; number < texts.length; number++) store.optionNumbers[number] = number % layouts;
  assert.equal(stateOf(store), undefined);
});

test('FlowCheck sums packets over row groups, narrow and wide', () => {
  const check = new FlowCheck(BOUNDS);
  const packets = [1, 255, 256, 4_000_000_000];
  for (const most of [1, 2, 3, 4]) {
    const store = storeOf(most, (number) => ({ [row.PACKETS]: packets[number] | 0 }));
    assert.equal(stateOf(store, undefined, check), undefined);
  }
  const sum = 1 + 256 + 512 + 4_000_000_512;
  assert.equal(check.packets, sum);
  assert.equal(check.state(sum), undefined);
  assert.match(check.state(sum + 1) ?? '', /not the packets kept/);
});

test('FlowCheck finds one wrong value among many, in every form a column may take', () => {
  const rows = 70_000;
  const store = storeOf(rows, (number) => ({ [row.FIRST_US]: number, [row.LAST_US]: number }));
  assert.equal(stateOf(store), undefined);
  const withValue = (name: FlowColumnName, values: Uint8Array | Uint16Array | Uint32Array): string | undefined => {
    return stateOf(store, (columns) => ({ ...columns, [name]: { kind: 'values', values } }));
  };
  const wide = new Uint32Array(rows).map((_, index) => index);
  wide[50_000] = 60_000_000;
  assert.match(withValue('first_us', wide) ?? '', /^first_us: a value/);
  const flags = new Uint16Array(rows).map((_, index) => index % 0x1001);
  assert.match(withValue('tcp_flags', flags) ?? '', /^tcp_flags: a value/);
  const none = new Uint8Array(rows).fill(3);
  none[69_999] = 0;
  assert.match(withValue('packets', none) ?? '', /^packets: a value/);
  const large = new Uint32Array(rows * 2).fill(1);
  large[1001] = 0x200000;
  assert.match(withValue('bytes', large) ?? '', /^bytes: a value/);
});

test('FlowCheck looks for destinations in every form of a column of addresses', () => {
  const own = { ...BOUNDS, prefixes: ['25.37.0.0/20', '2d00::/64'] };
  const store = storeOf(40, (number) => ({ [row.SRC]: number * 77_777_777, [row.DST]: 0x19250000 + number }));
  assert.equal(stateOf(store, undefined, new FlowCheck(own)), undefined);
  const withDst = (data: ColumnData): string | undefined => {
    return stateOf(store, (columns) => ({ ...columns, dst: data }), new FlowCheck(own));
  };
  const ipv4 = (last: number): Uint8Array =>
    Uint8Array.from([...new Array<number>(10).fill(0), 255, 255, 25, 37, 0, last]);
  const ipv6 = (first: number): Uint8Array => Uint8Array.from([0x2d, first, ...new Array<number>(13).fill(0), 9]);
  const many = (more: Uint8Array): ColumnData => {
    const entries = Array.from({ length: 40 }, (_, index) => (index === 33 ? more : ipv4(index)));
    return { kind: 'values', values: Uint8Array.from(entries.flatMap((entry) => [...entry])) };
  };
  const mixed = (whole: Uint8Array): ColumnData => {
    const tails = Uint8Array.from({ length: 160 }, (_, index) => [25, 37, 1, 2][index % 4]);
    return { kind: 'tails', prefix: ipv4(0).subarray(0, 12), tails, whole: Uint32Array.of(7), wholes: whole };
  };
  const indices = Uint8Array.from({ length: 40 }, (_, index) => index % 2);
  for (const form of [
    many,
    mixed,
    (more: Uint8Array): ColumnData => ({ kind: 'dictionary', indices, entries: [ipv4(1), more] }),
    (more: Uint8Array): ColumnData => ({ kind: 'constant', value: more }),
  ]) {
    assert.equal(withDst(form(ipv6(0))), undefined);
    assert.match(withDst(form(ipv6(1))) ?? '', /^dst: an address that is not the sensor’s$/);
  }
  const unused = {
    kind: 'dictionary',
    indices: indices.map(() => 0).fill(1, 3, 9),
    entries: [ipv4(1), ipv4(2), ipv6(1)],
  };
  assert.equal(withDst(unused as ColumnData), undefined, 'an entry that no row has');
});
