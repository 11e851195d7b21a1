/** The query behind a finding runs on a real database, and shows no address of ours, for every detector. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openStore, type Store } from '../../store/store.ts';
import { makeSegment, MINUTE_MS, START_MS, TABLES } from '../../store/testing.ts';
import { DETECTORS } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'noroshi-evidence-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const TIME = { from_ms: START_MS, to_ms: START_MS + 5 * MINUTE_MS };

interface Row {
  readonly [column: string]: unknown;
}

describe('evidence', () => {
  let store: Store;
  let source: Row;

  before(async () => {
    store = await openStore({ path: join(folder, 'db') });
    await store.loadTables(TABLES);
    await store.addSegment(makeSegment(folder, { sequence: 1, rows: 2000 }));
    const sql = `SELECT toString(src) AS value, service_port, count() AS rows FROM flows
      WHERE class = 'probe' AND proto = 6 GROUP BY value, service_port ORDER BY rows DESC, value, service_port LIMIT 1`;
    [source] = await store.query<Row>(sql, {});
  });
  after(() => store.close());

  const ask = (detector: (typeof DETECTORS)[number], value: string, aspect: string): Promise<Row[]> => {
    const subject = { kind: 'address', value } as const;
    const { sql, params } = detector.evidence({ feed: 'simulation', subject, aspect, ...TIME });
    return store.query<Row>(sql, params);
  };

  for (const detector of DETECTORS) {
    test(detector.id, async () => {
      const address = String(source.value).replace('::ffff:', '');
      for (const aspect of ['', `${String(source.service_port)}/tcp`, 'tcp/80', '8/icmp']) {
        const rows = await ask(detector, address, aspect);
        for (const row of rows) assert.ok(!('dst' in row));
        const isTold = detector.theme === 'sources' || (detector.theme === 'scan' && aspect.endsWith('/tcp'));
        if (isTold && detector.id !== 'scan/synack') assert.ok(rows.length > 0, `${detector.id} ${aspect}`);
      }
      assert.deepEqual(await ask(detector, '2001:db8::1', ''), []);
    });
  }
});
