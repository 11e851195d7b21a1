/** Several captures as one: any order of arguments, overlapping or not, the rows of the merged capture. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parquetReadObjects } from 'hyparquet';
import { needs, program } from '@noroshi/kit/testing.ts';
import { simulateToBytes } from '@noroshi/simulate/main.ts';
import { writeFlows } from './segment/flows.ts';
import { MERGED_MAX } from './source/merge.ts';
import { pcapngOf, pcapOf, scratch, type Shot, shotsOf } from './testing/captures.ts';
import { oracle, type PlainRow } from './testing/oracle.ts';
import { difference, readRows } from './testing/rows.ts';

const at = scratch();
const { bytes } = simulateToBytes({
  seed: 9,
  packets: 4000,
  scenario: 'responding',
  duration_s: 300,
  resolution: 'ns',
});
/** Packets of one instant have no order of their own, so there are none. */
const shots = shotsOf(bytes).filter((shot, index, all) => index === 0 || isBefore(all[index - 1], shot));
const merged = oracle(pcapOf(shots)).rows;

function isBefore(a: Shot, b: Shot): boolean {
  return a.seconds < b.seconds || (a.seconds === b.seconds && a.nanoseconds < b.nanoseconds);
}

/** Writes each part as a file of another form; parts without packets are captures without packets. */
function writeParts(parts: readonly (readonly Shot[])[]): string[] {
  return parts.map((part, number) => {
    const path = at(`part-${number}`);
    const capture = number % 3 === 1 && part.length > 0 ? pcapngOf(part, 500) : pcapOf(part);
    writeFileSync(path, number % 3 === 2 ? new Uint8Array(gzip(capture)) : capture);
    return path;
  });
}

function gzip(capture: Uint8Array): Uint8Array {
  return execFileSync('gzip', ['-1'], { input: capture, maxBuffer: 1 << 28 });
}

async function rowsOf(paths: readonly string[], workers = 1): Promise<PlainRow[]> {
  const { damage } = await writeFlows({ paths, out: at('x.parquet'), workers, compression: 'none' });
  assert.deepEqual(damage, []);
  return readRows(at('x.parquet'), parquetReadObjects);
}

test('writeFlows merges files that overlap packet by packet, whatever the order of the arguments', async () => {
  const dealt = fc.record({ files: fc.integer({ min: 2, max: 9 }), seed: fc.nat(), turn: fc.nat() });
  await fc.assert(
    fc.asyncProperty(dealt, async ({ files, seed, turn }) => {
      const isOf = (index: number): number => (Math.imul(index + seed, 0x9e3779b1) >>> 8) % files;
      const parts = Array.from({ length: files }, (_, file) => shots.filter((_shot, index) => isOf(index) === file));
      const paths = parts.map((part, number) => {
        writeFileSync(at(`part-${number}`), pcapOf(part));
        return at(`part-${number}`);
      });
      const turned = [...paths.slice(turn % files), ...paths.slice(0, turn % files)];
      assert.equal(difference(await rowsOf(turned), merged), undefined);
    }),
    { numRuns: 12 },
  );
});

test('writeFlows reads files that follow each other in time order, more of them than are merged at once', async () => {
  const count = MERGED_MAX + 20;
  const size = Math.ceil(shots.length / count);
  const parts = Array.from({ length: count }, (_, number) => shots.slice(number * size, (number + 1) * size));
  const paths = writeParts(parts);
  assert.equal(difference(await rowsOf(paths.toReversed()), merged), undefined);
  assert.equal(difference(await rowsOf(paths, 2), merged), undefined);
});

test('writeFlows loses no packet when more files overlap than are merged at once', async () => {
  const count = MERGED_MAX + 9;
  const parts = Array.from({ length: count }, (_, file) => shots.filter((_shot, index) => index % count === file));
  const rows = await rowsOf(writeParts(parts));
  assert.equal(
    rows.reduce((sum, row) => sum + Number(row.packets), 0),
    merged.reduce((sum, row) => sum + Number(row.packets), 0),
  );
});

test('writeFlows of several files gives the rows of what mergecap writes', needs(program('mergecap')), async () => {
  const thirds = [0, 1, 2].map((third) =>
    shots.filter((_, index) => index % 7 < 3 === (third === 0) && index % 2 < 3 - third),
  );
  const paths = thirds.map((part, number) => {
    writeFileSync(at(`third-${number}`), pcapOf(part));
    return at(`third-${number}`);
  });
  execFileSync('mergecap', ['-F', 'nsecpcap', '-w', at('merged.pcap'), ...paths]);
  assert.equal(difference(await rowsOf(paths), await rowsOf([at('merged.pcap')])), undefined);
});
