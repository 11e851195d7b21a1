/** Both ends of a segment: what a sensor writes of simulated traffic is what a center verifies, in every scenario and compression. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { verifyFile } from '@noroshi/center/ingest/verify.ts';
import { COMPRESSIONS } from '@noroshi/sensor/segment/flow-file.ts';
import { writeFlows } from '@noroshi/sensor/segment/flows.ts';
import { SCENARIOS, simulateToBytes } from '@noroshi/simulate/main.ts';

const folder = mkdtempSync(join(tmpdir(), 'noroshi-segments-'));
after(() => rmSync(folder, { recursive: true }));

const TELESCOPE = ['25.37.0.0/20', '2d00:6e6f:726f:7368::/64'];

for (const scenario of SCENARIOS) {
  test(`a center takes what a sensor writes of the scenario ${scenario}, and only from whom it is`, async () => {
    const capture = join(folder, 'capture.pcap');
    const { bytes } = simulateToBytes({ seed: 11, packets: 30_000, scenario });
    writeFileSync(capture, bytes);
    for (const compression of COMPRESSIONS) {
      const path = join(folder, 'segment.parquet');
      const options = { paths: [capture], out: path, workers: 1, compression, rowsPerMinuteMax: 5000 };
      const { segment } = await writeFlows({ ...options, sensor: 'tokyo-1', sequence: 3, prefixes: TELESCOPE });
      assert.ok(segment.rows > 0);
      const request = { path, sensor: 'tokyo-1', sequence: 3, prefixes: TELESCOPE };
      assert.deepEqual(verifyFile(request), { ok: true, segment });
      assert.equal(verifyFile({ ...request, sensor: 'osaka-1' }).ok, false);
      assert.equal(verifyFile({ ...request, prefixes: ['192.0.2.0/24'] }).ok, false);
    }
  });
}
