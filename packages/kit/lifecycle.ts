/**
 * The end of a process: what was started last is stopped first, each within its time, and nothing that fails keeps the others
 * from being stopped.
 *
 *     const lifecycle = new Lifecycle(log);
 *     stopOnSignals(lifecycle);
 *     const server = await listen();
 *     lifecycle.onStop('server', () => server.close());
 *     await lifecycle.stopped;
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Log } from './log.ts';

/** What one part may take to stop. */
const STOP_MS = 10_000;

interface Part {
  readonly name: string;
  readonly stop: () => unknown;
}

export class Lifecycle {
  /** Resolves with the reason when everything has been stopped. */
  readonly stopped: Promise<string>;
  private readonly parts: Part[] = [];
  private readonly controller = new AbortController();
  private readonly log: Log;
  private readonly stop_ms: number;
  private resolve: (reason: string) => void = () => {};

  constructor(log: Log, stop_ms = STOP_MS) {
    this.log = log;
    this.stop_ms = stop_ms;
    this.stopped = new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  /** Aborted as soon as stopping begins: for whoever waits. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** `stop` may be asynchronous. Called when stopping has begun already: stopped at once. */
  onStop(name: string, stop: () => unknown): void {
    const part = { name, stop };
    if (this.signal.aborted) void this.stopPart(part);
    else this.parts.push(part);
  }

  /** Stops everything, once; `reason` in a word, e.g. the signal. Never rejects. */
  stop(reason: string): Promise<string> {
    if (this.signal.aborted) return this.stopped;
    this.log.info('stopping', `Stopping: ${reason}`);
    this.controller.abort(new Error(`Stopping: ${reason}`));
    void this.stopAll(reason);
    return this.stopped;
  }

  private async stopAll(reason: string): Promise<void> {
    for (let part = this.parts.pop(); part !== undefined; part = this.parts.pop()) await this.stopPart(part);
    this.log.flush();
    this.resolve(reason);
  }

  private async stopPart({ name, stop }: Part): Promise<void> {
    const late = new AbortController();
    try {
      const work = Promise.resolve().then(stop);
      const isInTime = await Promise.race([
        work.then(() => true),
        wait(this.stop_ms, false, { signal: late.signal, ref: true }),
      ]);
      if (!isInTime) this.log.error('stop_late', `Cannot stop ${name}: not within ${this.stop_ms} ms`);
    } catch (error) {
      const state = error instanceof Error ? error.message : String(error);
      this.log.error('stop_failed', `Cannot stop ${name}: ${state}`);
    } finally {
      late.abort();
    }
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The first signal stops in order; the second ends the process at once, by that signal. Returns how to stop listening. */
export function stopOnSignals(lifecycle: Lifecycle): () => void {
  const forget = (): void => {
    for (const signal of SIGNALS) process.off(signal, heed);
  };
  const heed = (signal: NodeJS.Signals): void => {
    if (!lifecycle.signal.aborted) {
      void lifecycle.stop(signal);
      return;
    }
    forget();
    process.kill(process.pid, signal);
  };
  for (const signal of SIGNALS) process.on(signal, heed);
  return forget;
}
