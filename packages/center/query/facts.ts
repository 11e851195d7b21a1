/**
 * What is known of single days: counts of every figure, exposure hour by hour, what became of the packets. A day's facts are
 * computed once for each version of the day and kept; periods are composed from them, so that a year costs no query once its days
 * were asked for, and no figure ever looks at flow rows.
 */
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import type { Store } from '../store/store.ts';
import { RELATIONS, type Relation } from './figures/definition.ts';
import { COUNTED } from './figures/definitions.ts';
import { ACCOUNTS_SQL, type CountRow, EXPOSURE_SQL, figuresSql, SENSORS_SQL, SIZES_SQL } from './figures/relations.ts';
import { Memo } from './memo.ts';
import { type Calendar, DAY_MS, dayName, HOUR_MS } from './period.ts';

export const HOURS = 24;
/**
 * Sources, and victims, of a day that are counted one by one, in about a second per million. Of a day with more every second,
 * fourth, eighth … address counts, chosen by its hash, and stands for as many: n addresses are then found with a standard error
 * of √(n × step), that is 0.1 % of 10 million and 3 % of 10,000.
 */
const EXACT_MAX = 2_000_000;
/** Days kept; about 10 kB each. */
const DAYS_KEPT_MAX = 4096;
/** Days of one query. */
const RUN_DAYS_MAX = 31;

/** One figure of one day: 24 numbers where hours are counted, else one. */
export interface DayCounts {
  readonly all: readonly number[];
  readonly plain: readonly number[];
}

/** Of one hour, over all sensors, in seconds. */
export interface HourExposure {
  readonly address_s: number;
  readonly network64_s: number;
  /** How long anything listened: as long as the sensor that listened longest. */
  readonly covered_s: number;
  /** Sum over the sensors. */
  readonly listening_s: number;
}

const NOTHING: HourExposure = { address_s: 0, network64_s: 0, covered_s: 0, listening_s: 0 };

export interface Account {
  readonly segments: number;
  readonly received: number;
  readonly kept: number;
  readonly filtered: Readonly<Record<string, number>>;
  readonly dropped: Readonly<Record<string, number>>;
}

export interface DayFacts {
  readonly day: number;
  readonly counts: ReadonlyMap<string, DayCounts>;
  /** {@link HOURS} of them. */
  readonly hours: readonly HourExposure[];
  /** Names of the sensors that listened. */
  readonly sensors: readonly string[];
  readonly account: Account;
  /** One in how many sources counts, and stands for. */
  readonly sourceStep: number;
}

export type FactsStore = Pick<Store, 'query' | 'version'>;

interface Run {
  readonly feed: FeedName;
  readonly first: number;
  readonly last: number;
}

export class Facts {
  private readonly store: FactsStore;
  private readonly calendar: Calendar;
  private readonly exactMax: number;
  private readonly memo = new Memo<DayFacts>(DAYS_KEPT_MAX);

  constructor(store: FactsStore, calendar: Calendar, exactMax = EXACT_MAX) {
    this.store = store;
    this.calendar = calendar;
    this.exactMax = exactMax;
  }

  /** Facts of some days, ascending. Throws StoreError. */
  async days(feed: FeedName, days: readonly number[]): Promise<DayFacts[]> {
    const known = days.map((day) => this.known(feed, day));
    const missing = days.filter((_, index) => known[index] === undefined);
    const loaded = await Promise.all(runsOf(feed, missing).map((run) => this.load(run)));
    const byDay = new Map(loaded.flat().map((facts) => [facts.day, facts]));
    return Promise.all(days.map(async (day, index) => (await known[index]) ?? byDay.get(day) ?? emptyDay(day)));
  }

  /** Grows whenever something of the days was stored; 0 as long as there is nothing. */
  version(feed: FeedName, days: readonly number[]): number {
    return days.reduce((total, day) => total + this.versionOf(feed, day), 0);
  }

  private known(feed: FeedName, day: number): Promise<DayFacts> | undefined {
    const version = this.versionOf(feed, day);
    return version === 0 ? Promise.resolve(emptyDay(day)) : this.memo.peek(`${feed} ${day}`, version);
  }

  /** The store counts UTC days; one of ours may touch two of them. */
  private versionOf(feed: FeedName, day: number): number {
    const start_ms = this.calendar.startOf(day);
    const first = Math.floor(start_ms / DAY_MS);
    const last = Math.floor((start_ms + DAY_MS - 1) / DAY_MS);
    const version = this.store.version(feed, dayName(first));
    return last === first ? version : version + this.store.version(feed, dayName(last));
  }

  /** Versions are read before the rows: what is stored meanwhile makes the answer old, never wrong for good. */
  private load(run: Run): Promise<DayFacts[]> {
    const days = Array.from({ length: run.last - run.first + 1 }, (_, index) => run.first + index);
    const versions = days.map((day) => this.versionOf(run.feed, day));
    const loaded = loadRun(this.store, this.calendar, run, this.exactMax);
    const facts = days.map((day, index) => {
      const one = loaded.then((found) => found[index]);
      return this.memo.put(`${run.feed} ${day}`, versions[index], one);
    });
    return Promise.all(facts);
  }
}

/** Stretches of days that follow each other. */
function runsOf(feed: FeedName, days: readonly number[]): Run[] {
  const runs: { feed: FeedName; first: number; last: number }[] = [];
  for (const day of days) {
    const run = runs.at(-1);
    if (run !== undefined && day === run.last + 1 && day - run.first < RUN_DAYS_MAX) run.last = day;
    else runs.push({ feed, first: day, last: day });
  }
  return runs;
}

