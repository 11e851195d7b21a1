/** What the engine knows of one feed while it runs. */
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import type { StoredNotice } from '../../store/store.ts';
import { MINUTE_MS } from '../bins.ts';
import type { Source } from '../read/source.ts';
import type { Detector } from '../detector.ts';
import { Book } from './book.ts';
import { Frontier, type Watermark } from './frontier.ts';
import { type Memo, writeMemo } from './memo.ts';
import { type Chunk, DetectorPlan, nextChunk, type Progress, type Task } from './plan.ts';
import { changedSince, Receipts } from './receipts.ts';

const DAY_MS = 1440 * MINUTE_MS;

export interface FeedOptions {
  readonly feed: FeedName;
  readonly detectors: readonly Detector[];
  readonly grace_ms: number;
  readonly history_days: number;
}

export class FeedState {
  readonly feed: FeedName;
  readonly receipts = new Receipts();
  readonly plans: DetectorPlan[] = [];
  private readonly options: FeedOptions;
  private readonly frontier: Frontier;
  private readonly books = new Map<number, Book>();

  constructor(options: FeedOptions) {
    this.options = options;
    this.feed = options.feed;
    this.frontier = new Frontier(options.grace_ms);
  }

  /** Where it stood when it was remembered, and what has come since. Throws StoreError. */
  async open(source: Pick<Source, 'sensors' | 'hours'>, memo: Memo | undefined): Promise<void> {
    const { feed } = this.options;
    const sensors = await source.sensors(feed);
    const newest_ms = Math.max(...sensors.map(({ minute_to_ms }) => minute_to_ms));
    const horizon_ms = sensors.length === 0 ? 0 : this.horizon(newest_ms);
    const hours = await source.hours(feed, Math.max(0, horizon_ms - this.warmup_ms));
    for (const notice of sensors) this.frontier.note(notice);
    for (const { segments, packed, from_ms, to_ms } of hours) this.receipts.add(from_ms, to_ms, segments, packed);
    if (sensors.length === 0) return;
    const first_ms = startOfDay(Math.max(horizon_ms, hours[0]?.from_ms ?? horizon_ms));
    this.plan(first_ms, memo);
    const known = hours.filter(({ from_ms }) => from_ms >= horizon_ms);
    for (const { from_ms, to_ms } of memo === undefined ? [] : changedSince(known, memo.hours)) {
      for (const plan of this.plans) plan.absorb(from_ms, to_ms);
    }
  }

  /**
   * A segment came. Answers whether it came late, or lies in front of what is examined.
   * @param isCertain false when it may have been there already when this was opened
   */
  absorb(notice: StoredNotice, isCertain = true): 'late' | 'too_old' | 'in_time' {
    const { minute_from_ms: from_ms, minute_to_ms: to_ms, rows } = notice;
    this.frontier.note(notice);
    if (this.plans.length === 0) this.plan(startOfDay(from_ms), undefined);
    const newest_ms = Math.max(...this.plans.map(({ high_ms }) => high_ms));
    if (from_ms < this.horizon(newest_ms)) return 'too_old';
    this.receipts.add(from_ms, to_ms, 1, rows);
    if (!isCertain) this.receipts.doubt(from_ms);
    const late = this.plans.map((plan) => plan.absorb(from_ms, to_ms));
    return late.includes(true) ? 'late' : 'in_time';
  }

  at(now_ms: number): Watermark | undefined {
    return this.frontier.at(now_ms);
  }

  next(watermark_ms: number, leftOut: ReadonlySet<string>): Chunk | undefined {
    const plans = this.active(leftOut);
    return nextChunk(plans, watermark_ms, this.receipts.present, (from_ms) => this.receipts.span_ms(from_ms));
  }

  active(leftOut: ReadonlySet<string>): DetectorPlan[] {
    return this.plans.filter(({ detector }) => !leftOut.has(detector.id));
  }

  planOf(task: Task): DetectorPlan | undefined {
    return this.plans.find(({ detector }) => detector === task.detector);
  }

  bookOf(task: Task): Book {
    let book = this.books.get(task.id);
    if (book === undefined) {
      book = new Book(task);
      this.books.set(task.id, book);
    }
    return book;
  }

  /** Tasks that were given up since the last call. */
  endedTasks(): number[] {
    const running = new Set(this.plans.flatMap(({ live, repair }) => [live.id, repair?.id]));
    const ended = [...this.books.keys()].filter((id) => !running.has(id));
    for (const id of ended) this.books.delete(id);
    return ended;
  }

  /** The thread has lost all states. */
  restart(): void {
    for (const plan of this.plans) plan.restart();
  }

  memo(): string {
    const newest_ms = Math.max(0, ...this.plans.map(({ high_ms }) => high_ms));
    const detectors: Record<string, Progress> = {};
    for (const { detector, progress } of this.plans) detectors[nameOf(detector)] = progress;
    return writeMemo({ hours: this.receipts.counts(this.horizon(newest_ms)), detectors });
  }

  private plan(first_ms: number, memo: Memo | undefined): void {
    for (const detector of this.options.detectors) {
      const progress = memo?.detectors[nameOf(detector)] ?? { to_ms: first_ms, todo: [], is_settled: false };
      this.plans.push(new DetectorPlan(detector, progress));
    }
  }

  /** Captures that somebody feeds in are examined however old they are. */
  private horizon(newest_ms: number): number {
    const { feed, history_days } = this.options;
    return feed === 'replay' ? 0 : startOfDay(newest_ms - history_days * DAY_MS);
  }

  private get warmup_ms(): number {
    return Math.max(0, ...this.options.detectors.map(({ warmup_minutes }) => warmup_minutes)) * MINUTE_MS + DAY_MS;
  }
}

const nameOf = ({ id, version }: Detector): string => `${id}@${version}`;

function startOfDay(time_ms: number): number {
  return Math.floor(time_ms / DAY_MS) * DAY_MS;
}
