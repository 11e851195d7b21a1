/**
 * The engine's side of the thread: one request at a time. A detector that hangs, or takes the thread down with it (no memory left), is
 * recognised by what the thread was at; the thread is ended and a new one begins with the next request, without any state.
 */
import { Worker } from 'node:worker_threads';
import {
  STATE_STEPS,
  STATE_TASK,
  STATE_WORDS,
  type ThreadAnswer,
  type ThreadData,
  type ThreadRequest,
} from './protocol.ts';

/** Heap of the thread, without typed arrays: states of detectors. */
const HEAP_MB_MAX = 2048;
/**
 * Of it, what is young. A thread that reaches its limit is given 16 MB more to end in (Node's `NearHeapLimit`); what survives of a
 * young generation as large as usual (192 MB) would not fit there at once, and V8 then ends the whole process.
 */
const YOUNG_MB_MAX = 24;

/** Where detectors run: a thread, or in a test this one. One request at a time. */
export interface Thread {
  /** Its rows are no longer the caller's. Rejects with ThreadEnded; no task has a state any more then. */
  ask(request: ThreadRequest): Promise<ThreadAnswer>;
  /** Gives up all states. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** What one detector may take for one minute of one feed. */
export const STEP_MS = 20_000;

export interface HostOptions {
  /** Module that exports `DETECTORS`. */
  readonly module: string;
  /** What one detector may take for one minute. */
  readonly step_ms: number;
  /** Heap of the thread. */
  readonly heap_mb?: number;
}

/** The thread ended. `task`: whose detector was at work; undefined when none was. */
export class ThreadEnded extends Error {
  override readonly name = 'ThreadEnded';
  readonly task: number | undefined;

  constructor(message: string, task: number | undefined) {
    super(message);
    this.task = task;
  }
}

export class ThreadHost implements Thread {
  private readonly options: HostOptions;
  private worker: Worker | undefined;
  private readonly state = new Int32Array(new SharedArrayBuffer(STATE_WORDS * 4));
  private isClosed = false;

  constructor(options: HostOptions) {
    this.options = options;
  }

  ask(request: ThreadRequest): Promise<ThreadAnswer> {
    if (this.isClosed) return Promise.reject(new ThreadEnded('the engine stops', undefined));
    const worker = (this.worker ??= this.start());
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearInterval(watch);
        worker.off('message', answer).off('error', fail).off('exit', vanish).unref();
      };
      const lose = (state: string): void => {
        end();
        const task = Atomics.load(this.state, STATE_TASK);
        this.worker = undefined;
        void worker.terminate();
        reject(new ThreadEnded(state, task === 0 ? undefined : task));
      };
      const answer = (value: ThreadAnswer): void => {
        end();
        resolve(value);
      };
      const fail = (error: Error): void => lose(error.message);
      const vanish = (): void => lose('the thread ended');
      const watch = this.watch(() => lose(`it took longer than ${this.options.step_ms} ms for a minute`));
      worker.on('message', answer).on('error', fail).on('exit', vanish).ref();
      const transfer = request.rows === undefined ? [] : [request.rows.buffer];
      worker.postMessage(request, transfer);
    });
  }

  /** Gives up the thread, if there is one, and all states. Nothing may be under way. */
  async reset(): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
  }

  /** Ends the thread; what is under way rejects. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.worker?.terminate();
  }

  /** Calls `hang` when a detector is at the same step for too long. */
  private watch(hang: () => void): NodeJS.Timeout {
    const { step_ms } = this.options;
    const looks = 4;
    let steps = -1;
    let still = 0;
    return setInterval(() => {
      const now = Atomics.load(this.state, STATE_STEPS);
      still = now === steps && Atomics.load(this.state, STATE_TASK) !== 0 ? still + 1 : 0;
      steps = now;
      if (still >= looks) hang();
    }, step_ms / looks);
  }

  private start(): Worker {
    this.state.fill(0);
    const workerData: ThreadData = { module: this.options.module, state: this.state.buffer };
    const resourceLimits = {
      maxOldGenerationSizeMb: this.options.heap_mb ?? HEAP_MB_MAX,
      maxYoungGenerationSizeMb: YOUNG_MB_MAX,
    };
    const worker = new Worker(new URL('thread-main.ts', import.meta.url), { workerData, resourceLimits });
    // What a thread says after it was given up is nobody's business any more, and must not end the process.
    worker.on('error', () => {});
    return worker;
  }
}
