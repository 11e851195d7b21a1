/**
 * One plain capture file through several workers. The planner cuts, workers walk, classify, gather and encode, this thread hands
 * on the groups in the capture's order: what comes of them is the same, byte for byte, as from one thread.
 */
import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { RowFacts } from './days.ts';
import { Destinations } from './destinations.ts';
import type { EncodedGroup } from './flow-file.ts';
import { newOutboxMemory, Outbox } from './outbox.ts';
import type { Progress, SourceOutcome } from '../flow/inline.ts';
import { Planner, type Task } from '../flow/planner.ts';
import { addCounters, emptyCounters, type StageCounters } from '../flow/stage.ts';
import { Tally, type TallyData } from '../flow/tally.ts';
import type { WorkerMessage, WorkerSetup } from './worker.ts';

export interface ParallelOptions extends Omit<WorkerSetup, 'outbox'> {
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
type Done = Extract<WorkerMessage, { kind: 'done' }>;

interface Member {
  readonly worker: Worker;
  readonly outbox: Outbox;
  /** Has no task, or none from which it still reads. */
  isReady: boolean;
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
  /** By task whose turn to be written has not come: its first group. Its worker waits for that one before it hands in another. */
  private readonly early = new Map<number, { readonly member: Member; readonly group: Group }>();
  /** What the tasks tallied whose turn has not come. */
  private readonly done = new Map<number, TallyData>();
  private readonly tally = new Tally();
  private readonly destinations = new Destinations();
  private turn = 0;
  /** The task that the next worker gets. */
  private task: Task | undefined;
  private given = 0;
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
      this.task = this.planner.next();
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
    const outbox = newOutboxMemory();
    const given = { path, compression, rowsPerMinuteMax, prefixes, isPerDay, countsDestinations };
    const workerData: WorkerSetup = { ...given, outbox };
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData, env: workerEnvironment() });
    const member: Member = { worker, outbox: new Outbox(outbox), isReady: true, counters: undefined };
    worker.on('message', (message: WorkerMessage) => this.receive(member, message));
    worker.on('error', (error: Error) => this.settle.reject(error));
    return member;
  }

  /** Gives each worker that has nothing to read a task, and plans one ahead; ends when all are written. */
  private dispatch(): void {
    for (const member of this.members) if (member.isReady && this.task !== undefined) this.give(member, this.task);
    if (this.task === undefined && this.turn === this.given) this.settle.resolve();
  }

  private give(member: Member, task: Task): void {
    this.given++;
    member.isReady = false;
    // A worker's port has no origin.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    member.worker.postMessage(task);
    this.task = this.planner.next();
  }

  private receive(member: Member, message: WorkerMessage): void {
    try {
      if (message.kind === 'progress') this.progress(message.packets, message.bytes);
      else if (message.kind === 'group') this.take(member, message);
      else if (message.kind === 'ready') this.supply(member);
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

  private supply(member: Member): void {
    member.isReady = true;
    this.dispatch();
  }

  private take(member: Member, group: Group): void {
    if (group.task === this.turn) this.write(member, group);
    else this.early.set(group.task, { member, group });
  }

  private write({ outbox }: Member, { places, meta, digest, facts }: Group): void {
    const pause = this.sink({ chunks: outbox.chunks(places), meta, digest }, facts);
    if (pause === undefined) {
      outbox.free();
      return;
    }
    pause.then(
      () => outbox.free(),
      (error: unknown) => this.settle.reject(error as Error),
    );
  }

  private finish(member: Member, { task, counters, tally, destinations }: Done): void {
    member.counters = counters;
    this.destinations.append(destinations);
    this.done.set(task, tally);
    for (let own = this.done.get(this.turn); own !== undefined; own = this.done.get(this.turn)) {
      this.tally.append(own);
      this.done.delete(this.turn++);
      const early = this.early.get(this.turn);
      if (early === undefined) continue;
      this.early.delete(this.turn);
      this.write(early.member, early.group);
    }
    this.dispatch();
  }
}

/** Workers find the code compiled that this thread has compiled before, where it keeps that. */
function workerEnvironment(): NodeJS.ProcessEnv {
  const folder = getCompileCacheDir();
  return folder === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: dirname(folder) };
}
