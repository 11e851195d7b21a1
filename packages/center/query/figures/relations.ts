/** The SQL that counts figures: all figures of a relation in one query, over a run of days. Parameters: feed, first, last. */
import type { FigureSource, Relation } from './definition.ts';

/** The runs of days are given as `first` and `last` day for day tables, and as `from_s`, `to_s` for hours. */
const IN_DAYS = 'feed = {feed:String} AND day BETWEEN {first:Date} AND {last:Date}';
const IN_HOURS = `feed = {feed:String} AND hour >= toDateTime({from_s:UInt32}, 'UTC') AND hour < toDateTime({to_s:UInt32}, 'UTC')`;

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

/** One row per source and day; grouped in the table's own order, so that no number of sources takes memory. */
const SOURCES = `(
  SELECT day,
    sum(packets) AS all_packets, sumIf(packets, is_scanner = 0) AS plain_packets,
    sum(mirai_packets) AS all_mirai, sumIf(mirai_packets, is_scanner = 0) AS plain_mirai,
    uniqExactMerge(ports) AS all_ports, uniqExactMergeIf(ports, is_scanner = 0) AS plain_ports
  FROM day_sources WHERE ${IN_DAYS} AND ${inSample('sources', 'src')} GROUP BY feed, day, src
)`;

const VICTIMS = `(
  SELECT day, sum(packets) AS all_packets, sumIf(packets, is_scanner = 0) AS plain_packets
  FROM day_victims WHERE ${IN_DAYS} AND ${inSample('victims', 'victim')} GROUP BY feed, day, victim
)`;

const RELATION_SQL: Readonly<Record<Relation, { readonly slot: string; readonly from: string }>> = {
  hours: { slot: 'toUnixTimestamp(hour)', from: `hours WHERE ${IN_HOURS}` },
  sources: { slot: 'toUInt16(day)', from: SOURCES },
  victims: { slot: 'toUInt16(day)', from: VICTIMS },
  marks: { slot: 'toUInt16(day)', from: `day_marks WHERE ${IN_DAYS}` },
};

/** A row that {@link figuresSql} answers: `slot` is the hour's Unix second or the day's number, then `all_<id>`, `plain_<id>`. */
export type CountRow = { readonly slot: number } & Readonly<Record<`all_${string}` | `plain_${string}`, number>>;

/** Counts the given figures, all of this relation. Grouped in key order: memory does not grow with the rows. */
export function figuresSql(relation: Relation, figures: readonly FigureSource[]): string {
  const { slot, from } = RELATION_SQL[relation];
  // A prefix of its own: an alias that is also a column would be taken for the column's place inside the sums.
  const columns = figures.flatMap(({ id, sql, hasPlain }) => {
    return [`${sql('all')} AS all_${id}`, `${hasPlain ? sql('plain') : 'toUInt64(0)'} AS plain_${id}`];
  });
  return `SELECT ${slot} AS slot, ${columns.join(', ')} FROM ${from} GROUP BY slot SETTINGS optimize_aggregation_in_order = 1`;
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
