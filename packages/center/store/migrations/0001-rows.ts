/**
 * The flow rows: columns of wire/flow/columns.ts between whose they are and what the look-up tables said of their addresses.
 *
 * `token` names the file that the rows came from and `tables` the look-up tables that were used: what an insert that was cut
 * short needs to be completed. `net` is the IP version of src. `stored_at` is when the row came: retention counts from there, so
 * that an old capture which somebody replays today stays as long as today's packets. `dropped_days` are the days of event time
 * whose rows were given up to retention.
 */
import type { Migration } from './migration.ts';

/** What is acknowledged survives a power cut, and stays so when parts are merged and the old ones removed. */
const DURABLE = 'fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1';

/** Larger parts are not merged any further: rewriting a row costs more than storing it did, and a day has few parts then. */
const PART_BYTES = 150_000_000;

const FLOWS = `
CREATE TABLE IF NOT EXISTS flows (
  feed LowCardinality(String),
  sensor LowCardinality(String),
  sequence UInt64,
  token UInt64,
  minute DateTime64(3, 'UTC'),
  src IPv6,
  dst IPv6,
  proto UInt8,
  service_port UInt16,
  icmp_type UInt8,
  icmp_code UInt8,
  class LowCardinality(String),
  marks LowCardinality(String),
  predicates LowCardinality(String),
  packets UInt32,
  bytes UInt64,
  first_us UInt32,
  duration_us UInt32,
  ip_bytes_first UInt16,
  ttl_min UInt8,
  ttl_max UInt8,
  ip_id_first UInt16,
  client_port_min UInt16,
  client_port_spread UInt16,
  tcp_flags UInt16,
  tcp_window_first UInt16,
  tcp_seq_first UInt32,
  tcp_options_first LowCardinality(String),
  quoted_dst Nullable(IPv6),
  quoted_proto UInt8,
  quoted_port UInt16,
  payload_bytes_first UInt16,
  payload Nullable(String),
  net UInt8,
  country LowCardinality(String),
  asn UInt32,
  scanner LowCardinality(String),
  victim IPv6,
  victim_country LowCardinality(String),
  victim_asn UInt32,
  tables LowCardinality(String),
  stored_at DateTime('UTC')
) ENGINE = MergeTree
PARTITION BY toYYYYMMDD(minute)
ORDER BY (feed, minute, class, src)
SETTINGS ${DURABLE}, default_compression_codec = 'ZSTD(1)', max_bytes_to_merge_at_max_space_in_pool = ${PART_BYTES}`;

const DROPPED_DAYS = `
CREATE TABLE IF NOT EXISTS dropped_days (
  day Date,
  dropped_at DateTime('UTC')
) ENGINE = MergeTree
ORDER BY day
SETTINGS ${DURABLE}`;

export const rows: Migration = { name: '0001-rows', statements: () => [FLOWS, DROPPED_DAYS] };
