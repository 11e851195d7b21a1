/** Threads that verify, so that a segment of a million rows does not keep the center from answering. */
import { Worker } from 'node:worker_threads';
import type { Verified, VerifyRequest } from './verify.ts';

/** Heap of one thread: footers are read into objects. A thread that needs more ends, and with it that one verification. */
const HEAP_MB_MAX = 512;

interface Job {
  readonly request: VerifyRequest;
  readonly resolve: (verified: Verified) => void;
  readonly reject: (error: Error) => void;
}

export class Verifier {
  private readonly threads: number;
  private readonly verify_ms: number;
  private readonly waiting: Job[] = [];
  private readonly idle: Worker[] = [];
  private readonly busy = new Set<Worker>();
  private isClosed = false;

  /** @param verify_ms longest work on one file; then its thread is ended and the answer is an error */
  constructor(threads: number, verify_ms: number) {
    this.threads = threads;
    this.verify_ms = verify_ms;
  }

  /** Rejects when the file cannot be read, when it took too long, or when the verifier is closed. */
  verify(request: VerifyRequest): Promise<Verified> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ request, resolve, reject });
      this.next();
    });
  }

  /** Ends all threads; what is under way rejects. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.next();
    await Promise.all([...this.idle, ...this.busy].map((worker) => worker.terminate()));
  }

  private next(): void {
    if (this.isClosed) {
      for (const job of this.waiting.splice(0)) job.reject(new Error('Cannot verify: the center is stopping'));
      return;
    }
    while (this.waiting.length > 0 && this.busy.size < this.threads) {
      const job = this.waiting.shift();
      if (job !== undefined) this.run(job, this.idle.pop() ?? startWorker());
    }
  }

  private run(job: Job, worker: Worker): void {
    this.busy.add(worker);
    worker.ref();
    const end = (isUsable: boolean): void => {
      clearTimeout(timer);
      worker.off('message', answer).off('error', fail).off('exit', vanish).unref();
      this.busy.delete(worker);
      if (isUsable && !this.isClosed) this.idle.push(worker);
      else void worker.terminate();
      this.next();
    };
    const fail = (error: Error): void => {
      end(false);
      job.reject(error);
    };
    const vanish = (): void => fail(new Error('Cannot verify: the thread ended'));
    const answer = (verified: Verified): void => {
      end(true);
      job.resolve(verified);
    };
    const late = (): void => fail(new Error(`Cannot verify: not done within ${this.verify_ms} ms`));
    const timer = setTimeout(late, this.verify_ms);
    worker.on('message', answer).on('error', fail).on('exit', vanish);
    // A worker's port has no origin.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    worker.postMessage(job.request);
  }
}

function startWorker(): Worker {
  const resourceLimits = { maxOldGenerationSizeMb: HEAP_MB_MAX };
  const worker = new Worker(new URL('verify-worker.ts', import.meta.url), { resourceLimits });
  // What a thread says after it was given up is nobody's business any more, and must not end the process.
  worker.on('error', () => {});
  return worker;
}
