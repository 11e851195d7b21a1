/** Rankings of a period beside the one before it: packets by port, country, network, mark, scanner or victim. */
import type { Dimension, Ranking, RankRow } from '@noroshi/wire/api/figures.ts';
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import type { Store } from '../store/store.ts';
import { DIMENSION_SOURCES, type DimensionSource, type Key } from './dimensions.ts';
import { compared } from './measure.ts';
import { IN_ORDER, inSample } from './figures/relations.ts';
import { dayName } from './period.ts';

/** Most rows that a ranking shows. */
export const LIMIT_MAX = 1000;

/** The period before ends where the period begins. */
export interface RankingQuestion {
  readonly feed: FeedName;
  readonly dimension: Dimension;
  readonly without_scanners: boolean;
  readonly limit: number;
  /** Numbers of the days, ascending. */
  readonly days: readonly number[];
  readonly daysBefore: readonly number[];
  /** What each day's packets are divided by: addresses × days, or days. Packets of a day with 0 count in no rate. */
  readonly exposure: readonly number[];
  readonly exposureBefore: readonly number[];
  /** Share of each day of the period that was covered. */
  readonly covered: readonly number[];
  /** Accesses of the period, of those who take part: what shares are of but for victims. */
  readonly accesses: number;
  /** One in how many sources of each day of the period counts, and stands for. */
  readonly steps: readonly number[];
}

interface Row {
  readonly rank_key: Key;
  readonly rank_asn: number;
  readonly now_packets: number;
  readonly now_counted: number;
  readonly before_packets: number;
  readonly before_counted: number;
  readonly now_rank: number;
  readonly before_rank: number;
  readonly row_count: number;
  readonly packet_count: number;
}

/** Ranks are those of competitions: equal packets have equal rank, and the next rank counts all before it. Throws StoreError. */
export async function rank(
  store: Pick<Store, 'query'>,
  question: RankingQuestion,
): Promise<Pick<Ranking, 'all_packets' | 'total_packets' | 'total_rows' | 'rows'>> {
  const source = DIMENSION_SOURCES[question.dimension];
  const { limit } = question;
  const exposures = [...question.exposureBefore, ...question.exposure];
  const exposed = [...question.daysBefore, ...question.days].filter((_, index) => exposures[index] > 0);
  const rows = await store.query<Row>(rankingSql(source, question), { ...daysIn(question), exposed, limit });
  const keys = rows.map((row) => row.rank_key);
  const [sources, holders] = await Promise.all([sourcesOf(store, source, question, keys), holdersOf(store, rows)]);
  const total_packets = rows[0]?.packet_count ?? 0;
  const all_packets = question.dimension === 'victims' ? total_packets : question.accesses;
  return {
    all_packets,
    total_packets,
    total_rows: rows[0]?.row_count ?? 0,
    rows: rows.map((row) => ({
      ...rankRow(row, source, question, sources, holders),
      share: ratio(row.now_packets, all_packets) ?? 0,
    })),
  };
}

function rankRow(
  row: Row,
  source: DimensionSource,
  question: RankingQuestion,
  sources: ReadonlyMap<Key, number>,
  holders: ReadonlyMap<number, string>,
): Omit<RankRow, 'share'> {
  const rate = ratio(row.now_counted, sum(question.exposure));
  const previous_rate = ratio(row.before_counted, sum(question.exposureBefore));
  const { change, change_percent } = compared(rate, previous_rate, null);
  return {
    key: source.shown(row.rank_key),
    label: source.label(row.rank_key, holders.get(row.rank_asn) ?? ''),
    packets: row.now_packets,
    rate,
    sources: source.sources === undefined ? null : (sources.get(row.rank_key) ?? null),
    rank: row.now_rank,
    previous_rank: row.before_packets > 0 ? row.before_rank : null,
    previous_rate,
    change,
    change_percent,
  };
}

