/**
 * The questions that published figures answer, and the answers kept. Everything comes from roll-ups, composed of days
 * (facts.ts); an answer is kept until one of its days changes.
 *
 *     const query = new Query(store);
 *     const summary = await query.summary({ feed: 'network', period: '2021-02' });
 *
 * Every method throws Unanswerable where the question has no answer, and StoreError when the database is away.
 */
import type { Feed, FeedName } from '@noroshi/wire/api/feed.ts';
import type {
  Conservation,
  Dimension,
  FigureDefinition,
  Period,
  Ranking,
  Series,
  Step,
  Summary,
} from '@noroshi/wire/api/figures.ts';
import type { LiveWindow } from '@noroshi/wire/api/live.ts';
import type { Store, TableVersions } from '../store/store.ts';
import { ConservationBook } from './conservation.ts';
import { Facts } from './facts.ts';
import { isSimulated, readFeeds } from './feeds.ts';
import { figureDefinitions, figureOf } from './figures/definitions.ts';
import { LIVE_MS, type LiveMinutes, liveMinutes } from './live.ts';
import { accessesOf, addressDays, coveredDays, exposureOf, figuresOf, pointsOf } from './measure.ts';
import { Memo } from './memo.ts';
import { Calendar } from './period.ts';
import { LIMIT_MAX, rank } from './ranking.ts';
import { readTables } from './tables.ts';

/** Answers kept of each kind. */
const ANSWERS_KEPT_MAX = 256;

/** Of which feed and days; without a period the last seven whole days held (period.ts). */
export interface Scope {
  readonly feed: FeedName;
  readonly period?: string | undefined;
}

export interface RankingScope extends Scope {
  readonly dimension: Dimension;
  /** Rows wanted, at most {@link LIMIT_MAX}. */
  readonly limit: number;
  readonly without_scanners: boolean;
}

/** The question makes sense to nobody (`malformed`), or nothing is known (`no_data`). The message is a sentence for people. */
export class Unanswerable extends Error {
  override readonly name = 'Unanswerable';
  readonly reason: 'malformed' | 'no_data';

  constructor(reason: 'malformed' | 'no_data', sentence: string) {
    super(sentence);
    this.reason = reason;
  }
}

/** What the questions need of a store. */
export type QueryStore = Pick<Store, 'query' | 'version' | 'onStored' | 'versions' | 'offset_minutes'>;

export class Query {
  readonly definitions: readonly FigureDefinition[] = figureDefinitions;
  private readonly store: QueryStore;
  private readonly calendar: Calendar;
  private readonly facts: Facts;
  private readonly book: ConservationBook;
  private readonly held = new Memo<Feed[]>(1);
  private readonly summaries = new Memo<Summary>(ANSWERS_KEPT_MAX);
  private readonly rankings = new Memo<Ranking>(ANSWERS_KEPT_MAX);
  private readonly lives = new Memo<LiveMinutes>(ANSWERS_KEPT_MAX);
  /** Segments stored since this was made: the version of what feeds hold. */
  private stored = 1;
  private readonly forget: () => void;

  /** Throws RangeError when the store's days do not begin with an hour. */
  constructor(store: QueryStore) {
    this.store = store;
    this.calendar = new Calendar(store.offset_minutes);
    this.facts = new Facts(store, this.calendar);
    this.book = new ConservationBook(store);
    this.forget = store.onStored(() => {
      this.stored++;
    });
  }

  close(): void {
    this.forget();
  }

  /** Feeds that hold anything. */
  feeds(): Promise<readonly Feed[]> {
    return this.held.get('', this.stored, () => readFeeds(this.store));
  }

  async summary(scope: Scope): Promise<Summary> {
    const { feed } = scope;
    const { period, previous, days, daysBefore } = await this.time(scope);
    const version = this.facts.version(feed, [...daysBefore, ...days]);
    return this.summaries.get(`${feed} ${period.name}`, version, async () => {
      const [before, now] = await Promise.all([this.facts.days(feed, daysBefore), this.facts.days(feed, days)]);
      return {
        feed,
        is_simulated: isSimulated(feed),
        period,
        previous,
        exposure: exposureOf(period, now),
        previous_exposure: exposureOf(previous, before),
        figures: figuresOf(now, before),
      };
    });
  }

