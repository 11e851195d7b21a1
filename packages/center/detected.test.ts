/** Store, engine, thread and ledger together, as a center runs them: the findings of the same rows in memory, whatever came when. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createLog } from '@noroshi/kit/log.ts';
import { Metrics } from '@noroshi/kit/metrics.ts';
import { BinCollector, MINUTE_MS } from './detect/bins.ts';
import { chosenDetectors, USUAL_DETECTORS } from './detect/chosen.ts';
import { DETECTORS } from './detect/detectors/index.ts';
import { detectInMemory } from './detect/memory/memory.ts';
import { openEngine } from './detect/open.ts';
import { sourceOf } from './detect/read/source.ts';
import { readRows } from './detect/read/rows.ts';
import type { Finding, Ledger } from './ledger/ledger.ts';
import { openLedger } from './ledger/open.ts';
import { openStore, type Store } from './store/store.ts';
import { makeSegment, START_MS, TABLES } from './store/testing.ts';

const FEED = 'simulation';
const MINUTES = 90;

async function allFindings(ledger: Ledger): Promise<Finding[]> {
  const all: Finding[] = [];
  for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
    const page = await ledger.findings({ feed: FEED, limit: 1000, ...(cursor === undefined ? {} : { cursor }) });
    all.push(...page.findings);
    cursor = page.cursor;
  }
  return all;
}

async function inMemory(store: Store): Promise<{ findings: Finding[]; sources: number }> {
  const source = sourceOf(store);
  const [from_ms, to_ms] = [START_MS - MINUTE_MS, START_MS + 2 * MINUTES * MINUTE_MS];
  const { batch, minutes } = readRows(await source.rows(FEED, from_ms, to_ms));
  const collector = new BinCollector();
  collector.add(batch, minutes);
  const bins = collector.take(Number.POSITIVE_INFINITY, await source.exposure(FEED, from_ms, to_ms));
  let sources = 0;
  const onSources = (_: string, hour: { readonly rows: number }): void => void (sources += hour.rows);
  const detectors = chosenDetectors();
  return { ...(await detectInMemory({ bins, detectors, place: { feed: FEED }, onSources })), sources };
}

function comparable(findings: readonly Finding[]): unknown[] {
  const plain = findings.map(({ revision: _, is_open: __, ...rest }) => rest);
  return plain.filter(({ state }) => state !== 'superseded').toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

test('a center finds what memory finds, live, late and after a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'noroshi-detected-'));
  const store = await openStore({ path: join(folder, 'database') });
  const ledger = await openLedger({ path: join(folder, 'ledger') });
  let now_ms = START_MS + 30 * MINUTE_MS;
  const start = () => {
    const engine = openEngine({
      store,
      ledger,
      detectors: chosenDetectors(),
      grace_minutes: 120,
      history_days: 28,
      now_ms: () => now_ms,
      random: () => 0,
      log: createLog({ part: 'test', write: () => {}, now_ms: () => now_ms }),
      metrics: new Metrics(),
    });
    engine.start();
    return engine;
  };
  let engine = start();
  try {
    await store.loadTables(TABLES);
    const segments = Array.from({ length: 9 }, (_, sequence) =>
      makeSegment(folder, { sequence, rows: 1200, minutes: 10, minute_from_ms: START_MS + sequence * 10 * MINUTE_MS }),
    );
    const told: string[] = [];
    engine.onChange((feed) => told.push(feed));
    for (const sequence of [0, 1, 3, 2]) await store.addSegment(segments[sequence]);
    await engine.quiet();
    assert.equal(engine.watermark(FEED), START_MS + 40 * MINUTE_MS);
    assert.equal(told.includes(FEED), true);
    for (const sequence of [5, 7, 6, 8]) await store.addSegment(segments[sequence]);
    await engine.quiet();
    await engine.stop();
    await store.addSegment(segments[4]);
    engine = start();
    await engine.quiet();
    now_ms += 5 * 60 * MINUTE_MS;
    await engine.quiet();
    const { findings, sources } = await inMemory(store);
    assert.equal(findings.length > 0, true);
    assert.deepEqual(comparable(await allFindings(ledger)), comparable(findings));
    const [hours] = await store.query<{ rows: number }>(
      `SELECT count() AS rows FROM source_hours WHERE feed = 'simulation'`,
    );
    assert.deepEqual(hours, { rows: sources });
    assert.equal(engine.lag_ms, 0);
  } finally {
    await engine.stop();
    await ledger.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

test('chosenDetectors: the usual ones are there, others must be', () => {
  const ids = DETECTORS.map(({ id }) => id);
  assert.deepEqual(
    USUAL_DETECTORS.filter((id) => !ids.includes(id)),
    [],
  );
  assert.deepEqual(
    chosenDetectors(['dos/victim']).map(({ id }) => id),
    ['dos/victim'],
  );
  assert.throws(
    () => chosenDetectors(['dos/none']),
    /^Error: Cannot run the detector dos\/none: there is none of this name; there are dos/,
  );
  assert.equal(new Set(ids).size, ids.length);
});
