/**
 * The ledger as the center uses it: in a thread of its own, because PGlite's WebAssembly computes where it is called, and a report of
 * ten thousand sightings takes a while with a server, too.
 */
import { Worker } from 'node:worker_threads';
import { LedgerError } from './error.ts';
import type { Ledger } from './ledger.ts';
import { type Answer, type Call, type LedgerPlace, type Method, OPENED } from './messages.ts';

/** Calls that wait for an answer; more are refused. */
const CALLS_MAX = 1000;

/**
 * Opens the ledger and makes its tables. A folder belongs to one process at a time: whoever calls sees to that (kit/lock.ts). Whoever
 * opened it closes it; until then it keeps the process alive.
 * @throws LedgerError
 */
export async function openLedger(place: LedgerPlace): Promise<Ledger> {
  const thread = new Thread(place);
  await thread.opened;
  const call = <M extends Method>(method: M): Ledger[M] => {
    const ask = (...args: readonly unknown[]): Promise<unknown> => thread.call(method, args);
    // The thread has a ledger whose method of this name takes and gives the same.
    return ask as Ledger[M];
  };
  return {
    record: call('record'),
    findings: call('findings'),
    finding: call('finding'),
    history: call('history'),
    sightings: call('sightings'),
    decide: call('decide'),
    memory: call('memory'),
    remember: call('remember'),
    expire: call('expire'),
    close: () => thread.close(),
  };
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: LedgerError) => void;
}

class Thread {
  /** Rejects when the ledger cannot be opened. */
  readonly opened: Promise<unknown>;
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private count = OPENED;
  private closing: Promise<void> | undefined;
  private isGone = false;

  constructor(place: LedgerPlace) {
    this.worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: place });
    this.opened = this.answerTo(OPENED);
    this.worker.on('message', (answer: Answer) => this.settle(answer));
    this.worker.on('error', (error: Error) => this.end(`its thread broke (${error.message})`));
    this.worker.on('exit', () => this.end('it is closed'));
    this.opened.catch(() => this.worker.terminate());
  }

  async call(method: Method, args: readonly unknown[]): Promise<unknown> {
    const refuse = (state: string): never => {
      throw new LedgerError('refused', `Cannot use the ledger: ${state}`);
    };
    if (this.isGone || this.closing !== undefined) refuse('it is closed');
    if (this.waiting.size >= CALLS_MAX) refuse(`${CALLS_MAX} calls are waiting already`);
    return this.send(method, args);
  }

  /** What was asked for before is answered before. Twice is once. */
  close(): Promise<void> {
    this.closing ??= this.isGone ? Promise.resolve() : this.closed();
    return this.closing;
  }

  private async closed(): Promise<void> {
    try {
      await this.send('close', []);
    } finally {
      await this.worker.terminate();
    }
  }

  private send(method: Method, args: readonly unknown[]): Promise<unknown> {
    const call: Call = { number: ++this.count, method, args };
    const answer = this.answerTo(call.number);
    // A worker's port has no origin.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    this.worker.postMessage(call);
    return answer;
  }

  private answerTo(number: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.waiting.set(number, { resolve, reject });
    });
  }

  private settle(answer: Answer): void {
    const waiting = this.waiting.get(answer.number);
    this.waiting.delete(answer.number);
    if ('kind' in answer) waiting?.reject(new LedgerError(answer.kind, answer.message));
    else waiting?.resolve(answer.value);
  }

  private end(state: string): void {
    this.isGone = true;
    const error = new LedgerError('unreachable', `Cannot use the ledger: ${state}`);
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}
