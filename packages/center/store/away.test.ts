/** A database server that is gone and comes back; one that hangs; a disk that is full and is not any more. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type Need, needs, program } from '@noroshi/kit/testing.ts';
import { openStore, StoreError } from './store.ts';
import { ClickHouse, contentOf, makeSegment, SERVER_NEEDS, TABLES } from './testing.ts';

const folder = mkdtempSync(join(tmpdir(), 'noroshi-away-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const failure = (kind: StoreError['kind'], message: RegExp) => (error: unknown) =>
  error instanceof StoreError && error.kind === kind && message.test(error.message);

test(
  'a server that is killed and comes back: nothing is lost, nobody is restarted',
  needs(...SERVER_NEEDS),
  async (context) => {
    const server = await ClickHouse.start(join(folder, 'server'));
    const store = await openStore({ url: server.url });
    context.after(async () => {
      await store.close();
      await server.kill();
    });
    await store.loadTables(TABLES);
    const inserts = [1, 2, 3].map((sequence) => makeSegment(folder, { sequence, rows: 300 }));
    assert.equal(await store.addSegment(inserts[0]), 'stored');
    const before = await contentOf(store);
    await server.kill();
    const gone = failure('unreachable', /^Cannot reach the database: /);
    await assert.rejects(store.query('SELECT 1'), gone);
    await assert.rejects(store.addSegment(inserts[1]), gone);
    await assert.rejects(store.receipt('hill-one', 1), gone);
    await server.start();
    assert.deepEqual(await contentOf(store), before);
    assert.equal(await store.addSegment(inserts[0]), 'duplicate');
    assert.equal(await store.addSegment(inserts[1]), 'stored');
    assert.equal(store.version('simulation', '2026-11-21'), 2);
    // Killed while it stores: whatever became of it, sending it again makes it whole.
    const torn = store.addSegment(inserts[2]).catch((error: unknown) => error);
    await server.kill();
    await torn;
    await server.start();
    assert.match(await store.addSegment(inserts[2]), /^(stored|duplicate)$/);
    const [sums] = await store.query(
      'SELECT (SELECT sum(packets) FROM flows) AS flows, (SELECT sum(kept) FROM segments) AS kept',
    );
    const kept = inserts.reduce((sum, { segment }) => sum + segment.counters.kept, 0);
    assert.deepEqual(sums, { flows: kept, kept });
  },
);

test('openStore says that nobody is there', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const opened = openStore({ url: `http://127.0.0.1:${port}` });
  await assert.rejects(opened, failure('unreachable', /^Cannot reach the database: nobody listens at its address$/));
  const named = openStore({ url: `http://127.0.0.1:${port}`, database: 'x; DROP' });
  await assert.rejects(named, failure('refused', /^Cannot open the database: "x; DROP" is not a name$/));
});

const here = (file: string): string => JSON.stringify(join(import.meta.dirname, file));

/** Opens a store on a disk of 48 MiB, fills the disk, adds, makes room, adds again. */
const ON_A_SMALL_DISK = `
  import { rmSync, writeFileSync } from 'node:fs';
  import { openStore } from ${here('store.ts')};
  import { contentOf, makeSegment, TABLES } from ${here('testing.ts')};
  const [disk, elsewhere] = process.argv.slice(2);
  const store = await openStore({ path: disk + '/db' });
  await store.loadTables(TABLES);
  const inserts = [1, 2].map((sequence) => makeSegment(elsewhere, { sequence, rows: 3000 }));
  const said = [];
  const add = async (insert) => said.push(await store.addSegment(insert).catch(({ kind, message }) => kind + ': ' + message));
  await add(inserts[0]);
  const junk = [];
  for (const bytes of [1 << 20, 1 << 16, 1 << 12]) {
    for (let full = false; !full; ) {
      const path = disk + '/junk-' + junk.length;
      junk.push(path);
      try { writeFileSync(path, Buffer.alloc(bytes, 1)); } catch { full = true; }
    }
  }
  // Room for some tables, not for all of them.
  for (let round = 0; round < 6; round++) {
    for (const path of junk.splice(0, 1 + round * round)) rmSync(path, { force: true });
    await add(inserts[1]);
    if (said.at(-1) === 'stored') break;
    junk.push(disk + '/more-' + round);
    try { writeFileSync(junk.at(-1), Buffer.alloc(1 << 19, 1)); } catch {}
  }
  for (const path of junk) rmSync(path, { force: true });
  await add(inserts[1]);
  const content = await contentOf(store);
  await store.close();
  console.log(JSON.stringify({ said, content }));
`;

const MOUNT = 'mount -t tmpfs -o size=48m tmpfs "$1" && shift && exec "$@"';

function onSmallDisk(disk: string, ...command: string[]) {
  const args = ['--mount', '--map-root-user', 'sh', '-c', MOUNT, 'sh', disk, ...command];
  return spawnSync('unshare', args, { encoding: 'utf8' });
}

/** Whether this machine lets us mount at all: containers often do not. */
function mounts(disk: string): Need {
  if (program('unshare').missing !== undefined) return program('unshare');
  const tried = onSmallDisk(disk, 'true');
  return { missing: tried.status === 0 ? undefined : `no mount namespace (${tried.stderr.trim().split('\n')[0]})` };
}

const disk = join(folder, 'disk');
mkdirSync(disk);

test(
  'addSegment says that the disk is full, and completes the segment when there is room',
  needs(mounts(disk)),
  async () => {
    const script = join(folder, 'child.ts');
    writeFileSync(script, ON_A_SMALL_DISK);
    const { stdout, stderr } = onSmallDisk(disk, process.execPath, script, disk, folder);
    assert.equal(stderr, '');
    const { said, content } = JSON.parse(stdout) as { said: string[]; content: Record<string, string> };
    assert.equal(said[0], 'stored');
    assert.equal(said[1], 'disk_full: Cannot store segment hill-one/2: disk is full');
    assert.equal(said.at(-1), said.at(-2) === 'stored' ? 'duplicate' : 'stored', said.join('\n'));
    const whole = await openStore({ path: join(folder, 'whole') });
    await whole.loadTables(TABLES);
    for (const sequence of [1, 2]) await whole.addSegment(makeSegment(folder, { sequence, rows: 3000 }));
    assert.deepEqual(content, await contentOf(whole));
    await whole.close();
  },
);
