/**
 * The engine: rows of the store become bins, detectors see each bin in order, what they see goes to the ledger.
 *
 *     const engine = new Engine({ store, ledger, detectors, module, … });
 *     engine.start();
 *     engine.onChange((feed) => …);
 *     await engine.stop();
 *
 * One round after the other: what has come is taken note of, the next stretch of minutes is read, the thread answers, the answers are
 * recorded, and how far everybody came is remembered. A bin closes when the watermark passes it (frontier.ts); what comes later opens
 * the blocks concerned again (plan.ts). While a sensor is catching up, rounds are few (rush.ts). When store or ledger are away the
 * round is tried again, later and later.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@noroshi/kit/log.ts';
import type { Metrics } from '@noroshi/kit/metrics.ts';
import { type FeedName, FEEDS } from '@noroshi/wire/api/feed.ts';
import { LedgerError } from '../../ledger/error.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { StoredNotice } from '../../store/store.ts';
import type { Detector } from '../detector.ts';
import type { BinExposure } from '../flow-batch.ts';
import type { Source } from '../read/source.ts';
import { Account, type DetectorCounts } from './account.ts';
import type { Part } from './book.ts';
import { FeedState } from './feed-state.ts';
import { type Thread, ThreadEnded } from './host.ts';
import { memoKey, readMemo } from './memo.ts';
import { Outbox } from './outbox.ts';
import { type Chunk, endOfBlock, type Task } from './plan.ts';
import type { TaskHarvest, ThreadAnswer, ThreadRequest } from './protocol.ts';
import { HOUR_MS } from './receipts.ts';
import { Rush } from './rush.ts';
import { rulesOf } from './rules.ts';
import { insertOf, type SourceNames } from './sources.ts';

export interface EngineOptions {
  readonly source: Source;
  readonly ledger: Pick<Ledger, 'record' | 'memory' | 'remember' | 'expire'>;
  readonly detectors: readonly Detector[];
  /** Where they run. */
  readonly thread: Thread;
  readonly names: SourceNames;
  /** A sensor that has been silent for so long no longer holds the others back. */
  readonly grace_minutes: number;
  /** How far back a new detector looks, and late rows count. */
  readonly history_days: number;
  readonly now_ms: () => number;
  /** How long to wait after so many failures in a row. */
  readonly pause_ms: (attempt: number) => number;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Without news it is looked again after so long: sensors fall silent without a word. */
const REST_MS = 5000;
/** News gather for so long: segments of a minute come together. */
const GATHER_MS = 300;
/** How long a stretch of minutes waits at most while a sensor is catching up, and how often it is looked whether it still is. */
const GIVE_WAY_MS = 30_000;
const LOOK_MS = 250;
/** News that are kept; with more everything is read anew. */
const NOTICES_MAX = 100_000;
/** Findings of captures close when their feed has fallen silent: nothing more of them will come. */
const REPLAY_CLOSE_MS = 7 * 24 * HOUR_MS;

export class Engine {
  private readonly options: EngineOptions;
  private readonly account: Account;
  private readonly outbox = new Outbox();
  private readonly leftOut = new Set<string>();
  private readonly listeners = new Set<(feed: FeedName) => void>();
  private readonly aborted = new AbortController();
  private readonly rush = new Rush();
  private readonly expired = new Map<FeedName, number>();
  private readonly versions = new Map<FeedName, number>();
  private feeds: readonly FeedState[] | undefined;
  private notices: StoredNotice[] = [];
  private wake = Promise.withResolvers<void>();
  private rounds = 0;
  private waiting: { readonly resolve: () => void; readonly round: number }[] = [];
  private running: Promise<void> | undefined;
  private forget: () => void = () => {};

  constructor(options: EngineOptions) {
    this.options = options;
    this.account = new Account(options.metrics, options.log, () => this.lag_ms);
  }

  start(): void {
    this.forget = this.options.source.onStored((notice) => this.hear(notice));
    this.running = this.run();
  }

  /** Ends what is under way, but for one letter on its way; what was not recorded is done again after the next start. */
  async stop(): Promise<void> {
    this.forget();
    this.aborted.abort();
    this.wake.resolve();
    await this.options.thread.close();
    await this.running;
  }

