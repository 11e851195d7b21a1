/** Disks that are full, broken or slow: a clear error, no file under either name, no descriptor left open. */
import assert from 'node:assert/strict';
import fs, { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, mock, test } from 'node:test';
import { simulateToBytes } from '@noroshi/simulate/main.ts';
import { readFooter } from '@noroshi/wire/segment/parquet.ts';
import { writeFlows } from './flows.ts';

const folder = mkdtempSync(join(tmpdir(), 'noroshi-disk-'));
const capture = join(folder, 'x.pcap');
const out = join(folder, 'x.parquet');
writeFileSync(capture, simulateToBytes({ seed: 42, packets: 20_000, scenario: 'unique', duration_s: 60 }).bytes);
after(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  mock.restoreAll();
  syncBuiltinESMExports();
  rmSync(out, { recursive: true, force: true });
});

const OPTIONS = { paths: [capture], out, compression: 'none', rowsPerMinuteMax: 1000 } as const;
const files = (): string[] => readdirSync(folder).toSorted();
const openFiles = (): number => readdirSync('/proc/self/fd').length;

/** A disk that takes so many bytes a call and has room for so many; gives the number of calls so far. */
function disk({ bytesPerCall = Number.POSITIVE_INFINITY, room = Number.POSITIVE_INFINITY }): () => number {
  const { writeSync } = fs;
  let left = room;
  let calls = 0;
  const take = (fd: number, data: Uint8Array, offset: number, wanted: number, position: number): number => {
    calls++;
    const length = Math.min(left, wanted, bytesPerCall);
    if (length === 0 && wanted > 0) throw failure('ENOSPC');
    left -= length;
    return writeSync(fd, data, offset, length, position);
  };
  mock.method(fs, 'writeSync', take);
  syncBuiltinESMExports();
  return () => calls;
}

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: as the test wants it`), { code });
}

/** Writes the flows, which must fail so and leave neither file nor descriptor. */
async function assertFails(workers: number, code: string): Promise<void> {
  const [filesBefore, openBefore] = [files(), openFiles()];
  await assert.rejects(writeFlows({ ...OPTIONS, workers }), { code });
  assert.deepEqual(files(), filesBefore);
  // Workers that are ended close theirs a little later, which is not the file's matter.
  if (workers === 1) assert.equal(openFiles(), openBefore);
}

test('writeFlows writes on after short writes', async () => {
  const { segment, bytes } = await writeFlows({ ...OPTIONS, workers: 1 });
  const whole = readFileSync(out);
  const calls = disk({ bytesPerCall: 777 });
  assert.deepEqual((await writeFlows({ ...OPTIONS, workers: 1 })).segment, segment);
  assert.ok(calls() >= bytes / 777, `${calls()} calls`);
  assert.ok(readFileSync(out).equals(whole));
  assert.ok(readFooter(new Uint8Array(whole)).ok);
});

const FULL = { 'before the first byte': 0, 'within the header': 3, 'within a row group': 300_000 };
for (const [when, room] of Object.entries(FULL)) {
  for (const workers of [1, 2]) {
    test(`writeFlows with ${workers} workers on a disk that is full ${when} says so and leaves nothing`, async () => {
      disk({ room });
      await assertFails(workers, 'ENOSPC');
    });
  }
}

test('writeFlows on a disk that is full within the footer says so and leaves nothing', async () => {
  const { bytes } = await writeFlows({ ...OPTIONS, workers: 1 });
  rmSync(out);
  disk({ room: bytes - 10 });
  await assertFails(1, 'ENOSPC');
});

for (const [call, code] of [
  ['fsyncSync', 'EIO'],
  ['renameSync', 'EXDEV'],
] as const) {
  test(`writeFlows says ${code} when ${call} fails, and leaves nothing`, async () => {
    mock.method(fs, call, () => {
      throw failure(code);
    });
    syncBuiltinESMExports();
    await assertFails(1, code);
  });
}

test('writeFlows to the name of a folder says so and leaves the folder alone', async () => {
  mkdirSync(out);
  await assertFails(1, 'EISDIR');
});
