/** Which look-up tables a period's rows were enriched with: figures by country or network cannot be repeated without knowing. */
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import type { Period } from '@noroshi/wire/api/figures.ts';
import type { Store, TableVersions } from '../store/store.ts';

/** Versions named, the first in order of their names. */
const VERSIONS_MAX = 8;

const used = (column: string): string =>
  `arrayStringConcat(arraySort(groupUniqArray(${VERSIONS_MAX})(${column})), ', ')`;

/** Names separated by commas; '' where nothing was looked up. Throws StoreError. */
export async function readTables(store: Pick<Store, 'query'>, feed: FeedName, period: Period): Promise<TableVersions> {
  const { from_ms, to_ms } = period;
  const [versions] = await store.query<TableVersions>(
    `SELECT ${used('table_country')} AS country, ${used('table_asn')} AS asn, ${used('table_scanners')} AS scanners
     FROM segments
     WHERE feed = {feed:String} AND minute_to > fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC')
       AND minute_from < fromUnixTimestamp64Milli({to_ms:Int64}, 'UTC')`,
    { feed, from_ms, to_ms },
  );
  return versions;
}