interface ExposureRow extends HourExposure {
  readonly slot: number;
}

interface SensorsRow {
  readonly slot: number;
  readonly sensors: readonly string[];
}

interface AccountRow {
  readonly slot: number;
  readonly segment_count: number;
  readonly received_packets: number;
  readonly kept_packets: number;
  readonly filtered_packets: Readonly<Record<string, number>>;
  readonly dropped_packets: Readonly<Record<string, number>>;
}

async function loadRun(store: FactsStore, calendar: Calendar, run: Run, exactMax: number): Promise<DayFacts[]> {
  const parameters = parametersOf(run, calendar);
  const steps = await stepsOf(store, run, exactMax);
  const [exposures, sensors, accounts, ...counted] = await Promise.all([
    store.query<ExposureRow>(EXPOSURE_SQL, parameters),
    store.query<SensorsRow>(SENSORS_SQL, parameters),
    store.query<AccountRow>(ACCOUNTS_SQL, parameters),
    ...RELATIONS.map((relation) =>
      store.query<CountRow>(figuresSql(relation, figuresOf(relation)), { ...parameters, ...steps }),
    ),
  ]);
  const days: DayFacts[] = [];
  for (let day = run.first; day <= run.last; day++) {
    const start_s = calendar.startOf(day) / 1000;
    const isInside = ({ slot }: { readonly slot: number }): boolean =>
      slot >= start_s && slot < start_s + DAY_MS / 1000;
    const counts = RELATIONS.flatMap((relation, index) => {
      const rows = counted[index].filter((row) => (relation === 'hours' ? isInside(row) : row.slot === day));
      return countsOf(relation, rows, start_s, stepIn(steps, relation, day - run.first));
    });
    days.push({
      day,
      counts: new Map(counts),
      hours: hoursOf(exposures.filter(isInside), start_s),
      sensors: sensors.find(({ slot }) => slot === day)?.sensors ?? [],
      account: accountOf(accounts.find(({ slot }) => slot === day)),
      sourceStep: steps.sources_steps[day - run.first],
    });
  }
  return days;
}

function parametersOf({ feed, first, last }: Run, calendar: Calendar) {
  return {
    feed,
    first: dayName(first),
    last: dayName(last),
    // A day that begins in 1969 has nothing before 1970.
    from_s: Math.max(0, calendar.startOf(first) / 1000),
    to_s: calendar.startOf(last + 1) / 1000,
    offset_s: calendar.offset_ms / 1000,
  };
}

interface Steps {
  readonly sources_steps: readonly number[];
  readonly victims_steps: readonly number[];
}

/** One in how many addresses of each day counts: powers of two. */
async function stepsOf(store: FactsStore, { feed, first, last }: Run, exactMax: number): Promise<Steps> {
  const sizes = await store.query<{ readonly relation: string; readonly slot: number; readonly addresses: number }>(
    SIZES_SQL,
    { feed, first: dayName(first), last: dayName(last) },
  );
  const steps = (relation: string): number[] =>
    Array.from({ length: last - first + 1 }, (_, index) => {
      const size = sizes.find((row) => row.relation === relation && row.slot === first + index);
      return 2 ** Math.max(0, Math.ceil(Math.log2((size?.addresses ?? 0) / exactMax)));
    });
  return { sources_steps: steps('sources'), victims_steps: steps('victims') };
}

function stepIn({ sources_steps, victims_steps }: Steps, relation: Relation, index: number): number {
  if (relation === 'sources') return sources_steps[index];
  return relation === 'victims' ? victims_steps[index] : 1;
}

function figuresOf(relation: Relation) {
  return COUNTED.filter(({ from }) => from === relation);
}

/** The counts of one day from its rows: one an hour, or one. */
function countsOf(relation: Relation, rows: readonly CountRow[], start_s: number, step: number): [string, DayCounts][] {
  const size = relation === 'hours' ? HOURS : 1;
  return figuresOf(relation).map(({ id }) => {
    const all = new Array<number>(size).fill(0);
    const plain = new Array<number>(size).fill(0);
    for (const row of rows) {
      const at = relation === 'hours' ? hourIn(row.slot, start_s) : 0;
      all[at] += step * row[`all_${id}`];
      plain[at] += step * row[`plain_${id}`];
    }
    return [id, { all, plain }];
  });
}

function hoursOf(rows: readonly ExposureRow[], start_s: number): HourExposure[] {
  const hours = Array.from({ length: HOURS }, () => NOTHING);
  for (const row of rows) hours[hourIn(row.slot, start_s)] = row;
  return hours;
}

function hourIn(slot_s: number, start_s: number): number {
  return Math.floor((slot_s - start_s) / (HOUR_MS / 1000));
}

function accountOf(row: AccountRow | undefined): Account {
  if (row === undefined) return { segments: 0, received: 0, kept: 0, filtered: {}, dropped: {} };
  return {
    segments: row.segment_count,
    received: row.received_packets,
    kept: row.kept_packets,
    filtered: row.filtered_packets,
    dropped: row.dropped_packets,
  };
}

function emptyDay(day: number): DayFacts {
  return { day, counts: new Map(), hours: hoursOf([], 0), sensors: [], account: accountOf(undefined), sourceStep: 1 };
}
