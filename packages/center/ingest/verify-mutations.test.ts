/**
 * Segments with bytes changed, as they break on the way and as somebody would forge them. The law: verifyFile says no, or the rows are
 * as before (broken), or at least rows that the metadata describe and every reader can read (forged: digests made anew).
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { parquetReadObjects } from 'hyparquet';
import { CLASSES } from '@noroshi/wire/classify/class.ts';
import { BUFFER_BYTES } from './file-source.ts';
import { FROM_MS, makeSegment, randomOf, resign, type SegmentPlan } from './testing.ts';
import { type Verified, verifyFile } from './verify.ts';

const folder = mkdtempSync(join(tmpdir(), 'noroshi-mutations-'));
const buffer = new Uint8Array(BUFFER_BYTES);
after(() => rmSync(folder, { recursive: true }));

function verified(file: Uint8Array): Verified {
  const path = join(folder, 'segment.parquet');
  writeFileSync(path, file);
  return verifyFile({ path, sensor: 'tokyo-1', sequence: 7 }, buffer);
}

type Rows = Record<string, unknown>[];

function rowsOf(file: Buffer): Promise<Rows> {
  const compressors = {
    GZIP: (bytes: Uint8Array) => new Uint8Array(gunzipSync(bytes)),
    ZSTD: (bytes: Uint8Array) => new Uint8Array(zstdDecompressSync(bytes)),
  };
  return parquetReadObjects({ file: new Uint8Array(file).buffer, utf8: false, compressors }) as Promise<Rows>;
}

/** One way of damaging bytes, somewhere in [from, to). */
function damage(file: Buffer, random: (below: number) => number, from: number, to: number): Buffer {
  const at = from + random(to - from);
  const bytes = Buffer.from(file);
  switch (random(5)) {
    case 0:
      bytes[at] ^= 1 << random(8);
      return bytes;
    case 1:
      bytes[at] = [0, 1, 0x7f, 0x80, 0xff][random(5)] ?? 0;
      return bytes;
    case 2:
      bytes.copy(bytes, at, from + random(to - from), Math.min(to, at + random(40)));
      return bytes;
    case 3:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.min(to, at + 1 + random(9)))]);
    default:
      return Buffer.concat([bytes.subarray(0, at), Buffer.alloc(1 + random(9), random(256)), bytes.subarray(at)]);
  }
}

const PLANS: readonly SegmentPlan[] = [
  { groups: [40, 7], minutes: 3 },
  { groups: [40], minutes: 3, withCrc: false },
  { groups: [30], compression: 'zstd' },
  { groups: [30], compression: 'gzip', withCrc: false },
];

for (const [index, plan] of PLANS.entries()) {
  test(`verifyFile accepts no changed file whose rows are others: ${JSON.stringify(plan)}`, async () => {
    const file = makeSegment(plan);
    const rows = await rowsOf(file);
    const random = randomOf(index + 1);
    for (let round = 0; round < 500; round++) {
      const broken = damage(file, random, 0, file.length);
      if (verified(broken).ok) assert.deepEqual(await rowsOf(broken), rows, `round ${round}`);
    }
  });
}

const CLASS_NAMES = new Set<unknown>(CLASSES.map(({ name }) => Buffer.from(name).toString('latin1')));

/** What must hold of rows that were accepted, whoever wrote them. */
function checkRows(rows: Rows, kept: number, count: number): void {
  assert.equal(rows.length, count);
  assert.equal(
    rows.reduce((sum, { packets }) => sum + Number(packets), 0),
    kept,
  );
  for (const { minute, class: name, payload } of rows) {
    const minute_ms = Number(minute);
    assert.ok(minute_ms >= FROM_MS && minute_ms < FROM_MS + 180_000 && minute_ms % 60_000 === 0);
    assert.ok(CLASS_NAMES.has(typeof name === 'string' ? name : Buffer.from(name as Uint8Array).toString('latin1')));
    assert.ok(payload === undefined || payload === null || (payload as Uint8Array).length <= 128);
  }
}

for (const [index, plan] of PLANS.entries()) {
  test(`verifyFile accepts of forged files only rows that hold: ${JSON.stringify(plan)}`, async () => {
    const file = makeSegment(plan);
    const random = randomOf(index + 100);
    let accepted = 0;
    for (let round = 0; round < 1000; round++) {
      const forged = resign(damage(file, random, 4, file.length));
      const result = forged && verified(forged);
      if (forged === undefined || result?.ok !== true) continue;
      accepted += 1;
      checkRows(await rowsOf(forged), result.segment.counters.kept, result.segment.rows);
    }
    // Without checksums most changed values are values like any other: the test would be empty if none came through.
    if (plan.withCrc === false && plan.compression === undefined) assert.ok(accepted > 100, `${accepted} accepted`);
  });
}
