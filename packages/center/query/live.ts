/** The last 24 hours that a feed holds, minute by minute. */
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import type { LiveMinute } from '@noroshi/wire/api/live.ts';
import type { Store } from '../store/store.ts';
import { IS_ACCESS } from './figures/definitions.ts';

export const LIVE_MS = 24 * 3_600_000;
const MINUTE_MS = 60_000;

const PACKETS_SQL = `
SELECT toUnixTimestamp(minute) AS slot, sum(minutes.packets) AS all_packets, sumIf(minutes.packets, ${IS_ACCESS}) AS accesses,
  sumIf(minutes.packets, class = 'backscatter') AS backscatter, sumIf(minutes.mirai_packets, ${IS_ACCESS}) AS mirai,
  sumIf(minutes.packets, ${IS_ACCESS} AND is_scanner = 1) AS scanner_accesses
FROM minutes
WHERE feed = {feed:String} AND minute >= toDateTime({from_s:UInt32}, 'UTC') AND minute < toDateTime({to_s:UInt32}, 'UTC')
GROUP BY slot`;

const IN_WINDOW = `feed = {feed:String} AND minute_to > fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC')
  AND minute_from < fromUnixTimestamp64Milli({to_ms:Int64}, 'UTC')`;

/** A span is cut at the minutes that it touches. */
const EXPOSURE_SQL = `
SELECT slot, sum(addresses * (least(to_ms, (slot + 60) * 1000) - greatest(from_ms, slot * 1000)) / 1000) AS address_s, groupUniqArray(sensor) AS names
FROM (
  SELECT sensor, addresses, from_ms, to_ms,
    arrayJoin(range(intDiv(greatest(from_ms, {from_ms:Int64}), 60000), intDiv(least(to_ms, {to_ms:Int64}) - 1, 60000) + 1)) * 60 AS slot
  FROM (
    SELECT sensor, from_ms, to_ms, addresses
    FROM segments
    ARRAY JOIN exposure_from_ms AS from_ms, exposure_to_ms AS to_ms, exposure_addresses AS addresses
    WHERE ${IN_WINDOW}
  )
  WHERE to_ms > {from_ms:Int64} AND from_ms < {to_ms:Int64}
)
GROUP BY slot`;

/** Nobody knows in which minute of a longer segment its losses happened: they stand at its first. */
const DROPPED_SQL = `
SELECT intDiv(greatest(toUnixTimestamp64Milli(minute_from), {from_ms:Int64}), 60000) * 60 AS slot, sum(arraySum(mapValues(dropped))) AS lost
FROM segments WHERE ${IN_WINDOW} AND notEmpty(dropped) GROUP BY slot`;

interface PacketsRow {
  readonly slot: number;
  readonly all_packets: number;
  readonly accesses: number;
  readonly backscatter: number;
  readonly mirai: number;
  readonly scanner_accesses: number;
}

interface ExposureRow {
  readonly slot: number;
  readonly address_s: number;
  readonly names: readonly string[];
}

interface DroppedRow {
  readonly slot: number;
  readonly lost: number;
}

export interface LiveMinutes {
  readonly minutes: readonly LiveMinute[];
  readonly sensors: number;
  /** Mean number of IPv4 addresses in the minutes in which any listened. */
  readonly addresses: number;
}

/** The minutes of [from_ms, to_ms), ascending; those in which nothing listened and nothing came are left out. Throws StoreError. */
export async function liveMinutes(
  store: Pick<Store, 'query'>,
  feed: FeedName,
  from_ms: number,
  to_ms: number,
): Promise<LiveMinutes> {
  const parameters = { feed, from_ms, to_ms, from_s: from_ms / 1000, to_s: to_ms / 1000 };
  const [packets, exposures, losses] = await Promise.all([
    store.query<PacketsRow>(PACKETS_SQL, parameters),
    store.query<ExposureRow>(EXPOSURE_SQL, parameters),
    store.query<DroppedRow>(DROPPED_SQL, parameters),
  ]);
  const minutes = new Map<number, LiveMinute>();
  const update = (slot: number, more: Partial<LiveMinute>): void => {
    minutes.set(slot, { ...(minutes.get(slot) ?? quiet(slot * 1000)), ...more });
  };
  for (const { slot, all_packets, ...counts } of packets) update(slot, { packets: all_packets, ...counts });
  for (const { slot, address_s } of exposures) update(slot, { address_seconds: address_s });
  for (const { slot, lost } of losses) if (lost > 0) update(slot, { dropped: lost });
  const listening = exposures.filter(({ address_s }) => address_s > 0);
  const address_s = listening.reduce((total, row) => total + row.address_s, 0);
  return {
    minutes: [...minutes.values()].sort((a, b) => a.minute_ms - b.minute_ms),
    sensors: new Set(exposures.flatMap(({ names }) => names)).size,
    addresses: listening.length > 0 ? address_s / (listening.length * (MINUTE_MS / 1000)) : 0,
  };
}

function quiet(minute_ms: number): LiveMinute {
  const counts = { packets: 0, accesses: 0, backscatter: 0, mirai: 0, scanner_accesses: 0 };
  return { minute_ms, ...counts, address_seconds: 0, dropped: 0 };
}
