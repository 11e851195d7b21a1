/**
 * One plain capture file through several workers. The planner cuts, workers walk, classify, gather and encode, this thread hands
 * on the groups in the capture's order: what comes of them is the same, byte for byte, as from one thread.
 */
import { Worker } from 'node:worker_threads';
import type { RowFacts } from './days.ts';
import { Destinations } from './destinations.ts';
import type { EncodedGroup } from './flow-file.ts';
import type { Progress, SourceOutcome } from '../flow/inline.ts';
import { Planner, type Task } from '../flow/planner.ts';
import { addCounters, emptyCounters, type StageCounters } from '../flow/stage.ts';
import { Tally, type TallyData } from '../flow/tally.ts';
import type { WorkerMessage, WorkerSetup } from './worker.ts';

/** Encoded row groups of one worker that may wait to be written: about 15 MiB each. */
const GROUPS_WAITING_MAX = 2;
/** Tasks given to a worker ahead of its need. */
const TASKS_AHEAD = 2;

export interface ParallelOptions extends Omit<WorkerSetup, 'credit'> {
  readonly workers: number;
  readonly onProgress: (progress: Progress) => void;
}

/**
 * Takes a group; its bytes are gone when it returns. A promise says when there is room for more.
 * @param facts undefined unless the groups are per day
 */
export type GroupSink = (group: EncodedGroup, facts: RowFacts | undefined) => void | Promise<void>;

export interface ParallelOutcome extends SourceOutcome {
  readonly counters: StageCounters;
  readonly tally: TallyData;
  readonly destinations: Destinations;
}

type Group = Extract<WorkerMessage, { kind: 'group' }>;

interface Member {
  readonly worker: Worker;
  readonly credit: Int32Array;
  /** Tasks given and not done. */
  outstanding: number;
  counters: StageCounters | undefined;
}

export async function runParallel(options: ParallelOptions, sink: GroupSink): Promise<ParallelOutcome> {
  const run = new ParallelRun(options, sink);
  try {
    await run.finished();
    return run.outcome();
  } finally {
    await run.close();
  }
}

class ParallelRun {
  private readonly options: ParallelOptions;
  private readonly sink: GroupSink;
  private readonly planner: Planner;
  private readonly members: Member[];
  /** Groups of tasks whose turn to be written has not come. */
  private readonly early = new Map<number, { readonly member: Member; readonly group: Group }[]>();
  /** What the tasks tallied whose turn has not come. */
  private readonly done = new Map<number, TallyData>();
  private readonly tally = new Tally();
  private readonly destinations = new Destinations();
  private turn = 0;
  private planned = 0;
  private isPlanned = false;
  private packets = 0;
  private bytesRead = 0;
  private settle: { resolve: () => void; reject: (error: Error) => void } = { resolve: () => {}, reject: () => {} };

  constructor(options: ParallelOptions, sink: GroupSink) {
    this.options = options;
    this.sink = sink;
    this.planner = new Planner(options.path);
    this.members = Array.from({ length: options.workers }, () => this.hire());
  }

  finished(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
      this.dispatch();
    });
  }

  outcome(): ParallelOutcome {
    const counters = emptyCounters();
    for (const member of this.members) if (member.counters !== undefined) addCounters(counters, member.counters);
    const { destinations } = this;
    return { ...this.planner.outcome(this.options.path), counters, tally: this.tally.take(), destinations };
  }

  async close(): Promise<void> {
    this.planner.close();
    await Promise.all(this.members.map(({ worker }) => worker.terminate()));
  }

  private hire(): Member {
    const { path, compression, rowsPerMinuteMax, prefixes, isPerDay, countsDestinations } = this.options;
    const credit = new SharedArrayBuffer(4);
    const given = { path, compression, rowsPerMinuteMax, prefixes, isPerDay, countsDestinations };
    const workerData: WorkerSetup = { ...given, credit };
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData });
    const member: Member = { worker, credit: new Int32Array(credit), outstanding: 0, counters: undefined };
    member.credit[0] = GROUPS_WAITING_MAX;
    worker.on('message', (message: WorkerMessage) => this.receive(member, message));
    worker.on('error', (error: Error) => this.settle.reject(error));
    return member;
  }

  /** Keeps every worker supplied; ends when all that was planned is written. */
  private dispatch(): void {
    for (let ahead = 1; ahead <= TASKS_AHEAD; ahead++) {
      for (const member of this.members) if (member.outstanding < ahead) this.give(member);
    }
    if (this.isPlanned && this.turn === this.planned) this.settle.resolve();
  }

  private give(member: Member): void {
    const task: Task | undefined = this.isPlanned ? undefined : this.planner.next();
    if (task === undefined) {
      this.isPlanned = true;
      return;
    }
    this.planned++;
    member.outstanding++;
    // A worker's port has no origin.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    member.worker.postMessage(task);
  }

  private receive(member: Member, message: WorkerMessage): void {
    try {
      if (message.kind === 'progress') this.progress(message.packets, message.bytes);
      else if (message.kind === 'group') this.take(member, message);
      else this.finish(member, message);
    } catch (error) {
      this.settle.reject(error as Error);
    }
  }

  private progress(packets: number, bytes: number): void {
    this.packets += packets;
    this.bytesRead += bytes;
    this.options.onProgress({ packets: this.packets, bytesRead: this.bytesRead, bytesTotal: this.planner.bytesTotal });
  }

  private take(member: Member, group: Group): void {
    if (group.task === this.turn) return this.write(member, group);
    const waiting = this.early.get(group.task);
    if (waiting === undefined) this.early.set(group.task, [{ member, group }]);
    else waiting.push({ member, group });
  }

  private write(member: Member, { bytes, meta, digest, facts }: Group): void {
    const pause = this.sink({ chunks: [bytes], meta, digest }, facts);
    // Gives the memory back at once: this thread allocates so little that its collector would let megabytes pile up.
    if (bytes.buffer instanceof ArrayBuffer) bytes.buffer.transfer(0);
    if (pause === undefined) {
      allow(member);
      return;
    }
    pause.then(
      () => allow(member),
      (error: unknown) => this.settle.reject(error as Error),
    );
  }

  private finish(member: Member, { task, counters, tally, destinations }: Extract<WorkerMessage, { kind: 'done' }>) {
    member.outstanding--;
    member.counters = counters;
    this.destinations.append(destinations);
    this.done.set(task, tally);
    for (let own = this.done.get(this.turn); own !== undefined; own = this.done.get(this.turn)) {
      this.tally.append(own);
      this.done.delete(this.turn++);
      for (const { member: owner, group } of this.early.get(this.turn) ?? []) this.write(owner, group);
      this.early.delete(this.turn);
    }
    this.dispatch();
  }
}

/** Lets the worker hand in another group. */
function allow({ credit }: Member): void {
  Atomics.add(credit, 0, 1);
  Atomics.notify(credit, 0);
}
