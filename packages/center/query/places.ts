/** Where addresses lie: country and network as they were looked up when the rows were stored. */
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import type { Store } from '../store/store.ts';

export interface AddressPlace {
  /** `unknown` when not known. */
  readonly country: string;
  /** 0 when not known. */
  readonly asn: number;
  /** '' when not known. */
  readonly as_name: string;
}

/** Addresses of one question. */
const ADDRESSES_MAX = 1000;

/**
 * Places of addresses that took part, as victim or as source, by their text. What is not known has no entry.
 * @param days first and last day, `2021-02-03`
 * Throws StoreError.
 */
export async function placesOf(
  store: Pick<Store, 'query'>,
  feed: FeedName,
  addresses: readonly string[],
  days: { readonly first: string; readonly last: string },
): Promise<ReadonlyMap<string, AddressPlace>> {
  if (addresses.length === 0) return new Map();
  const asked = addresses.slice(0, ADDRESSES_MAX);
  const rows = await store.query<AddressPlace & { readonly address: string }>(
    `SELECT replaceRegexpOne(toString(address), '^::ffff:', '') AS address, country, asn, name AS as_name FROM (
       SELECT address, min(place) AS country, max(network) AS asn FROM (
         ${placed('day_victims', 'victim')}
         UNION ALL
         ${placed('day_sources', 'src')}
       ) GROUP BY address
     ) AS found LEFT JOIN as_holders ON as_holders.asn = found.asn`,
    { feed, ...days, addresses: asked },
  );
  return new Map(rows.map(({ address, country, asn, as_name }) => [address, { country, asn, as_name }]));
}

function placed(table: string, column: string): string {
  return `SELECT ${column} AS address, toString(country) AS place, asn AS network FROM ${table}
         WHERE feed = {feed:String} AND day BETWEEN {first:Date} AND {last:Date}
           AND ${column} IN (SELECT toIPv6(arrayJoin({addresses:Array(String)})))`;
}

/** Names of AS numbers; what is not known has no entry. Throws StoreError. */
export async function networkNames(
  store: Pick<Store, 'query'>,
  asns: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  if (asns.length === 0) return new Map();
  const rows = await store.query<{ readonly asn: number; readonly holder: string }>(
    'SELECT asn, any(name) AS holder FROM as_holders WHERE asn IN {asns:Array(UInt32)} GROUP BY asn',
    { asns: asns.slice(0, ADDRESSES_MAX) },
  );
  return new Map(rows.map(({ asn, holder }) => [asn, holder]));
}
