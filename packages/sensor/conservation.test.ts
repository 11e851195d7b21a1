/** Nothing vanishes silently: received = kept + filtered + dropped, in the outcome, in the file's metadata and in its rows. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import { parquetReadObjects } from 'hyparquet';
import { needs, sharedFile } from '@noroshi/kit/testing.ts';
import { simulateToBytes } from '@noroshi/simulate/main.ts';
import { Blocks } from '@noroshi/wire/capture/testing.ts';
import { conserves } from '@noroshi/wire/segment/segment.ts';
import { type FlowsOptions, type FlowsOutcome, writeFlows } from './segment/flows.ts';
import { Telescope } from './flow/telescope.ts';
import { corpus, packetsOf, pcapOf, plainBytes, scratch, shotsOf } from './testing/captures.ts';
import { oracle } from './testing/oracle.ts';
import { difference, readRows, readSegment, total } from './testing/rows.ts';

const at = scratch();

/** Writes the flows and checks every sum that the outcome, the metadata and the rows must agree on. */
async function check(path: string, options: Partial<FlowsOptions> = {}): Promise<FlowsOutcome> {
  const out = at('x.parquet');
  const outcome = await writeFlows({ paths: [path], out, workers: 1, compression: 'none', ...options });
  const { counters, dropped } = outcome;
  const { not_ip, malformed, elsewhere } = counters.filtered;
  assert.equal(counters.received, counters.kept + not_ip + malformed + elsewhere);
  const { segment, rows } = readSegment(out);
  assert.deepEqual(segment, outcome.segment);
  assert.ok(conserves(segment.counters));
  assert.equal(segment.counters.received, counters.received + dropped);
  assert.equal(segment.counters.kept, counters.kept);
  assert.deepEqual(segment.counters.filtered, counters.filtered);
  assert.deepEqual(segment.counters.dropped, { before_capture: dropped });
  const read = await readRows(out, parquetReadObjects);
  assert.deepEqual([segment.rows, rows, counters.rows], [read.length, read.length, read.length]);
  assert.equal(total(read, 'packets'), counters.kept);
  assert.equal(total(read, 'bytes'), counters.bytes);
  return outcome;
}

for (const prefixes of [undefined, ['192.168.0.0/16', 'fe80::/10', 'ff02::/16']]) {
  const which = prefixes === undefined ? 'all' : prefixes.join(' and ');
  test(
    `writeFlows conserves the packets of real captures, keeping ${which}`,
    needs(sharedFile('data', 'pcap')),
    async (t) => {
      let kept = 0;
      for (const path of corpus(25, 3)) {
        await t.test(basename(path), async () => {
          const { counters } = await check(path, { ...(prefixes && { prefixes }) });
          assert.equal(counters.received, [...packetsOf(plainBytes(path))].length);
          kept += counters.kept;
        });
      }
      assert.ok(kept > 100, `${kept} packets kept`);
    },
  );
}

test('writeFlows keeps just the packets to its prefixes, and counts the others as elsewhere', async () => {
  const { bytes } = simulateToBytes({ seed: 21, packets: 4000 });
  writeFileSync(at('x.pcap'), bytes);
  const prefixes = ['25.37.3.0/24', '2d00:6e6f:726f:7368::/65'];
  const telescope = Telescope.of(prefixes);
  const expected = oracle(bytes, { keeps: (packet) => telescope.has(packet) });
  for (const workers of [1, 2]) {
    const { counters } = await check(at('x.pcap'), { prefixes, workers });
    assert.equal(difference(await readRows(at('x.parquet'), parquetReadObjects), expected.rows), undefined);
    assert.ok(counters.kept > 10 && counters.filtered.elsewhere > 1000);
    assert.ok(counters.filtered.malformed > 0);
  }
});

test('writeFlows counts a capture without a packet to its prefixes as filtered, and the telescope as listening', async () => {
  const { bytes } = simulateToBytes({ seed: 22, packets: 300, duration_s: 150, start_s: 1_700_000_000 });
  writeFileSync(at('x.pcap'), bytes);
  for (const workers of [1, 2]) {
    const { segment } = await check(at('x.pcap'), { prefixes: ['198.51.100.0/24'], workers });
    assert.deepEqual([segment.counters.kept, segment.first_ms, segment.last_ms, segment.rows], [0, null, null, 0]);
    const exposed_ms = segment.exposure.reduce((sum, span) => sum + span.addresses * (span.to_ms - span.from_ms), 0);
    assert.equal(exposed_ms, 256 * 3 * 60_000, 'three minutes of 256 addresses, as the packets elsewhere tell');
  }
});

for (const [name, bytes] of Object.entries({ 'no packet': pcapOf([]), 'no byte': new Uint8Array(0) })) {
  test(`writeFlows makes a whole segment without rows of a capture with ${name}`, async () => {
    writeFileSync(at('x.pcap'), bytes);
    for (const workers of [1, 2]) {
      const { segment, damage } = await check(at('x.pcap'), { workers, prefixes: ['198.51.100.0/24'] });
      assert.deepEqual([segment.rows, segment.digests, segment.counters.received], [0, [], 0]);
      assert.deepEqual(segment.exposure, [], 'nobody knows when anything listened');
      assert.deepEqual(
        damage.map(({ kind }) => kind),
        bytes.length === 0 ? ['empty'] : [],
      );
    }
  });
}

test('writeFlows counts what pcapng’s statistics report as lost, once per interface, as dropped', async () => {
  const shots = shotsOf(simulateToBytes({ seed: 23, packets: 60 }).bytes);
  const section = (littleEndian: boolean, dropped: readonly number[]): Uint8Array[] => {
    const blocks = new Blocks(littleEndian);
    const statistics = dropped.map((count) => blocks.statistics(1, blocks.option(5, blocks.u64(BigInt(count)))));
    const packets = shots.map(({ bytes, seconds }) => blocks.enhanced(1, BigInt(seconds) * 1_000_000n, bytes));
    return [blocks.section(), blocks.interface(1), blocks.interface(1), ...packets, ...statistics];
  };
  // The latest figure of an interface counts, not the sum of its figures; sections add up.
  writeFileSync(at('x.pcapng'), Buffer.concat([...section(true, [3, 17]), ...section(false, [25])]));
  for (const workers of [1, 2]) {
    const { dropped, segment } = await check(at('x.pcapng'), { workers });
    assert.equal(dropped, 42);
    assert.equal(segment.counters.received, 120 + 42);
  }
});
