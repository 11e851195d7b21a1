/** Detectors that throw, hang, eat all memory or end the thread: each is counted, the others come to what they come to anyway. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog } from '@noroshi/kit/log.ts';
import { Metrics } from '@noroshi/kit/metrics.ts';
import { MINUTE_MS } from '../bins.ts';
import { detectInMemory } from '../memory/memory.ts';
import { ThreadHost } from './host.ts';
import { DETECTORS, EVIL_MINUTE } from './testing-evil.ts';
import { engineWith, FakeLedger, type FakeSegment, FakeSource } from './testing.ts';

const FEED = 'simulation';
const segment = (sequence: number): FakeSegment => ({
  feed: FEED,
  sensor: 'hill-one',
  sequence,
  minutes: Array.from({ length: 10 }, (_, index) => ({ minute: sequence * 10 + index, sources: [1, 2] })),
  from_minute: sequence * 10,
  to_minute: sequence * 10 + 10,
});

test('ThreadHost and Engine: a thread survives its detectors', async () => {
  const source = new FakeSource();
  const ledger = new FakeLedger();
  const metrics = new Metrics();
  const lines: string[] = [];
  let now_ms = 0;
  const engine = engineWith({
    source,
    ledger,
    detectors: DETECTORS,
    metrics,
    now_ms: () => now_ms,
    log: createLog({ part: 'test', write: (line) => lines.push(line), now_ms: () => 0 }),
    thread: new ThreadHost({
      module: new URL('testing-evil.ts', import.meta.url).href,
      step_ms: 800,
      heap_mb: 64,
    }),
  });
  engine.start();
  try {
    for (let sequence = 0; sequence < 4; sequence++) {
      source.add(segment(sequence), 0);
      await engine.quiet();
    }
    now_ms = 60 * MINUTE_MS;
    await engine.quiet();
  } finally {
    await engine.stop();
  }
  const [good] = DETECTORS;
  const { findings } = await detectInMemory({ bins: source.bins(FEED), detectors: [good], place: { feed: FEED } });
  const plain = (list: typeof findings): unknown[] => list.map(({ is_open: _, ...rest }) => rest);
  assert.deepEqual(plain(ledger.findings(FEED).filter(({ detector }) => detector === good.id)), plain(findings));
  const text = metrics.render();
  for (const name of ['hangs', 'eats', 'exits']) {
    assert.match(text, new RegExp(`left_out_total\\{detector="scan/${name}"\\} 1`));
  }
  assert.doesNotMatch(text, /left_out_total\{detector="scan\/(good|throws)"/);
  // One that throws loses its block, and answers the next.
  assert.match(text, /failures_total\{detector="scan\/throws"\} 1/);
  assert.equal(
    lines.some((line) => line.includes('Cannot run scan/throws to the end of its block: it cannot')),
    true,
  );
  assert.equal(engine.watermark(FEED), 40 * MINUTE_MS);
  assert.equal(EVIL_MINUTE < 20, true);
});

test('ThreadHost: what is under way when it closes is rejected', async () => {
  const host = new ThreadHost({ module: new URL('testing-evil.ts', import.meta.url).href, step_ms: 60_000 });
  const asked = host.ask({ tasks: [], rows: undefined, exposures: new Map(), close_ms: 0, ended: [] });
  await Promise.all([assert.rejects(asked, { name: 'ThreadEnded' }), host.close()]);
  await assert.rejects(host.ask({ tasks: [], rows: undefined, exposures: new Map(), close_ms: 0, ended: [] }));
});
