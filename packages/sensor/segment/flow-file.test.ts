/** The file appears whole or not at all; what fails on the way is in flow-file-disk.test.ts. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, test } from 'node:test';
import { ROW_WORDS } from '@noroshi/wire/flow/row.ts';
import { RowStore } from '@noroshi/wire/flow/row-store.ts';
import { readFooter, ROW_GROUPS_MAX } from '@noroshi/wire/segment/parquet.ts';
import { COMPRESSIONS, FlowFile, GroupEncoder, type SegmentFacts } from './flow-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'noroshi-flow-file-'));
after(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
});

const path = join(folder, 'x.parquet');
const FACTS: SegmentFacts = {
  version: 1,
  sensor: 'test',
  sequence: 7,
  minute_from_ms: 60_000,
  minute_to_ms: 120_000,
  first_ms: 60_001,
  last_ms: 60_002,
  exposure: [],
  counters: { received: 5, kept: 5, filtered: {}, dropped: {} },
};

/** Five rows of zeros and one packet each, but for the port in `ports`. */
function storeOf(...ports: readonly number[]): RowStore {
  const store = new RowStore(16);
  store.minutes.push(1);
  for (const port of ports) {
    const at = store.add() * ROW_WORDS;
    store.words.fill(0, at, at + ROW_WORDS);
    store.words[at + 2] = port;
    store.words[at + 6] = 1;
  }
  return store;
}

const groupOf = (...ports: readonly number[]) => new GroupEncoder('none').encode(storeOf(...ports));
const files = (): string[] => readdirSync(folder).toSorted();

test('FlowFile has its name only when it is finished, and then it is whole', () => {
  const file = new FlowFile(path);
  assert.deepEqual(files(), ['x.parquet.part']);
  file.add(groupOf(1, 2, 3));
  file.add(groupOf(4, 5));
  assert.deepEqual(files(), ['x.parquet.part']);
  const segment = file.finish(FACTS);
  assert.deepEqual(files(), ['x.parquet']);
  const read = readFooter(readFileSync(path));
  assert.ok(read.ok);
  assert.deepEqual([read.footer.rowCount, read.footer.groups.length], [5, 2]);
  assert.deepEqual(JSON.parse(read.footer.keyValue['noroshi.segment']), segment);
  assert.equal(file.byteLength, readFileSync(path).length);
});

test('FlowFile replaces an older file only at the end', () => {
  writeFileSync(path, 'older');
  const file = new FlowFile(path);
  file.add(groupOf(1, 2, 3, 4, 5));
  assert.equal(readFileSync(path, 'utf8'), 'older');
  file.finish(FACTS);
  assert.equal(readFileSync(path, 'latin1').slice(0, 4), 'PAR1');
});

test('FlowFile.abandon leaves nothing behind, and an older file as it was', () => {
  writeFileSync(path, 'older');
  const file = new FlowFile(path);
  file.add(groupOf(1));
  file.abandon();
  assert.deepEqual(files(), ['x.parquet']);
  assert.equal(readFileSync(path, 'utf8'), 'older');
});

test('FlowFile of the same groups has the same digest, of others another', () => {
  const digestOf = (ports: readonly number[]): string => {
    const file = new FlowFile(path);
    file.add(groupOf(...ports));
    return file.finish(FACTS).digest;
  };
  assert.equal(digestOf([1, 2, 3, 4, 5]), digestOf([1, 2, 3, 4, 5]));
  assert.notEqual(digestOf([1, 2, 3, 4, 5]), digestOf([1, 2, 3, 4, 6]));
});

for (const compression of COMPRESSIONS) {
  test(`GroupEncoder with compression ${compression} encodes a store as it did the first time`, () => {
    const encoder = new GroupEncoder(compression);
    const first = encoder.encode(storeOf(1, 2, 3));
    const bytes = Buffer.concat(first.chunks);
    encoder.encode(storeOf(9, 8, 7, 6, 5));
    const again = encoder.encode(storeOf(1, 2, 3));
    assert.deepEqual([again.digest, again.meta], [first.digest, first.meta]);
    assert.deepEqual(Buffer.concat(again.chunks), bytes);
  });
}

test('FlowFile.add refuses more row groups than readers take, in words', () => {
  const file = new FlowFile(path);
  const group = groupOf(1);
  for (let count = 0; count < ROW_GROUPS_MAX; count++) file.add(group);
  assert.throws(() => file.add(group), /^RangeError: Cannot write .*x\.parquet: more than \d+ row groups/);
  file.abandon();
  assert.deepEqual(files(), []);
});

test('FlowFile in a folder that is not there says so', () => {
  assert.throws(() => new FlowFile(join(folder, 'nowhere', 'x.parquet')), { code: 'ENOENT' });
});

test('FlowFile.finish refuses facts that contradict themselves, and leaves no file', () => {
  const file = new FlowFile(path);
  file.add(groupOf(1));
  assert.throws(() => file.finish({ ...FACTS, counters: { ...FACTS.counters, received: 9 } }), /RangeError/);
  file.abandon();
  assert.deepEqual([files(), existsSync(path)], [[], false]);
});
