/** What the center holds: each feed's first and last minute, and how many sensors took part. */
import { FEEDS, type Feed, type FeedName } from '@noroshi/wire/api/feed.ts';
import type { Store } from '../store/store.ts';

interface Row {
  readonly feed: string;
  readonly from_ms: number;
  readonly to_ms: number;
  readonly sensors: number;
}

/** Feeds that hold segments, in the order of FEEDS. Throws StoreError. */
export async function readFeeds(store: Pick<Store, 'query'>): Promise<Feed[]> {
  const rows = await store.query<Row>(`
    SELECT toString(feed) AS feed, toUnixTimestamp64Milli(min(minute_from)) AS from_ms, toUnixTimestamp64Milli(max(minute_to)) AS to_ms,
      uniqExact(sensor) AS sensors
    FROM segments GROUP BY feed`);
  return FEEDS.flatMap((feed) => {
    const row = rows.find((one) => one.feed === feed);
    return row === undefined ? [] : [{ ...row, feed, is_simulated: isSimulated(feed) }];
  });
}

export function isSimulated(feed: FeedName): boolean {
  return feed === 'simulation';
}
