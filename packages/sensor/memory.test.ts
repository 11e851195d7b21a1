/** The promise of the README: at most 512 MiB, whatever the capture. Measured on the worst case, where every packet is a row. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { before, test } from 'node:test';
import { simulate } from '@noroshi/simulate/main.ts';
import { scratch } from './testing/captures.ts';

const RSS_KIB_MAX = 512 * 1024;
const PACKETS = 3_000_000;

const at = scratch();

const MEASURE = `
  const [, , script, path, out, workers, compression] = process.argv;
  const { writeFlows } = await import(script);
  const { counters } = await writeFlows({ paths: [path], out, workers: Number(workers), compression });
  console.log(JSON.stringify({ kept: counters.kept, rows: counters.rows, rss_kib: process.resourceUsage().maxRSS }));
`;

before(() => {
  const fd = openSync(at('unique.pcap'), 'w');
  for (const batch of simulate({ seed: 6, scenario: 'unique', packets: PACKETS }).batches()) writeSync(fd, batch);
  closeSync(fd);
  writeFileSync(at('measure.mjs'), MEASURE);
});

for (const [workers, compression] of [
  [1, 'none'],
  [2, 'zstd'],
] as const) {
  test(`writeFlows with ${workers} workers and compression ${compression} stays below 512 MiB`, () => {
    const script = new URL('./segment/flows.ts', import.meta.url).href;
    const args = [script, at('unique.pcap'), at('x.parquet'), String(workers), compression];
    const said = execFileSync(process.execPath, [at('measure.mjs'), ...args], { encoding: 'utf8' });
    const answer = JSON.parse(said) as Record<string, number>;
    assert.equal(answer.kept, PACKETS);
    assert.ok(answer.rows > 0.9 * PACKETS, `${answer.rows} rows`);
    assert.ok(answer.rss_kib < RSS_KIB_MAX, `${Math.round(answer.rss_kib / 1024)} MiB`);
  });
}