  async series(scope: Scope, figure: string, step: Step): Promise<Series> {
    const source = figureOf(figure);
    if (source === undefined) throw new Unanswerable('malformed', 'Cannot draw a series: no figure has this name');
    if (!source.steps.includes(step)) {
      throw new Unanswerable('malformed', `Cannot draw ${figure} by ${step}: distinct addresses are counted by day`);
    }
    const { period, days } = await this.time(scope);
    const facts = await this.facts.days(scope.feed, days);
    const points = pointsOf(source, step, facts, (day) => this.calendar.startOf(day));
    return { feed: scope.feed, is_simulated: isSimulated(scope.feed), figure, step, period, points };
  }

  async ranking(scope: RankingScope): Promise<Ranking> {
    const { feed, dimension, without_scanners } = scope;
    const limit = Math.min(Math.max(1, Math.floor(scope.limit)), LIMIT_MAX);
    const time = await this.time(scope);
    const key = `${feed} ${time.period.name} ${dimension} ${limit} ${without_scanners} ${this.store.versions.asn}`;
    const version = this.facts.version(feed, [...time.daysBefore, ...time.days]);
    return this.rankings.get(key, version, async () => {
      const [before, now] = await Promise.all([
        this.facts.days(feed, time.daysBefore),
        this.facts.days(feed, time.days),
      ]);
      const denominator = dimension === 'victims' ? coveredDays : addressDays;
      const ranked = await rank(this.store, {
        feed,
        dimension,
        without_scanners,
        limit,
        days: time.days,
        daysBefore: time.daysBefore,
        exposure: denominator(now),
        exposureBefore: denominator(before),
        covered: coveredDays(now),
        accesses: accessesOf(now, without_scanners),
        steps: now.map(({ sourceStep }) => sourceStep),
      });
      const { period, previous } = time;
      const exposure = exposureOf(period, now);
      const is_simulated = isSimulated(feed);
      return { feed, is_simulated, dimension, without_scanners, period, previous, exposure, ...ranked };
    });
  }

  /** The period that a scope names. */
  async period(scope: Scope): Promise<Period> {
    return (await this.time(scope)).period;
  }

  /** Look-up tables by which the period's rows got their countries, networks and scanners; several where they changed. */
  async tables(scope: Scope): Promise<TableVersions> {
    const { period } = await this.time(scope);
    return readTables(this.store, scope.feed, period);
  }

  /** @param refused segments refused so far, by reason, as ingest counts them */
  async conservation(feed: FeedName, refused: Readonly<Record<string, number>> = {}): Promise<Conservation> {
    const held = await this.heldOf(feed);
    return this.book.conservation(feed, held?.from_ms ?? 0, held?.to_ms ?? 0, refused);
  }

  /** The last 24 hours of event time that the feed holds. */
  async live(feed: FeedName): Promise<LiveWindow> {
    const held = await this.heldOf(feed);
    if (held === undefined) {
      throw new Unanswerable('no_data', 'Cannot show the last 24 hours: the feed holds nothing yet');
    }
    const { to_ms } = held;
    const from_ms = to_ms - LIVE_MS;
    const minutes = await this.lives.get(`${feed} ${to_ms}`, this.stored, () =>
      liveMinutes(this.store, feed, from_ms, to_ms),
    );
    return { feed, is_simulated: isSimulated(feed), from_ms, to_ms, ...minutes };
  }

  /** Of a recording every day counts as whole: none of them will ever hold more. */
  private async extentOf(feed: FeedName): Promise<Pick<Feed, 'from_ms' | 'to_ms'> | undefined> {
    const held = await this.heldOf(feed);
    if (held === undefined || feed !== 'replay') return held;
    const { calendar } = this;
    return {
      from_ms: calendar.startOf(calendar.dayOf(held.from_ms)),
      to_ms: calendar.startOf(calendar.dayOf(held.to_ms - 1) + 1),
    };
  }

  private async heldOf(feed: FeedName): Promise<Feed | undefined> {
    return (await this.feeds()).find((one) => one.feed === feed);
  }

  /** The days asked for, and those that they are compared with. */
  private async time({ feed, period: text }: Scope): Promise<{
    readonly period: Period;
    readonly previous: Period;
    readonly days: readonly number[];
    readonly daysBefore: readonly number[];
  }> {
    const parsed = this.calendar.parse(text, text === undefined ? await this.extentOf(feed) : undefined);
    if (!parsed.ok) throw new Unanswerable(parsed.reason === 'no_data' ? 'no_data' : 'malformed', parsed.sentence);
    const { period } = parsed;
    const previous = this.calendar.previous(period);
    return { period, previous, days: this.calendar.days(period), daysBefore: this.calendar.days(previous) };
  }
}