  /** Calls `listener` after findings, sources or the watermark of a feed changed, until the answer is called. */
  onChange(listener: (feed: FeedName) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Minute up to which all detectors have seen everything that live sensors sent; undefined before any. */
  watermark(feed: FeedName): number | undefined {
    const state = this.feeds?.find((other) => other.feed === feed);
    const ends = state?.active(this.leftOut).map(({ progress }) => progress.to_ms) ?? [];
    return ends.length === 0 ? undefined : Math.min(...ends);
  }

  /** What became of a detector's minutes since the start; undefined before any. */
  counts(feed: FeedName, detector: string): DetectorCounts | undefined {
    return this.account.counts.get(`${feed} ${detector}`);
  }

  /** Grows whenever `onChange` tells of the feed. */
  version(feed: FeedName): number {
    return this.versions.get(feed) ?? 0;
  }

  /** How far the slowest feed is behind its own watermark. */
  get lag_ms(): number {
    const now_ms = this.options.now_ms();
    const lags = (this.feeds ?? []).map((state) => {
      return (state.at(now_ms)?.watermark_ms ?? 0) - (this.watermark(state.feed) ?? Number.POSITIVE_INFINITY);
    });
    return Math.max(0, ...lags);
  }

  /** Resolves when everything that has come by now is done. For tests and measurements. */
  quiet(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push({ resolve, round: this.rounds });
      this.wake.resolve();
    });
  }

  private hear(notice: StoredNotice): void {
    this.rush.hear(notice, this.options.now_ms());
    this.notices.push(notice);
    if (this.notices.length > NOTICES_MAX) {
      this.notices = [];
      this.feeds = undefined;
    }
    this.wake.resolve();
  }

  private async run(): Promise<void> {
    for (let failures = 0; !this.aborted.signal.aborted; ) {
      try {
        await this.giveWay();
        const isBusy = await this.round();
        this.account.well();
        failures = 0;
        if (!isBusy) await this.rest();
      } catch (error) {
        if (this.aborted.signal.aborted) return;
        this.account.trouble(error);
        await this.pause(this.options.pause_ms(failures++));
      }
    }
  }

  private async rest(): Promise<void> {
    const isDone = ({ round }: { readonly round: number }): boolean => round < this.rounds && this.notices.length === 0;
    for (const { resolve } of this.waiting.filter(isDone)) resolve();
    this.waiting = this.waiting.filter((other) => !isDone(other));
    if (this.waiting.length > 0) return;
    await Promise.race([this.wake.promise, this.pause(REST_MS)]);
    this.wake = Promise.withResolvers();
    if (this.waiting.length === 0) await this.pause(GATHER_MS);
  }

  /** Whoever waits for the engine does not wait for this. */
  private async giveWay(): Promise<void> {
    for (let left_ms = GIVE_WAY_MS; left_ms > 0; left_ms -= LOOK_MS) {
      const isOn = this.rush.isOn(this.options.now_ms(), this.options.source.isStoring());
      const isOver = !isOn || this.waiting.length > 0;
      if (isOver || this.aborted.signal.aborted) return;
      await this.pause(LOOK_MS);
    }
  }

  private pause(time_ms: number): Promise<unknown> {
    return sleep(time_ms, undefined, { signal: this.aborted.signal }).catch(() => {});
  }

  /** Answers whether there was anything to do. */
  private async round(): Promise<boolean> {
    this.rounds++;
    await this.flush();
    const feeds = (this.feeds ??= await this.open());
    for (const notice of this.notices.splice(0)) this.absorb(feeds, notice);
    const now_ms = this.options.now_ms();
    for (const state of feeds) {
      const watermark = state.at(now_ms);
      if (watermark === undefined) continue;
      const chunk = state.next(watermark.watermark_ms, this.leftOut);
      if (chunk !== undefined) {
        await this.work(state, chunk);
        return true;
      }
      if (watermark.isSettled && (await this.settle(state))) return true;
      await this.expire(state.feed, watermark.watermark_ms);
    }
    return false;
  }

  private absorb(feeds: readonly FeedState[], notice: StoredNotice, isCertain = true): void {
    const fate = feeds.find(({ feed }) => feed === notice.feed)?.absorb(notice, isCertain);
    if (fate === 'late' || fate === 'too_old') this.account.segment(fate);
  }

  private async open(): Promise<readonly FeedState[]> {
    const { source, ledger, detectors, grace_minutes, history_days } = this.options;
    const feeds: FeedState[] = [];
    await this.options.thread.reset();
    // What was stored by now is read below.
    this.notices = [];
    for (const feed of FEEDS) {
      const state = new FeedState({ feed, detectors, grace_ms: grace_minutes * 60_000, history_days });
      await state.open(source, readMemo(await ledger.memory(memoKey(feed))));
      feeds.push(state);
    }
    // What came meanwhile was read, or not.
    for (const notice of this.notices.splice(0)) this.absorb(feeds, notice, false);
    return feeds;
  }

  private async work(state: FeedState, chunk: Chunk): Promise<void> {
    const { from_ms, to_ms, tasks } = chunk;
    const { feed } = state;
    const { source } = this.options;
    const first_ms = state.receipts.present.next(from_ms);
    let rows: Uint8Array<ArrayBuffer> | undefined;
    let exposures: ReadonlyMap<number, BinExposure> = new Map();
    if (first_ms !== undefined && first_ms < to_ms) {
      const [listening, packed] = await Promise.all([
        source.exposure(feed, from_ms, to_ms),
        source.rows(feed, from_ms, to_ms),
      ]);
      exposures = listening;
      rows = packed;
    }
    const answer = await this.ask(state, { tasks: tasks.map(named(feed)), rows, exposures, close_ms: to_ms });
    if (answer === undefined) return;
    this.account.read(answer);
    for (const [index, task] of tasks.entries()) {
      const parts = state.bookOf(task).take(answer.harvests[index].sightings, from_ms, to_ms);
      state.planOf(task)?.advance(task, to_ms);
      this.keep(state, task, answer.harvests[index], parts);
    }
    await this.remember(state);
  }

  /** Closes the blocks of a feed that has fallen silent. Answers whether there were any. */
  private async settle(state: FeedState): Promise<boolean> {
    const plans = state.active(this.leftOut).filter(({ isSettled }) => !isSettled);
    if (plans.length === 0) return false;
    const tasks = plans.map(({ live }) => live);
    const answer = await this.ask(state, {
      tasks: tasks.map(named(state.feed)),
      rows: undefined,
      exposures: new Map(),
      close_ms: Number.POSITIVE_INFINITY,
    });
    if (answer === undefined) return true;
    for (const [index, task] of tasks.entries()) {
      const { position_ms, detector } = task;
      const more_ms = state.feed === 'replay' ? REPLAY_CLOSE_MS : 0;
      const end_ms = Math.max(position_ms, endOfBlock(detector, position_ms));
      const parts = state.bookOf(task).take(answer.harvests[index].sightings, position_ms, end_ms);
      this.keep(state, task, answer.harvests[index], parts, more_ms);
    }
    for (const plan of plans) plan.settle();
    await this.remember(state);
    return true;
  }

  /** Undefined: the thread ended, and everybody begins anew. */
  private async ask(state: FeedState, request: Omit<ThreadRequest, 'ended'>): Promise<ThreadAnswer | undefined> {
    const ended = state.endedTasks();
    try {
      const answer = await this.options.thread.ask({ ...request, ended });
      if (answer.fault !== undefined) throw new Error(answer.fault);
      return answer;
    } catch (error) {
      if (!(error instanceof ThreadEnded)) throw error;
      this.aborted.signal.throwIfAborted();
      const { detector } = request.tasks.find(({ id }) => id === error.task) ?? {};
      if (detector === undefined) this.account.threadEnded(error.message);
      else this.leaveOut(detector, error.message);
      for (const other of this.feeds ?? []) other.restart();
      if (detector === undefined) throw error;
      return undefined;
    }
  }

  /** Puts what a task gave on its way. */
  private keep(state: FeedState, task: Task, harvest: TaskHarvest, parts: readonly Part[], more_ms = 0): void {
    const { feed } = state;
    const { detector, answer_ms, until_ms } = task;
    const { ledger, source, names, now_ms } = this.options;
    this.account.harvest(feed, detector, harvest);
    const plan = state.planOf(task);
    const watermark_ms = (plan?.high_ms ?? task.position_ms) + more_ms;
    for (const part of parts) {
      const report = { feed, rules: rulesOf(detector), ...part, watermark_ms };
      this.outbox.add({
        detector: detector.id,
        send: async () => void (await ledger.record({ ...report, at_ms: now_ms() })),
        undo: () => void plan?.absorb(part.from_ms, part.to_ms),
      });
    }
    for (const hour of harvest.sources) {
      if (hour.hour_ms + HOUR_MS <= answer_ms || hour.hour_ms >= until_ms) continue;
      const send = (): Promise<void> => source.replaceSourceHour(insertOf(feed, names, hour));
      this.outbox.add({ detector: detector.id, send });
    }
  }

  private async remember(state: FeedState): Promise<void> {
    const { feed } = state;
    this.outbox.add({
      detector: undefined,
      send: async () => {
        await this.options.ledger.remember(memoKey(feed), state.memo());
        this.tell(feed);
      },
    });
    await this.flush();
  }

  /** A report that is refused will be refused for ever: its detector is at fault. */
  private async flush(): Promise<void> {
    for (;;) {
      try {
        await this.outbox.flush(this.aborted.signal);
        return;
      } catch (error) {
        const detector = this.outbox.first?.detector;
        const isRefused = error instanceof LedgerError && error.kind === 'refused';
        if (detector === undefined || !isRefused) throw error;
        this.leaveOut(detector, error.message);
        this.outbox.drop(detector);
      }
    }
  }

  private leaveOut(detector: string, state: string): void {
    this.leftOut.add(detector);
    this.account.leftOut(detector, state);
  }

  /** Validity is looked at once an hour of event time. */
  private async expire(feed: FeedName, watermark_ms: number): Promise<void> {
    const hour = Math.floor(watermark_ms / HOUR_MS);
    if (this.expired.get(feed) === hour) return;
    const { ledger, now_ms } = this.options;
    const expired = await ledger.expire(feed, watermark_ms, now_ms());
    this.expired.set(feed, hour);
    if (expired > 0) this.tell(feed);
  }

  private tell(feed: FeedName): void {
    this.versions.set(feed, this.version(feed) + 1);
    for (const listener of this.listeners) listener(feed);
  }
}

const named =
  (feed: FeedName) =>
  ({ id, detector }: Task) => ({ id, detector: detector.id, feed });
