/** The SQL that counts figures: all figures of a relation in one query, over a run of days. Parameters: feed, first, last. */
import type { FigureSource, Relation, Who } from './definition.ts';

/** The runs of days are given as `first` and `last` day for day tables, and as `from_s`, `to_s` for hours. */
const IN_DAYS = 'feed = {feed:String} AND day BETWEEN {first:Date} AND {last:Date}';
const IN_HOURS = `feed = {feed:String} AND hour >= toDateTime({from_s:UInt32}, 'UTC') AND hour < toDateTime({to_s:UInt32}, 'UTC')`;

/**
 * Grouping in the table's own order: memory does not grow with the rows. In small blocks, for many parts are read side by side and
 * each holds a block of sets of ports: of five million sources in 17 parts 0.74 GB with ClickHouse's 65,409 rows, 0.14 GB and half
 * the time with these.
 */
export const IN_ORDER = 'SETTINGS optimize_aggregation_in_order = 1, max_block_size = 4096';

/**
 * Different addresses of a day, to 0.3 %: how large its sample has to be. HyperLogLog with 2¹⁷ registers; the answer depends on
 * the addresses only, not on how the rows happen to lie on disk.
 */
export const SIZES_SQL = `
SELECT 'sources' AS relation, toUInt16(day) AS slot, uniqCombined64(17)(src) AS addresses FROM day_sources WHERE ${IN_DAYS} GROUP BY slot
UNION ALL
SELECT 'victims' AS relation, toUInt16(day) AS slot, uniqCombined64(17)(victim) AS addresses FROM day_victims WHERE ${IN_DAYS} GROUP BY slot`;

/** One in how many addresses counts, by day; parameters `first` and `<relation>_steps`. Rows of other days may be tested too. */
export const inSample = (relation: 'sources' | 'victims', address: string): string =>
  `cityHash64(${address}) % greatest(1, arrayElement({${relation}_steps:Array(UInt32)}, day - {first:Date} + 1)) = 0`;

const SCANNERS = `SELECT day, src FROM day_sources WHERE ${IN_DAYS} AND is_scanner = 1`;

/** What is counted of a source: of all its rows, or of those that are no scanner's. */
function sourceColumns(who: Who): string {
  const [suffix, condition] = who === 'all' ? ['', ''] : ['If', ', is_scanner = 0'];
  return `
    sum${suffix}(packets${condition}) AS ${who}_packets, sum${suffix}(mirai_packets${condition}) AS ${who}_mirai,
    max${suffix}(day_sources.is_marked${condition}) AS ${who}_marked, uniqExactMerge${suffix}(ports${condition}) AS ${who}_ports`;
}

const sourcesWhere = (condition: string): string =>
  `FROM day_sources WHERE ${IN_DAYS} AND ${inSample('sources', 'src')} AND (day, src) ${condition} (${SCANNERS}) GROUP BY feed, day, src`;

/**
 * One row per source and day; grouped in the table's own order, so that no number of sources takes memory. Few sources are on a list
 * of scanners, and only those are counted twice: a second set of ports for each source costs as much as all the rest.
 */
const SOURCES = `(
  SELECT day, ${sourceColumns('all')},
    all_packets AS plain_packets, all_mirai AS plain_mirai, all_marked AS plain_marked, all_ports AS plain_ports
  ${sourcesWhere('NOT IN')}
  UNION ALL
  SELECT day, ${sourceColumns('all')}, ${sourceColumns('plain')}
  ${sourcesWhere('IN')}
)`;

const VICTIMS = `(
  SELECT day, sum(packets) AS all_packets, sumIf(packets, is_scanner = 0) AS plain_packets
  FROM day_victims WHERE ${IN_DAYS} AND ${inSample('victims', 'victim')} GROUP BY feed, day, victim
)`;

const RELATION_SQL: Readonly<Record<Relation, { readonly slot: string; readonly from: string }>> = {
  hours: { slot: 'toUnixTimestamp(hour)', from: `hours WHERE ${IN_HOURS}` },
  sources: { slot: 'toUInt16(day)', from: SOURCES },
  victims: { slot: 'toUInt16(day)', from: VICTIMS },
};

/** A row that {@link figuresSql} answers: `slot` is the hour's Unix second or the day's number, then `all_<id>`, `plain_<id>`. */
export type CountRow = { readonly slot: number } & Readonly<Record<`all_${string}` | `plain_${string}`, number>>;

/** Counts the given figures, all of this relation. */
export function figuresSql(relation: Relation, figures: readonly FigureSource[]): string {
  const { slot, from } = RELATION_SQL[relation];
  // A prefix of its own: an alias that is also a column would be taken for the column's place inside the sums.
  const columns = figures.flatMap(({ id, sql, hasPlain }) => {
    return [`${sql('all')} AS all_${id}`, `${hasPlain ? sql('plain') : 'toUInt64(0)'} AS plain_${id}`];
  });
  return `SELECT ${slot} AS slot, ${columns.join(', ')} FROM ${from} GROUP BY slot ${IN_ORDER}`;
}

/** Exposure of every hour, over all sensors. */
export const EXPOSURE_SQL = `
SELECT slot, sum(address_s) AS address_s, sum(network64_s) AS network64_s, least(max(sensor_s), 3600) AS covered_s, sum(sensor_s) AS listening_s
FROM (
  SELECT toUnixTimestamp(hour) AS slot, sum(address_seconds) AS address_s, sum(network64_seconds) AS network64_s,
    sum(listening_seconds) AS sensor_s
  FROM exposure_hours WHERE ${IN_HOURS} GROUP BY slot, sensor
)
GROUP BY slot`;

/** Names of the sensors that listened, by day. */
export const SENSORS_SQL = `
SELECT toUInt16(toDate(hour + toIntervalSecond({offset_s:Int32}))) AS slot, groupUniqArray(sensor) AS sensors
FROM exposure_hours WHERE ${IN_HOURS} AND listening_seconds > 0 GROUP BY slot`;

/** What became of the packets of every day. */
export const ACCOUNTS_SQL = `
SELECT toUInt16(day) AS slot, sum(day_accounts.segments) AS segment_count, sum(day_accounts.received) AS received_packets,
  sum(day_accounts.kept) AS kept_packets, sumMap(day_accounts.filtered) AS filtered_packets,
  sumMap(day_accounts.dropped) AS dropped_packets
FROM day_accounts WHERE ${IN_DAYS} GROUP BY slot`;
