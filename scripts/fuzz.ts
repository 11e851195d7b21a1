/**
 * `npm run fuzz`: damaged captures and packets through the capture reader, the walk and the classification. No bytes may throw,
 * hang, or break a law of fuzz/laws.ts. A counterexample is shrunk and kept in fuzz/found/, where a test replays it.
 *
 *     fuzz.ts [--seed 1] [--packets 30000000] [--case N]      the same seed gives the same cases
 */
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { isCI, sharedFile } from '@noroshi/kit/testing.ts';
import { keep } from './fuzz/found.ts';
import type { Message, Task } from './fuzz/worker.ts';

const HANG_MS = 20_000;
const PROGRESS_MS = 15_000;
const FOUND_MAX = 20;

interface Result {
  packets: number;
  cases: number;
  failed: number;
}

/** Runs the worker to its end; a case that takes longer than anything honest is ended and counted as failed. */
function watch(task: Task): Promise<Result> {
  const result: Result = { packets: 0, cases: 0, failed: 0 };
  const worker = new Worker(new URL('fuzz/worker.ts', import.meta.url), { workerData: task });
  let watched = -1;
  const timer = setInterval(() => {
    const number = Atomics.load(task.running, 0);
    if (number === watched && number >= 0) {
      console.log(`hangs: --seed ${task.seed} --case ${number}`);
      result.failed++;
      void worker.terminate();
    }
    watched = number;
  }, HANG_MS);
  const progress = setInterval(() => console.log(`${result.packets} packets, ${result.cases} cases`), PROGRESS_MS);
  return new Promise((resolve, reject) => {
    worker.on('message', (message: Message) => take(message, result));
    worker.on('error', reject);
    worker.on('exit', () => {
      clearInterval(timer);
      clearInterval(progress);
      resolve(result);
    });
  });
}

function take(message: Message, result: Result): void {
  if (message.kind === 'found') {
    result.failed++;
    console.log(`broken: ${message.found.law}; kept as ${keep(message.found)}`);
    return;
  }
  result.packets = message.packets;
  result.cases = message.cases;
}

async function main(): Promise<number> {
  const { missing } = sharedFile('data', 'pcap', 'profile.jsonl');
  if (missing !== undefined) {
    console.log(`Cannot fuzz without captures: ${missing}`);
    console.log(isCI() ? '0 passed, 1 failed' : '0 passed, 0 failed');
    return isCI() ? 1 : 0;
  }
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      packets: { type: 'string', default: '30000000' },
      case: { type: 'string' },
    },
  });
  const start = performance.now();
  const { packets, cases, failed } = await watch({
    seed: Number(values.seed),
    packets: Number(values.packets),
    only: values.case === undefined ? undefined : Number(values.case),
    foundMax: FOUND_MAX,
    running: new Int32Array(new SharedArrayBuffer(4)).fill(-1),
  });
  const seconds = (performance.now() - start) / 1000;
  console.log(`${packets} packets in ${seconds.toFixed(1)} s, seed ${values.seed}`);
  console.log(`${Math.max(0, cases - failed)} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main();
