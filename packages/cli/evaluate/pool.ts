/** Jobs on worker threads, one at a time on each; what comes back is given on and not kept. */
import { Worker } from 'node:worker_threads';
import type { Job, JobResult } from './job.ts';

type Answer = { readonly result: JobResult } | { readonly error: string };

/**
 * Runs all jobs; results come in any order. Throws the first error of a job; aborting ends all threads.
 * @param threads at least 1
 */
export async function runJobs(
  jobs: readonly Job[],
  threads: number,
  onResult: (job: Job, result: JobResult) => void,
  signal: AbortSignal,
): Promise<void> {
  const waiting = jobs.toReversed();
  const workers = Array.from({ length: Math.min(threads, jobs.length) }, () => {
    return new Worker(new URL('worker.ts', import.meta.url));
  });
  try {
    await Promise.all(workers.map((worker) => serve(worker, waiting, onResult, signal)));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

async function serve(
  worker: Worker,
  waiting: Job[],
  onResult: (job: Job, result: JobResult) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let job = waiting.pop(); job !== undefined; job = waiting.pop()) {
    signal.throwIfAborted();
    const answer = await ask(worker, job, signal);
    if ('error' in answer) throw new Error(answer.error);
    onResult(job, answer.result);
  }
}

function ask(worker: Worker, job: Job, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    worker.once('error', reject);
    worker.once('message', (answer: Answer) => {
      signal.removeEventListener('abort', abort);
      worker.removeListener('error', reject);
      resolve(answer);
    });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
    worker.postMessage(job);
  });
}
