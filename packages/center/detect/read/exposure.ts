/** How much of the Internet listened, minute by minute, out of the receipts of all sensors of a feed. */
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import type { Store } from '../../store/store.ts';
import { MINUTE_MS } from '../bins.ts';
import type { BinExposure } from '../flow-batch.ts';

/** A span is cut at the minutes that it touches. A segment covers one day at most, and receipts lie in months. */
const SQL = `
SELECT slot, sum(addresses * part_ms) AS address_ms, sum(networks64 * part_ms) AS network64_ms
FROM (
  SELECT addresses, networks64, slot, least(span_to_ms, (slot + 1) * 60000) - greatest(span_from_ms, slot * 60000) AS part_ms
  FROM (
    SELECT addresses, networks64, span_from_ms, span_to_ms,
      arrayJoin(range(intDiv(greatest(span_from_ms, {from_ms:Int64}), 60000),
        intDiv(least(span_to_ms, {to_ms:Int64}) - 1, 60000) + 1)) AS slot
    FROM (
      SELECT span_from_ms, span_to_ms, addresses, networks64
      FROM segments
      ARRAY JOIN exposure_from_ms AS span_from_ms, exposure_to_ms AS span_to_ms,
        exposure_addresses AS addresses, exposure_networks64 AS networks64
      WHERE feed = {feed:String} AND minute_to > fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC')
        AND minute_from < fromUnixTimestamp64Milli({to_ms:Int64}, 'UTC')
        AND minute_from >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC') - toIntervalDay(1)
    )
    WHERE span_to_ms > {from_ms:Int64} AND span_from_ms < {to_ms:Int64}
  )
)
GROUP BY slot
HAVING address_ms + network64_ms > 0
ORDER BY slot`;

interface Row {
  readonly slot: number;
  readonly address_ms: number;
  readonly network64_ms: number;
}

/** Minutes of [from_ms, to_ms), whole minutes, in which anybody listened. Throws StoreError. */
export async function readExposure(
  store: Pick<Store, 'query'>,
  feed: FeedName,
  from_ms: number,
  to_ms: number,
): Promise<Map<number, BinExposure>> {
  const rows = await store.query<Row>(SQL, { feed, from_ms, to_ms });
  return new Map(
    rows.map(({ slot, address_ms, network64_ms }) => [
      slot * MINUTE_MS,
      { addresses: address_ms / MINUTE_MS, networks64: network64_ms / MINUTE_MS },
    ]),
  );
}
