import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Lifecycle } from './lifecycle.ts';
import { createLog } from './log.ts';

function recorded(stop_ms?: number): { lifecycle: Lifecycle; lines: string[] } {
  const lines: string[] = [];
  const log = createLog({ part: 'x', now_ms: () => 0, write: (line) => void lines.push(line.slice(25, -1)) });
  return { lifecycle: new Lifecycle(log, stop_ms), lines };
}

test('Lifecycle stops in reverse order, once, and one after the other', async () => {
  const { lifecycle, lines } = recorded();
  const stopped: string[] = [];
  for (const name of ['store', 'ingest', 'server']) {
    lifecycle.onStop(name, async () => {
      await wait(name === 'server' ? 20 : 0);
      stopped.push(name);
    });
  }
  assert.equal(lifecycle.signal.aborted, false);
  const [first, second] = await Promise.all([lifecycle.stop('SIGTERM'), lifecycle.stop('again')]);
  assert.deepEqual([first, second, await lifecycle.stopped], ['SIGTERM', 'SIGTERM', 'SIGTERM']);
  assert.deepEqual(stopped, ['server', 'ingest', 'store']);
  assert.deepEqual(lines, ['info x stopping: Stopping: SIGTERM']);
});

test('Lifecycle passes over what fails and what does not end', async () => {
  const { lifecycle, lines } = recorded(20);
  let isStopped = false;
  lifecycle.onStop('first', () => {
    isStopped = true;
  });
  lifecycle.onStop('stuck', () => new Promise(() => {}));
  lifecycle.onStop('broken', () => {
    throw new Error('no such socket');
  });
  await lifecycle.stop('end');
  assert.equal(isStopped, true);
  assert.deepEqual(lines.slice(1), [
    'error x stop_failed: Cannot stop broken: no such socket',
    'error x stop_late: Cannot stop stuck: not within 20 ms',
  ]);
});

test('Lifecycle stops at once what is started while it is stopping', async () => {
  const { lifecycle } = recorded();
  await lifecycle.stop('end');
  const late = Promise.withResolvers<void>();
  lifecycle.onStop('late', () => late.resolve());
  await late.promise;
});

/** A process that stops by signals; `stop` is the source of what it does then. */
async function started(stop: string): Promise<ChildProcess> {
  const kit = (file: string): string => JSON.stringify(join(import.meta.dirname, file));
  const source = `
    import { Lifecycle, stopOnSignals } from ${kit('lifecycle.ts')};
    import { SILENT } from ${kit('log.ts')};
    const lifecycle = new Lifecycle(SILENT);
    stopOnSignals(lifecycle);
    const beat = setInterval(() => {}, 1000);
    lifecycle.onStop('beat', () => { ${stop} });
    console.log('up');
    console.log('down by ' + await lifecycle.stopped);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  assert.ok(child.stdout);
  await once(child.stdout, 'data');
  return child;
}

test('stopOnSignals: the first signal stops in order, and the process ends by itself', async () => {
  const child = await started('clearInterval(beat)');
  assert.ok(child.stdout);
  child.stdout.setEncoding('utf8');
  const said = once(child.stdout, 'data');
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  assert.deepEqual(await said, ['down by SIGTERM\n']);
  assert.deepEqual(await ended, [0, null]);
});

test('stopOnSignals: the second signal ends a process that does not stop', async () => {
  const child = await started('console.log("stuck"); return new Promise(() => {})');
  assert.ok(child.stdout);
  const stuck = once(child.stdout, 'data');
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  await stuck;
  child.kill('SIGINT');
  assert.deepEqual(await ended, [null, 'SIGINT']);
});
