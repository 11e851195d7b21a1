import assert from 'node:assert/strict';
import fs, { constants, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, mock, test } from 'node:test';
import { DirectFile } from './direct-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'noroshi-direct-'));
const path = join(folder, 'x');
after(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  mock.restoreAll();
  syncBuiltinESMExports();
});

const MIB = 1024 * 1024;

/** Bytes that repeat with no period of a block. */
function bytesOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => index % 251);
}

/** Writes in pieces and compares what is there. */
function assertWrites(bytes: Uint8Array, piece: number): void {
  const file = new DirectFile(path);
  for (let from = 0; from < bytes.length; from += piece) file.write(bytes.subarray(from, from + piece));
  file.sync();
  file.close();
  assert.ok(readFileSync(path).equals(bytes), `${bytes.length} bytes in pieces of ${piece}`);
}

const SIZES = [0, 1, 4095, 4096, 4097, 8 * MIB - 1, 8 * MIB, 8 * MIB + 1, 17 * MIB + 4096, 17 * MIB + 5000];
for (const size of SIZES) {
  test(`DirectFile: ${size} bytes, whatever the pieces`, () => {
    for (const piece of [1_000_003, 8 * MIB, 20 * MIB]) assertWrites(bytesOf(size), piece);
  });
}

test('DirectFile: replaces what was there', () => {
  assertWrites(bytesOf(10_000), 10_000);
  assertWrites(bytesOf(5), 5);
});

test('DirectFile: writes whole blocks past the page cache, the rest as usual', () => {
  const writes = watchWrites((length) => length);
  assertWrites(bytesOf(9 * MIB + 7), MIB);
  assert.deepEqual(writes, [
    { length: 8 * MIB, position: 0, isDirect: true },
    { length: MIB, position: 8 * MIB, isDirect: true },
    { length: 7, position: 9 * MIB, isDirect: false },
  ]);
});

test('DirectFile: where the file system refuses at opening, all goes as usual', () => {
  const { openSync } = fs;
  mock.method(fs, 'openSync', (name: string, flags: string | number) => {
    if (typeof flags === 'number' && (flags & constants.O_DIRECT) !== 0) throw invalid();
    return openSync(name, flags);
  });
  syncBuiltinESMExports();
  assertWrites(bytesOf(9 * MIB), MIB);
});

test('DirectFile: where the disk refuses at writing, or takes half a block, the rest goes as usual', () => {
  const refused = watchWrites((length, isDirect) => (isDirect ? undefined : length));
  assertWrites(bytesOf(9 * MIB), MIB);
  assert.deepEqual(
    refused.filter(({ isDirect }) => !isDirect).map(({ length }) => length),
    [8 * MIB, MIB],
  );
  mock.restoreAll();
  watchWrites((length) => Math.min(length, 100_000));
  assertWrites(bytesOf(9 * MIB + 3), MIB);
});

test('DirectFile: other errors are thrown', () => {
  const { writeSync } = fs;
  mock.method(fs, 'writeSync', (fd: number, data: Uint8Array, offset: number, length: number, position: number) => {
    if (position >= 8 * MIB) throw Object.assign(new Error('ENOSPC: no room'), { code: 'ENOSPC' });
    return writeSync(fd, data, offset, length, position);
  });
  syncBuiltinESMExports();
  const file = new DirectFile(path);
  assert.throws(() => file.write(bytesOf(16 * MIB)), { code: 'ENOSPC' });
  file.close();
  assert.throws(() => new DirectFile(join(folder, 'no', 'where')), { code: 'ENOENT' });
});

interface Write {
  readonly length: number;
  readonly position: number;
  readonly isDirect: boolean;
}

/** A file system that takes O_DIRECT, whatever the real one does, and writes so many bytes a call as `takes` says; undefined: EINVAL. */
function watchWrites(takes: (length: number, isDirect: boolean) => number | undefined): Write[] {
  const { openSync, writeSync } = fs;
  const writes: Write[] = [];
  const direct = new Set<number>();
  mock.method(fs, 'openSync', (name: string, flags: string | number) => {
    const isDirect = typeof flags === 'number' && (flags & constants.O_DIRECT) !== 0;
    const fd = openSync(name, isDirect ? flags & ~constants.O_DIRECT : flags);
    if (isDirect) direct.add(fd);
    else direct.delete(fd);
    return fd;
  });
  mock.method(fs, 'writeSync', (fd: number, data: Uint8Array, offset: number, length: number, position: number) => {
    const taken = takes(length, direct.has(fd));
    if (taken === undefined) throw invalid();
    const written = writeSync(fd, data, offset, taken, position);
    writes.push({ length: written, position, isDirect: direct.has(fd) });
    return written;
  });
  syncBuiltinESMExports();
  return writes;
}

function invalid(): Error {
  return Object.assign(new Error('EINVAL: as the test wants it'), { code: 'EINVAL' });
}
