/** One interface: programs that fail are started again, later each time, and at once when the interface comes back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { createLog } from '@noroshi/kit/log.ts';
import { FakeClock } from './testing/fake-capture.ts';
import type { LinkState } from './live/link.ts';
import { type Child, Port } from './live/port.ts';
import { RecordRuns } from './live/record-runs.ts';

test('Port: waits longer each time up to a minute, forgets that when the link is back, and stops what it has', async () => {
  const clock = new FakeClock(0);
  const starts_ms: number[] = [];
  let link: LinkState = 'up';
  let log = '';
  let stopped = 0;
  let fails = true;
  const port = new Port({
    interface: 'eth0',
    prefixes: [],
    log: createLog({ part: 'live', write: (line) => (log += line), now_ms: clock.now_ms }),
    monotonic_ms: clock.monotonic_ms,
    random: () => 0,
    link: () => link,
    nextStream: () => starts_ms.length,
    start: async (): Promise<Child> => {
      starts_ms.push(clock.now_ms());
      if (fails) throw new Error('no permission');
      const reading = { captured: 0, received: 0, droppedByKernel: 0, droppedByInterface: 0 };
      const stop = async (): Promise<void> => void stopped++;
      return { runs: new RecordRuns(), state: 'listening', ending: '', reading, ask: () => {}, resume: () => {}, stop };
    },
  });
  const pass = async (for_ms: number): Promise<void> => {
    for (let passed_ms = 0; passed_ms < for_ms; passed_ms += 250) {
      port.look();
      await turn();
      clock.advance(250);
    }
  };
  await pass(300_000);
  const pauses_s = starts_ms.slice(1).map((start_ms, index) => Math.round((start_ms - starts_ms[index]) / 1000));
  assert.deepEqual(pauses_s.slice(0, 7), [1, 2, 4, 8, 16, 32, 60]);
  assert.match(log, /capture_failed: Cannot capture on eth0: no permission/);
  link = 'absent';
  await pass(120_000);
  const before = starts_ms.length;
  fails = false;
  link = 'up';
  await pass(1000);
  assert.equal(starts_ms.length, before + 1);
  assert.ok(port.isListening);
  await port.stop();
  await pass(1000);
  assert.deepEqual([stopped, port.isListening, starts_ms.length], [1, false, before + 1]);
});
