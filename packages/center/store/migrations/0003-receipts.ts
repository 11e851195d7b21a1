/**
 * Receipts of segments, and what they sum up to: how much listened in each hour, what became of each day's packets.
 *
 * A receipt is put into `arrivals` first, which keeps nothing and feeds the sums, and into `segments` last: a segment that is in
 * `segments` is everywhere. The sums carry the tokens of the files that are in, as the roll-ups do.
 */
import type { Migration, Place } from './migration.ts';

const DURABLE = 'fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1';
const TOKENS = 'tokens SimpleAggregateFunction(groupArrayArray, Array(UInt64))';

const COLUMNS = `
  feed LowCardinality(String),
  sensor LowCardinality(String),
  sequence UInt64,
  digest FixedString(64),
  token UInt64,
  rows UInt64,
  bytes UInt64,
  minute_from DateTime64(3, 'UTC'),
  minute_to DateTime64(3, 'UTC'),
  received UInt64,
  kept UInt64,
  filtered Map(String, UInt64),
  dropped Map(String, UInt64),
  exposure_from_ms Array(Int64),
  exposure_to_ms Array(Int64),
  exposure_addresses Array(UInt64),
  exposure_networks64 Array(UInt64),
  address_seconds Float64,
  network64_seconds Float64,
  received_at DateTime64(3, 'UTC'),
  table_country LowCardinality(String),
  table_asn LowCardinality(String),
  table_scanners LowCardinality(String)`;

const ARRIVALS = `CREATE TABLE IF NOT EXISTS arrivals (${COLUMNS}\n) ENGINE = Null`;

const SEGMENTS = `
CREATE TABLE IF NOT EXISTS segments (${COLUMNS}
) ENGINE = MergeTree
PARTITION BY toYYYYMM(minute_from)
ORDER BY (sensor, sequence)
SETTINGS ${DURABLE}`;

const EXPOSURE_HOURS = `
CREATE TABLE IF NOT EXISTS exposure_hours (
  feed LowCardinality(String),
  hour DateTime('UTC'),
  sensor LowCardinality(String),
  address_seconds SimpleAggregateFunction(sum, Float64),
  network64_seconds SimpleAggregateFunction(sum, Float64),
  listening_seconds SimpleAggregateFunction(sum, Float64),
  ${TOKENS}
) ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(hour)
ORDER BY (feed, hour, sensor)
SETTINGS ${DURABLE}`;

/** A span is cut at the hours it touches. */
const EXPOSURE_SELECT = `
SELECT feed, toDateTime(hour_number * 3600, 'UTC') AS hour, sensor,
  sum(seconds * addresses) AS address_seconds,
  sum(seconds * networks64) AS network64_seconds,
  sumIf(seconds, addresses + networks64 > 0) AS listening_seconds,
  groupUniqArray(token) AS tokens
FROM (
  SELECT feed, sensor, token, addresses, networks64, hour_number,
    (least(to_ms, (hour_number + 1) * 3600000) - greatest(from_ms, hour_number * 3600000)) / 1000 AS seconds
  FROM (
    SELECT feed, sensor, token, from_ms, to_ms, addresses, networks64,
      arrayJoin(range(intDiv(from_ms, 3600000), intDiv(to_ms - 1, 3600000) + 1)) AS hour_number
    FROM arrivals
    ARRAY JOIN exposure_from_ms AS from_ms, exposure_to_ms AS to_ms, exposure_addresses AS addresses,
      exposure_networks64 AS networks64
  )
)
GROUP BY feed, hour, sensor`;

const DAY_ACCOUNTS = `
CREATE TABLE IF NOT EXISTS day_accounts (
  feed LowCardinality(String),
  day Date,
  sensor LowCardinality(String),
  segments SimpleAggregateFunction(sum, UInt64),
  rows SimpleAggregateFunction(sum, UInt64),
  received SimpleAggregateFunction(sum, UInt64),
  kept SimpleAggregateFunction(sum, UInt64),
  filtered SimpleAggregateFunction(sumMap, Map(String, UInt64)),
  dropped SimpleAggregateFunction(sumMap, Map(String, UInt64)),
  ${TOKENS}
) ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (feed, day, sensor)
SETTINGS ${DURABLE}`;

/** Look-up tables that are completely loaded; their labels, which a load replaces. */
const LOOKUPS = `
CREATE TABLE IF NOT EXISTS lookups (
  name String
) ENGINE = MergeTree
ORDER BY name
SETTINGS ${DURABLE}`;

const AS_HOLDERS = `
CREATE VIEW IF NOT EXISTS as_holders AS SELECT toUInt32(0) AS asn, '' AS name WHERE 0`;

/** A segment counts on the day on which it begins. */
const accountsSelect = (offset_minutes: number): string => `
SELECT feed, toDate(minute_from + toIntervalMinute(${offset_minutes})) AS day, sensor, count() AS segments,
  sum(arrivals.rows) AS rows, sum(arrivals.received) AS received, sum(arrivals.kept) AS kept,
  sumMap(arrivals.filtered) AS filtered, sumMap(arrivals.dropped) AS dropped, groupUniqArray(token) AS tokens
FROM arrivals
GROUP BY feed, day, sensor`;

/** The sums of receipts: what feeds them, by table. */
export function accountsOf({ offset_minutes }: Place): Readonly<Record<'exposure_hours' | 'day_accounts', string>> {
  return { exposure_hours: EXPOSURE_SELECT, day_accounts: accountsSelect(offset_minutes) };
}

function statements(place: Place): string[] {
  const views = Object.entries(accountsOf(place)).map(([name, select]) => {
    return `CREATE MATERIALIZED VIEW IF NOT EXISTS ${name}_view TO ${name} AS${select}`;
  });
  return [ARRIVALS, SEGMENTS, EXPOSURE_HOURS, DAY_ACCOUNTS, ...views, LOOKUPS, AS_HOLDERS];
}

export const receipts: Migration = { name: '0003-receipts', statements };
