/** A disk that is really full: a file system of one megabyte, in a mount namespace that only the child process sees. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Need, needs, program } from '@noroshi/kit/testing.ts';

const here = (file: string): string => JSON.stringify(join(import.meta.dirname, file));

/** Fills the disk, sends, makes room, sends again; prints what was answered. */
const CHILD = `
  import { readFileSync, rmSync, writeFileSync } from 'node:fs';
  import { makeSegment } from ${here('testing.ts')};
  import { startIngest } from ${here('testing-center.ts')};
  const disk = process.argv[2];
  // No room is kept free: the uploads themselves must run into the end of the disk.
  const center = await startIngest({ folder: disk + '/ingest', limits: { free_bytes: -(2 ** 40) } });
  const said = {};
  const note = (name, { status, word, headers }) => {
    said[name] = [status, word, headers['retry-after'], center.files('inbox').length, center.store.inserts.length];
  };
  const junk = [];
  const fill = (bytes) => {
    const path = disk + '/junk-' + junk.length;
    try {
      junk.push(path);
      writeFileSync(path, Buffer.alloc(bytes));
      return true;
    } catch {
      rmSync(path, { force: true });
      return false;
    }
  };
  const file = makeSegment();
  note('before', await center.send(makeSegment({ sequence: 1 }), { sequence: 1 }));
  for (const bytes of [65536, 4096]) while (fill(bytes));
  note('full', await center.send(file));
  note('stranger', await center.send(file, { sensor: 'stranger' }));
  for (const path of junk.slice(0, 2)) rmSync(path, { force: true });
  note('large', await center.send(makeSegment({ groups: [9000] })));
  for (const path of junk) rmSync(path, { force: true });
  note('room', await center.send(file));
  note('refused', await center.send(file.subarray(0, 500), { sequence: 2 }));
  said.counts = JSON.parse(readFileSync(disk + '/ingest/refusals.json', 'utf8'));
  said.logged = center.lines.some((line) => line.includes('the disk is full'));
  await center.close();
  console.log(JSON.stringify(said));
`;

const MOUNT = 'mount -t tmpfs -o size=1m tmpfs "$1" && shift && exec "$@"';

function inNamespace(folder: string, ...command: string[]) {
  return spawnSync('unshare', ['--mount', '--map-root-user', 'sh', '-c', MOUNT, 'sh', folder, ...command], {
    encoding: 'utf8',
  });
}

/** Whether this machine lets us mount at all: containers often do not. */
function mounts(folder: string): Need {
  if (program('unshare').missing !== undefined) return program('unshare');
  const tried = inNamespace(folder, 'true');
  return { missing: tried.status === 0 ? undefined : `no mount namespace (${tried.stderr.trim().split('\n')[0]})` };
}

const folder = mkdtempSync(join(tmpdir(), 'noroshi-full-'));
const disk = join(folder, 'disk');
mkdirSync(disk);
test.after(() => rmSync(folder, { recursive: true }));

test('put acknowledges nothing on a full disk, says so, and goes on when there is room', needs(mounts(disk)), () => {
  const script = join(folder, 'child.ts');
  writeFileSync(script, CHILD);
  const { stdout, stderr } = inNamespace(disk, process.execPath, script, disk);
  assert.equal(stderr, '');
  assert.deepEqual(JSON.parse(stdout), {
    before: [201, '', null, 0, 1],
    full: [507, 'disk_full', '60', 0, 1],
    stranger: [403, 'unknown_sensor', null, 0, 1],
    large: [507, 'disk_full', '60', 0, 1],
    room: [201, '', null, 0, 2],
    refused: [422, 'cut', null, 0, 2],
    counts: { unknown: { unknown_sensor: 1 }, network: { cut: 1 } },
    logged: true,
  });
});
