/** Runs cases in a thread of its own, so that the thread that watches it sees a hang. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Counterexample } from './found.ts';
import { runCase } from './run.ts';
import { readSeeds } from './seeds.ts';

export interface Task {
  readonly seed: number;
  readonly packets: number;
  /** Runs this case alone. */
  readonly only: number | undefined;
  readonly foundMax: number;
  /** Number of the case that is running now, written for the watching thread. */
  readonly running: Int32Array;
}
export type Message =
  | { readonly kind: 'progress'; readonly packets: number; readonly cases: number }
  | { readonly kind: 'found'; readonly found: Counterexample }
  | { readonly kind: 'done'; readonly packets: number; readonly cases: number };

const PROGRESS_CASES = 256;

function post(message: Message): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window
  parentPort?.postMessage(message);
}

function run({ seed, packets: wanted, only, foundMax, running }: Task): void {
  const seeds = readSeeds();
  let packets = 0;
  let cases = 0;
  let count = 0;
  const isWanted = (): boolean => (only === undefined ? packets < wanted : cases === 0) && count < foundMax;
  for (let number = only ?? 0; isWanted(); number++, cases++) {
    Atomics.store(running, 0, number);
    const result = runCase(seeds, seed, number);
    packets += result.packets;
    if (result.found !== undefined) {
      count++;
      post({ kind: 'found', found: result.found });
    }
    if (cases % PROGRESS_CASES === 0) post({ kind: 'progress', packets, cases });
  }
  post({ kind: 'done', packets, cases });
}

run(workerData as Task);
