/** The spool: one sequence without a gap, bounded, and nothing that it gives up is forgotten. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createLog, SILENT } from '@noroshi/kit/log.ts';
import { FlowFile } from './segment/flow-file.ts';
import { Refused } from './spool/refused.ts';
import { Spool, type SpoolOptions } from './spool/spool.ts';
import { scratch } from './testing/captures.ts';
import { BEGIN_MS, commitRows, factsOf, rowsOf } from './testing/pieces.ts';
import { complaints, segmentsIn, sumsOf } from './testing/segments.ts';

const at = scratch();
const FIVE = rowsOf(5);
let number = 0;

function folderOf(): string {
  return at(`spool-${number++}`);
}

function open(folder: string, options: Partial<SpoolOptions> = {}): Spool {
  return new Spool({ folder, sensor: 'test', log: SILENT, ...options });
}

function sequences(folder: string): number[] {
  return segmentsIn(folder).map(({ segment }) => segment.sequence);
}

const full = (): never => {
  throw Object.assign(new Error('no space'), { code: 'ENOSPC', syscall: 'write' });
};

test('Spool.commit: numbers segments from 0 on, and goes on after a restart', () => {
  const folder = folderOf();
  let spool = open(folder);
  assert.deepEqual([spool.nextSequence, spool.waiting, spool.coveredTo_ms], [0, 0, undefined]);
  for (let turn = 0; turn < 3; turn++) {
    commitRows(spool, FIVE);
    commitRows(spool, undefined);
    spool.close();
    spool = open(folder);
  }
  assert.deepEqual(sequences(folder), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual([spool.nextSequence, spool.waiting, spool.coveredTo_ms], [6, 6, BEGIN_MS + 60_000]);
  assert.deepEqual(complaints(segmentsIn(folder).map(({ segment }) => segment)), []);
  spool.close();
});

test('Spool: the number goes on when everything was acknowledged', () => {
  const folder = folderOf();
  let spool = open(folder);
  commitRows(spool, FIVE);
  const segment = spool.take();
  assert.ok(segment !== undefined && spool.take() === undefined);
  spool.acknowledge(segment);
  assert.deepEqual([spool.waiting, spool.bytes, existsSync(segment.path)], [0, 0, false]);
  spool.close();
  spool = open(folder);
  commitRows(spool, FIVE);
  assert.deepEqual(sequences(folder), [1]);
  spool.close();
});

test('Spool.take: the oldest first, each once, again when it came back', () => {
  const spool = open(folderOf());
  for (let index = 0; index < 3; index++) commitRows(spool, FIVE);
  const [first, second] = [spool.take(), spool.take()];
  assert.deepEqual([first?.sequence, second?.sequence], [0, 1]);
  if (first !== undefined) spool.giveBack(first);
  assert.deepEqual([spool.take()?.sequence, spool.take()?.sequence, spool.take()], [0, 2, undefined]);
  spool.close();
});

test('Spool.shed: gives up the oldest, and the next segment reports every packet of it', () => {
  const folder = folderOf();
  const spool = open(folder, { filesMax: 3 });
  for (let index = 0; index < 6; index++) {
    commitRows(spool, FIVE, { elsewhere: index });
    spool.shed();
  }
  commitRows(spool, undefined);
  const segments = segmentsIn(folder).map(({ segment }) => segment);
  assert.deepEqual(sequences(folder), [4, 5, 6]);
  assert.equal(spool.dropped, 4);
  const sums = sumsOf(segments);
  assert.deepEqual(sums.dropped, { spool_full: 20 });
  assert.deepEqual([sums.kept, sums.filtered, sums.received], [10, { elsewhere: 15 }, 45]);
  spool.close();
});

test('Spool.shed: is bounded in bytes and by the room that the disk must keep', () => {
  const folder = folderOf();
  let free = 1e9;
  const spool = open(folder, { bytesMax: 40_000, freeBytesMin: 1e6, freeBytes: () => free });
  for (let index = 0; index < 20; index++) {
    commitRows(spool, FIVE);
    spool.shed();
    assert.ok(spool.bytes < 40_000);
  }
  assert.ok(spool.waiting > 1);
  free = 1000;
  spool.shed();
  assert.equal(spool.waiting, 0);
  spool.close();
});

test('Spool.shed: leaves what is being sent, and takes what never was before what was', () => {
  const folder = folderOf();
  const spool = open(folder, { filesMax: 2 });
  for (let index = 0; index < 3; index++) commitRows(spool, FIVE);
  const [zero, one] = [spool.take(), spool.take()];
  if (one !== undefined) spool.giveBack(one);
  spool.shed();
  assert.deepEqual([zero?.sequence, sequences(folder)], [0, [0]], 'first 2, never sent, then 1, sent before');
  spool.close();
});

test('Spool.refuse: puts the segment aside with its reason and counts its packets as lost', () => {
  const folder = folderOf();
  const spool = open(folder);
  commitRows(spool, FIVE, { not_ip: 2 });
  const segment = spool.take();
  assert.ok(segment !== undefined);
  spool.refuse(segment, { type: 'urn:noroshi:problem:wrong' });
  assert.deepEqual(readdirSync(join(folder, 'refused')), ['0000000000000000.parquet', '0000000000000000.problem.json']);
  assert.match(readFileSync(join(folder, 'refused/0000000000000000.problem.json'), 'utf8'), /problem:wrong/);
  commitRows(spool, undefined);
  const [{ segment: next }] = segmentsIn(folder);
  assert.deepEqual([next.sequence, next.counters.filtered, next.counters.dropped], [1, { not_ip: 2 }, { refused: 5 }]);
  assert.equal(spool.refused.count, 1);
  spool.close();
});

test('Refused.add: keeps a number of files and of bytes, the oldest go first', () => {
  const folder = folderOf();
  const refused = new Refused(folder, { filesMax: 3, bytesMax: 250 });
  for (let index = 0; index < 6; index++) {
    writeFileSync(at('x'), new Uint8Array(index === 5 ? 200 : 10));
    refused.add(at('x'), `${index}.parquet`, { index });
    assert.equal(refused.count, Math.min(3, index + 1));
  }
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.endsWith('.parquet')),
    ['3.parquet', '4.parquet', '5.parquet'],
  );
  writeFileSync(at('x'), new Uint8Array(100));
  refused.add(at('x'), '6.parquet', {});
  assert.deepEqual(readdirSync(folder), ['6.parquet', '6.problem.json']);
});

test('Spool: removes half-written files at its start, and takes a finished one that the state does not know', () => {
  const folder = folderOf();
  let spool = open(folder);
  commitRows(spool, FIVE);
  const state = readFileSync(join(folder, 'state.json'));
  commitRows(spool, FIVE);
  spool.close();
  // As after a kill between the file's name and the state; and one in the middle of a file.
  writeFileSync(join(folder, 'state.json'), state);
  writeFileSync(join(folder, 'open-3.part'), 'half');
  spool = open(folder);
  assert.deepEqual([spool.nextSequence, spool.waiting, existsSync(join(folder, 'open-3.part'))], [2, 2, false]);
  commitRows(spool, FIVE);
  assert.deepEqual(sequences(folder), [0, 1, 2]);
  spool.close();
});

test('Spool: a file that is no whole segment is put aside', () => {
  const folder = folderOf();
  mkdirSync(folder);
  writeFileSync(join(folder, '0000000000000000.parquet'), 'PAR1 but not really');
  const lines: string[] = [];
  const log = createLog({ part: 'spool', write: (line) => lines.push(line), now_ms: () => 0 });
  const spool = open(folder, { log });
  assert.deepEqual([spool.waiting, spool.nextSequence, spool.refused.count], [0, 0, 1]);
  assert.match(lines.join(''), /Cannot read a segment of the spool: it is put aside/);
  spool.close();
});

test('Spool: refuses another sensor’s folder, a state that is none, and a folder in use', () => {
  const folder = folderOf();
  const spool = open(folder);
  commitRows(spool, FIVE);
  assert.throws(() => open(folder), /^LockedError: Cannot use .*: process \d+ does$/);
  spool.close();
  assert.throws(() => open(folder, { sensor: 'other' }), /^Error: Cannot use the spool: it belongs to sensor test$/);
  for (const text of ['{', '{}', '{"version":2}', 'null']) {
    writeFileSync(join(folder, 'state.json'), text);
    assert.throws(() => open(folder), /^Error: Cannot use the spool: .*state\.json is not a spool's state$/);
  }
});

test('Spool.commit: without room the segment is given up, said, counted by the next one, and it goes on', () => {
  const folder = folderOf();
  const lines: string[] = [];
  const log = createLog({ part: 'spool', write: (line) => lines.push(line), now_ms: () => 0 });
  const spool = open(folder, { log });
  commitRows(spool, FIVE);
  const file = new FlowFile(join(folder, 'open-99'));
  file.finish = full;
  spool.commit(file, factsOf(FIVE, { elsewhere: 3 }));
  assert.match(
    lines.join(''),
    /error spool disk_full: Cannot keep a segment: no space left on the device {2}packets=5/,
  );
  assert.equal(existsSync(join(folder, 'open-99.part')), false);
  commitRows(spool, FIVE);
  const segments = segmentsIn(folder).map(({ segment }) => segment);
  assert.deepEqual(complaints(segments), []);
  assert.deepEqual(segments[1].counters, {
    received: 13,
    kept: 5,
    filtered: { elsewhere: 3 },
    dropped: { disk_full: 5 },
  });
  spool.close();
});

test('Spool.room: resolves when a segment has gone, or when nobody waits any more', async () => {
  const spool = open(folderOf(), { filesMax: 1 });
  const stop = new AbortController();
  assert.equal(spool.room(stop.signal), undefined);
  commitRows(spool, FIVE);
  const waiting = spool.room(stop.signal);
  assert.ok(waiting !== undefined);
  const segment = spool.take();
  if (segment !== undefined) spool.acknowledge(segment);
  await waiting;
  commitRows(spool, FIVE);
  const again = spool.room(stop.signal);
  stop.abort();
  await again;
  spool.close();
  rmSync(at('spool-0'), { recursive: true, force: true });
});
