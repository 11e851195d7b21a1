import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from '@noroshi/kit/testing.ts';
import type { DemoLine } from '../demo/sensor.ts';
import { folder } from '../testing.ts';
import { KeptProcess } from './kept-process.ts';

const LINE = { kind: 'end', from_ms: null, to_ms: null, packets: 1, stored: 0, waiting: 0, trouble: null };

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('KeptProcess: passes lines on, says why it died, starts it again, and stops it in order', async (context) => {
  const program = join(folder(context), 'sensor.mjs');
  writeFileSync(
    program,
    `console.log('no JSON'); console.log('${JSON.stringify(LINE)}'); console.error('odd');
     if (process.argv[2] === 'die') { console.log('{"kind":"failed","sentence":"Cannot go on: a test"}'); process.exit(1); }
     process.once('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000);`,
  );
  const lines: DemoLine[] = [];
  const logged: string[] = [];
  const deaths: string[] = [];
  const dying = new KeptProcess<DemoLine>({
    program,
    args: ['die'],
    onLine: (line) => lines.push(line),
    onLog: (line) => logged.push(line),
    onDeath: (sentence, pause_ms) => deaths.push(`${sentence} ${pause_ms > 0}`),
  });
  await until(() => deaths.length === 2);
  await dying.stop();
  assert.deepEqual(deaths, ['Cannot go on: a test true', 'Cannot go on: a test true']);
  assert.deepEqual(lines, [LINE, LINE]);
  assert.deepEqual(logged, ['odd\n', 'odd\n']);

  const living = new KeptProcess({
    program,
    args: [],
    onLine: () => {},
    onLog: (line) => logged.push(line),
    onDeath: (sentence) => deaths.push(sentence),
  });
  await until(() => logged.length === 3);
  const { pid = 0 } = living;
  await living.stop();
  assert.deepEqual([isAlive(pid), deaths.length], [false, 2]);
});

test('KeptProcess: one that is killed is started again', async (context) => {
  const program = join(folder(context), 'sensor.mjs');
  writeFileSync(program, `console.error(process.pid); setInterval(() => {}, 1000);`);
  const pids: number[] = [];
  const deaths: string[] = [];
  const sensor = new KeptProcess({
    program,
    args: [],
    onLine: () => {},
    onLog: (line) => pids.push(Number(line)),
    onDeath: (sentence) => deaths.push(sentence),
  });
  await until(() => pids.length === 1);
  process.kill(pids[0], 'SIGKILL');
  await until(() => pids.length === 2);
  assert.deepEqual(deaths, ['it ended with SIGKILL']);
  await sensor.stop();
  assert.deepEqual(pids.map(isAlive), [false, false]);
});

test('leash: a child ends when its parent was killed', async (context) => {
  const path = folder(context);
  const child = join(path, 'child.mjs');
  const parent = join(path, 'parent.mjs');
  writeFileSync(child, `console.error(process.pid); setInterval(() => {}, 1000);`);
  writeFileSync(
    parent,
    `import { KeptProcess } from ${JSON.stringify(import.meta.resolve('./kept-process.ts'))};
     new KeptProcess({ program: ${JSON.stringify(child)}, args: [], onLine() {}, onDeath() {},
       onLog: (line) => process.stdout.write(line) });`,
  );
  const running = spawn(process.execPath, [parent], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = (await once(running.stdout, 'data')) as [Buffer];
  const pid = Number(said.toString());
  assert.equal(isAlive(pid), true);
  running.kill('SIGKILL');
  await until(() => !isAlive(pid));
});
