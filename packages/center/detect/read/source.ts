/** What the engine reads and writes in a store. */
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import type { SourceHourInsert, Store, StoredNotice } from '../../store/store.ts';
import type { BinExposure } from '../flow-batch.ts';
import { readExposure } from './exposure.ts';
import { rowsQuery } from './rows.ts';

/** Latest receipts of a sensor that are looked at: enough to see its gaps. */
const RECEIPTS_PER_SENSOR = 64;

/** Segments that begin in one hour of event time. */
export interface HourRow {
  /** Hours since 1970. */
  readonly hour: number;
  readonly segments: number;
  readonly packed: number;
  /** From the first of them on, to where the last ends. */
  readonly from_ms: number;
  readonly to_ms: number;
}

/** Every method throws StoreError. */
export interface Source {
  /** The latest receipts of every sensor, in the order of their numbers. */
  sensors(feed: FeedName): Promise<readonly StoredNotice[]>;
  /** Hours from `from_ms` on in which segments begin, ascending. */
  hours(feed: FeedName, from_ms: number): Promise<readonly HourRow[]>;
  /** Minutes of [from_ms, to_ms) in which anybody listened. */
  exposure(feed: FeedName, from_ms: number, to_ms: number): Promise<ReadonlyMap<number, BinExposure>>;
  /** Rows of those minutes, as `readRows` takes them. The memory is the caller's. */
  rows(feed: FeedName, from_ms: number, to_ms: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Whether a segment is on its way into the store. */
  isStoring(): boolean;
  onStored(listener: (notice: StoredNotice) => void): () => void;
  replaceSourceHour(hour: SourceHourInsert): Promise<void>;
}

export function sourceOf(
  store: Pick<Store, 'query' | 'read' | 'isStoring' | 'onStored' | 'replaceSourceHour'>,
): Source {
  return {
    sensors: (feed) => readSensors(store, feed),
    hours: (feed, from_ms) => readHours(store, feed, from_ms),
    exposure: (feed, from_ms, to_ms) => readExposure(store, feed, from_ms, to_ms),
    rows: (feed, from_ms, to_ms) => {
      const { sql, params } = rowsQuery(feed, from_ms, to_ms);
      return store.read(sql, params);
    },
    isStoring: () => store.isStoring,
    onStored: (listener) => store.onStored(listener),
    replaceSourceHour: (hour) => store.replaceSourceHour(hour),
  };
}

function readHours(store: Pick<Store, 'query'>, feed: FeedName, from_ms: number): Promise<HourRow[]> {
  return store.query<HourRow>(
    `SELECT intDiv(toUnixTimestamp64Milli(minute_from), 3600000) AS hour, count() AS segments, sum(segments.rows) AS packed,
       min(toUnixTimestamp64Milli(minute_from)) AS from_ms, max(toUnixTimestamp64Milli(minute_to)) AS to_ms
     FROM segments
     WHERE feed = {feed:String} AND minute_from >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC')
     GROUP BY hour ORDER BY hour`,
    { feed, from_ms },
  );
}

function readSensors(store: Pick<Store, 'query'>, feed: FeedName): Promise<StoredNotice[]> {
  return store.query<StoredNotice>(
    `SELECT feed, sensor, sequence, packed AS rows, received_at_ms, minute_from_ms, minute_to_ms FROM (
       SELECT feed, sensor, sequence, segments.rows AS packed, toUnixTimestamp64Milli(received_at) AS received_at_ms,
         toUnixTimestamp64Milli(minute_from) AS minute_from_ms, toUnixTimestamp64Milli(minute_to) AS minute_to_ms
       FROM segments WHERE feed = {feed:String} ORDER BY sensor, sequence DESC LIMIT ${RECEIPTS_PER_SENSOR} BY sensor
     ) ORDER BY sensor, sequence`,
    { feed },
  );
}
