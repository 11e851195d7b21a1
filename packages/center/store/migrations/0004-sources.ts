/**
 * What detectors say of sources, hour by hour: each source with its class (`source_hours`, kept as long as flow rows), and how many
 * there are of each class and tool (`class_hours`, kept for ever). An hour that is said again gets a higher revision, which takes
 * the place of the whole hour (source-hours.ts).
 */
import type { Migration } from './migration.ts';

const SETTINGS = `SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
  default_compression_codec = 'ZSTD(1)'`;

const SOURCE_HOURS = `
CREATE TABLE IF NOT EXISTS source_hours (
  feed LowCardinality(String),
  hour DateTime('UTC'),
  src IPv6,
  class LowCardinality(String),
  reasons Array(LowCardinality(String)),
  tools Array(LowCardinality(String)),
  packets UInt64,
  targets UInt32,
  ports UInt32,
  asn UInt32,
  country LowCardinality(String),
  revision UInt64
) ENGINE = ReplacingMergeTree(revision)
PARTITION BY toYYYYMMDD(hour)
ORDER BY (feed, hour, src)
${SETTINGS}`;

const CLASS_HOURS = `
CREATE TABLE IF NOT EXISTS class_hours (
  feed LowCardinality(String),
  hour DateTime('UTC'),
  kind LowCardinality(String),
  name LowCardinality(String),
  sources UInt64,
  packets UInt64,
  revision UInt64
) ENGINE = ReplacingMergeTree(revision)
PARTITION BY toYYYYMM(hour)
ORDER BY (feed, hour, kind, name)
${SETTINGS}`;

export const sources: Migration = { name: '0004-sources', statements: () => [SOURCE_HOURS, CLASS_HOURS] };
