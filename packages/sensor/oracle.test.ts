/** writeFlows against the obvious aggregation: every column of every row, as hyparquet reads it from the file. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parquetReadObjects } from 'hyparquet';
import { needs, sharedData, sharedFile } from '@noroshi/kit/testing.ts';
import { SCENARIOS, type SimulateOptions, simulateToBytes } from '@noroshi/simulate/main.ts';
import { writeFlows } from './segment/flows.ts';
import { corpus, pcapngOf, plainBytes, scratch, shotsOf } from './testing/captures.ts';
import { oracle } from './testing/oracle.ts';
import { difference, readRows, total } from './testing/rows.ts';

const at = scratch();

/** Writes the flows of a capture file and compares them with the oracle's; `capture` is the same in plain bytes. */
async function compare(path: string, capture: Uint8Array): Promise<number> {
  const expected = oracle(capture);
  const out = at('x.parquet');
  const { counters } = await writeFlows({ paths: [path], out, workers: 1, compression: 'none' });
  const rows = await readRows(out, parquetReadObjects);
  assert.equal(difference(rows, expected.rows), undefined, path);
  assert.deepEqual([counters.received, counters.kept], [expected.received, expected.kept]);
  assert.equal(total(rows, 'packets'), expected.kept);
  return rows.length;
}

async function compareBytes(capture: Uint8Array): Promise<number> {
  const path = at('x.pcap');
  writeFileSync(path, capture);
  return compare(path, capture);
}

const CAPTURES: readonly SimulateOptions[] = [
  ...SCENARIOS.map((scenario) => ({ scenario, packets: 8000, duration_s: 300 })),
  { packets: 8000, duration_s: 90, snap_bytes: 60 },
  { packets: 8000, duration_s: 3, resolution: 'ns', damage: { file: true } },
  { packets: 8000, prefixes: ['2d00:6e6f:726f:7368::/64'] },
];

for (const options of CAPTURES) {
  test(`writeFlows gives the oracle’s rows for ${JSON.stringify(options)}`, async () => {
    const rows = await compareBytes(simulateToBytes({ seed: 4711, ...options }).bytes);
    assert.ok(rows > 50, `${rows} rows`);
  });
}

test('writeFlows gives the oracle’s rows whatever the seed, the snap length and the format', async () => {
  const options = fc.record({
    seed: fc.integer(),
    scenario: fc.constantFrom(...SCENARIOS),
    packets: fc.integer({ min: 1, max: 800 }),
    duration_s: fc.constantFrom(0.5, 61, 600, 7200),
    snap_bytes: fc.constantFrom(14, 34, 40, 54, 70, 65_535),
  });
  const format = fc.constantFrom('pcap', 'pcapng');
  await fc.assert(
    fc.asyncProperty(options, format, async (settings, name) => {
      const { bytes } = simulateToBytes(settings);
      await compareBytes(name === 'pcap' ? bytes : pcapngOf(shotsOf(bytes), 37));
    }),
    { numRuns: 40 },
  );
});

test('writeFlows gives the oracle’s rows for real captures', needs(sharedFile('data', 'pcap')), async (t) => {
  let rows = 0;
  for (const path of corpus(10)) {
    await t.test(relative(sharedData('data', 'pcap'), path), async () => {
      rows += await compare(path, plainBytes(path));
    });
  }
  assert.ok(rows > 1000, `${rows} rows`);
});

test('writeFlows reads a file that is not a capture as damage, not as rows', async () => {
  writeFileSync(at('text'), readFileSync(import.meta.filename));
  const outcome = await writeFlows({ paths: [at('text')], out: at('x.parquet'), workers: 1, compression: 'none' });
  assert.deepEqual([outcome.counters.received, outcome.damage[0]?.kind], [0, 'format']);
});
