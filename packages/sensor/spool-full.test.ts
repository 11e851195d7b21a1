/** A disk that is really full: a file system of two megabytes, in a mount namespace that only the child process sees. */
import assert from 'node:assert/strict';
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { type Need, needs, program } from '@noroshi/kit/testing.ts';
import { scratch } from './testing/captures.ts';

const at = scratch();
const here = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);

/**
 * Cuts segments of a few hundred rows on a disk that somebody else fills and empties again and again; prints what became of all
 * packets. `shed` says whether the spool may keep some room by giving up its oldest.
 */
const CHILD = `
  import { rmSync, writeFileSync } from 'node:fs';
  import { createLog } from ${here('../kit/log.ts')};
  import { SegmentCutter } from ${here('./segment/cutter.ts')};
  import { readSegment } from ${here('./spool/read-segment.ts')};
  import { Spool } from ${here('./spool/spool.ts')};
  import { rowsOf } from ${here('./testing/pieces.ts')};
  import { complaints, segmentsIn, sumsOf } from ${here('./testing/segments.ts')};
  const [, , disk, shed] = process.argv;
  const sentences = new Set();
  const log = createLog({ part: 'sensor', write: (line) => sentences.add(line.split(': ').slice(1).join(': ').split('  ')[0].trim()), now_ms: () => 0 });
  const freeBytesMin = shed === 'shed' ? 300_000 : 0;
  const spool = new Spool({ folder: disk + '/spool', sensor: 'test', log, freeBytesMin });
  const cutter = new SegmentCutter(spool);
  const rows = rowsOf(2000);
  let brought = 0;
  const cut = () => {
    for (let part = 0; part < 3; part++) {
      cutter.add(rows.group, rows.facts);
      brought += rows.facts.packets;
    }
    cutter.closeAll();
    if (shed === 'shed') spool.shed();
  };
  const junk = disk + '/junk';
  const fill = () => {
    for (const bytes of [65536, 4096]) {
      try {
        for (;;) writeFileSync(junk, Buffer.alloc(bytes), { flag: 'a' });
      } catch {}
    }
  };
  for (let round = 0; round < 4; round++) {
    for (let turn = 0; turn < 3; turn++) cut();
    fill();
    for (let turn = 0; turn < 3; turn++) cut();
    rmSync(junk, { force: true });
  }
  let delivered = 0;
  for (let turn = 0; turn < 4; turn++) {
    const one = spool.take();
    if (one === undefined) break;
    delivered += readSegment(one.path).counters.received;
    spool.acknowledge(one);
  }
  cut();
  const segments = segmentsIn(disk + '/spool').map(({ segment }) => segment);
  const { received, dropped } = sumsOf(segments);
  const wrong = segments.flatMap((segment) => complaints([segment]));
  spool.close();
  console.log(JSON.stringify({ isConserved: received + delivered === brought, reasons: Object.keys(dropped), wrong, sentences: [...sentences] }));
`;

const MOUNT = 'mount -t tmpfs -o size=2m tmpfs "$1" && shift && exec "$@"';

function inNamespace(folder: string, ...command: string[]): SpawnSyncReturns<string> {
  const args = ['--mount', '--map-root-user', 'sh', '-c', MOUNT, 'sh', folder, ...command];
  return spawnSync('unshare', args, { encoding: 'utf8', timeout: 15_000 });
}

/** Whether this machine lets us mount at all: containers often do not. */
function mounts(folder: string): Need {
  if (program('unshare').missing !== undefined) return program('unshare');
  const tried = inNamespace(folder, 'true');
  return { missing: tried.status === 0 ? undefined : `no mount namespace (${tried.stderr.trim().split('\n')[0]})` };
}

mkdirSync(at('disk'));
writeFileSync(at('child.mjs'), CHILD);
const isPossible = needs(mounts(at('disk')));

for (const [shed, reason] of [
  ['', 'disk_full'],
  ['shed', 'spool_full'],
] as const) {
  test(
    `Spool on a full disk, ${shed === '' ? 'running into its end' : 'keeping room'}: says so, counts every packet, goes on`,
    isPossible,
    () => {
      const { stdout, stderr } = inNamespace(at('disk'), process.execPath, at('child.mjs'), at('disk'), shed);
      assert.equal(stderr, '');
      const { isConserved, reasons, wrong, sentences } = JSON.parse(stdout) as Record<string, unknown>;
      assert.deepEqual({ isConserved, wrong }, { isConserved: true, wrong: [] });
      assert.ok((reasons as string[]).includes(reason), JSON.stringify(reasons));
      assert.match(
        JSON.stringify(sentences),
        shed === '' ? /Cannot keep a segment: no space left/ : /The spool is full/,
      );
    },
  );
}