function rankingSql({ table, key, where, plain, ipv4, asn }: DimensionSource, question: RankingQuestion): string {
  const condition = question.without_scanners ? `${where} AND ${plain}` : where;
  const counted = `${ipv4} AND has({exposed:Array(UInt16)}, toUInt16(day))`;
  return `
SELECT * FROM (
  SELECT *, rank() OVER (ORDER BY now_packets DESC) AS now_rank, rank() OVER (ORDER BY before_packets DESC) AS before_rank,
    countIf(now_packets > 0) OVER () AS row_count, sum(now_packets) OVER () AS packet_count
  FROM (
    SELECT ${key} AS rank_key, ${asn} AS rank_asn,
      sumIf(packets, day >= {first:Date}) AS now_packets,
      sumIf(packets, day >= {first:Date} AND ${counted}) AS now_counted,
      sumIf(packets, day < {first:Date}) AS before_packets,
      sumIf(packets, day < {first:Date} AND ${counted}) AS before_counted
    FROM ${table}
    WHERE feed = {feed:String} AND day BETWEEN {before:Date} AND {last:Date} AND ${condition}
    GROUP BY rank_key
  )
)
WHERE now_packets > 0 ORDER BY now_packets DESC, rank_key LIMIT {limit:UInt32}`;
}

/** Mean distinct sources a day of some keys; a day weighs as much as it was covered (measure.ts). */
async function sourcesOf(
  store: Pick<Store, 'query'>,
  { table, key, type, where, plain, sources }: DimensionSource,
  question: RankingQuestion,
  keys: readonly Key[],
): Promise<ReadonlyMap<Key, number>> {
  const { covered, steps, without_scanners } = question;
  const weight = sum(covered);
  if (sources === undefined || keys.length === 0 || weight <= 0) return new Map();
  const days = `feed = {feed:String} AND day BETWEEN {first:Date} AND {last:Date}`;
  const who = without_scanners ? plain : '1';
  // Every source of accesses is one row of a day and list state: grouped in the table's order it is counted once.
  const rows =
    sources.from === 'states'
      ? `${table} WHERE ${days} AND ${where} AND ${who}`
      : `(SELECT day, min(day_sources.country) AS country, max(day_sources.asn) AS asn FROM day_sources
          WHERE ${days} AND ${who} AND ${inSample('sources', 'src')} GROUP BY feed, day, src) WHERE 1`;
  const weights = covered.map((share, index) => (sources.from === 'states' ? share : share * steps[index]));
  const found = await store.query<{ readonly rank_key: Key; readonly weighted: number }>(
    `SELECT rank_key, sum(source_count * arrayElement({weights:Array(Float64)}, day - {first:Date} + 1)) AS weighted
     FROM (SELECT ${key} AS rank_key, day, ${sources.count} AS source_count FROM ${rows}
       AND rank_key IN {keys:Array(${type})} GROUP BY rank_key, day)
     GROUP BY rank_key ${IN_ORDER}`,
    { ...daysIn(question), weights, sources_steps: steps, keys },
  );
  return new Map(found.map(({ rank_key, weighted }) => [rank_key, weighted / weight]));
}

/** The period's days are `first` to `last`, those before it `before` to the day before `first`. */
function daysIn({ feed, days, daysBefore }: RankingQuestion) {
  // A period of 1970 is compared with days that ClickHouse's Date does not know, and that nobody observed.
  const before = dayName(Math.max(0, daysBefore[0]));
  return { feed, before, first: dayName(days[0]), last: dayName(days[days.length - 1]) };
}

function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

async function holdersOf(store: Pick<Store, 'query'>, rows: readonly Row[]): Promise<ReadonlyMap<number, string>> {
  const asns = [...new Set(rows.map((row) => row.rank_asn))].filter((asn) => asn > 0);
  if (asns.length === 0) return new Map();
  const found = await store.query<{ readonly asn: number; readonly holder: string }>(
    'SELECT asn, any(name) AS holder FROM as_holders WHERE asn IN {asns:Array(UInt32)} GROUP BY asn',
    { asns },
  );
  return new Map(found.map(({ asn, holder }) => [asn, holder]));
}
