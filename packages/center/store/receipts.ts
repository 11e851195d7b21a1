/** Receipts: read, and written as the last thing of a segment. */
import { addressSeconds, network64Seconds } from '@noroshi/wire/segment/segment.ts';
import type { Connection } from './connection.ts';
import { accountsOf } from './migrations/0003-receipts.ts';
import type { TableVersions } from './lookup.ts';
import type { Arrival, StoreState } from './segments.ts';
import { literal, ONE_PART } from './sql.ts';
import type { StoredReceipt } from './store.ts';

const SPAN_KEYS = ['from_ms', 'to_ms', 'addresses', 'networks64'] as const;

export async function readReceipt(
  connection: Connection,
  sensor: string,
  sequence: number,
): Promise<StoredReceipt | undefined> {
  const [receipt] = await connection.query<StoredReceipt>(
    'read the receipts',
    `SELECT feed, toString(digest) AS digest, rows, toUnixTimestamp64Milli(received_at) AS received_at_ms
     FROM segments WHERE sensor = {sensor:String} AND sequence = {sequence:UInt64} LIMIT 1`,
    { sensor, sequence },
  );
  return receipt;
}

/**
 * Adds the receipt to the sums, and then writes it.
 * @param isFresh nothing of the segment was there: the sums need not be asked
 */
export async function addReceipt(
  { connection, place }: StoreState,
  arrival: Arrival,
  versions: TableVersions,
  isFresh: boolean,
): Promise<void> {
  const { action } = arrival;
  const values = valuesSql(arrival, versions);
  const sums = accountsOf(place);
  const tables = ['exposure_hours', 'day_accounts'] as const;
  const lacking = isFresh ? tables : await filterAsync(tables, async (name) => !(await has(connection, arrival, name)));
  if (lacking.length === tables.length) {
    await connection.command(action, `INSERT INTO arrivals SETTINGS ${ONE_PART} ${values}`);
  } else {
    for (const name of lacking) {
      const select = `WITH arrivals AS (${values}) SELECT * FROM (${sums[name]})`;
      await connection.command(action, `INSERT INTO ${name} SETTINGS ${ONE_PART} ${select}`);
    }
  }
  await connection.command(action, `INSERT INTO segments SETTINGS ${ONE_PART} ${values}`);
}

async function filterAsync<T>(items: readonly T[], keep: (item: T) => Promise<boolean>): Promise<T[]> {
  const kept: T[] = [];
  for (const item of items) if (await keep(item)) kept.push(item);
  return kept;
}

/** A segment without exposure adds nothing to exposure_hours: it lacks it for ever, and adding nothing again does no harm. */
async function has(
  connection: Connection,
  arrival: Arrival,
  name: 'exposure_hours' | 'day_accounts',
): Promise<boolean> {
  const { action, feed, token, segment } = arrival;
  const [found] = await connection.query<{ is_there: number }>(
    action,
    `SELECT 1 AS is_there FROM ${name}
     WHERE feed = {feed:String} AND sensor = {sensor:String} AND has(tokens, {token:UInt64}) LIMIT 1`,
    { feed, sensor: segment.sensor, token },
  );
  return found !== undefined;
}

/** `SELECT …`: one row with the columns of `segments`. */
function valuesSql(arrival: Arrival, versions: TableVersions): string {
  const { feed, segment, digest, token, bytes, received_at_ms } = arrival;
  const { sensor, sequence, rows, minute_from_ms, minute_to_ms, exposure, counters } = segment;
  const time = (time_ms: number): string => `fromUnixTimestamp64Milli(${time_ms}, 'UTC')`;
  const values: Readonly<Record<string, string | number | bigint>> = {
    feed: literal(feed),
    sensor: literal(sensor),
    sequence: `toUInt64(${sequence})`,
    digest: literal(digest),
    token: `toUInt64(${token})`,
    rows: `toUInt64(${rows})`,
    bytes,
    minute_from: time(minute_from_ms),
    minute_to: time(minute_to_ms),
    received: `toUInt64(${counters.received})`,
    kept: `toUInt64(${counters.kept})`,
    filtered: mapSql(counters.filtered),
    dropped: mapSql(counters.dropped),
    ...Object.fromEntries(
      SPAN_KEYS.map((key) => [
        `exposure_${key}`,
        arraySql(
          key,
          exposure.map((span) => span[key]),
        ),
      ]),
    ),
    address_seconds: addressSeconds(exposure),
    network64_seconds: network64Seconds(exposure),
    received_at: time(received_at_ms),
    table_country: literal(versions.country),
    table_asn: literal(versions.asn),
    table_scanners: literal(versions.scanners),
  };
  return `SELECT ${Object.entries(values)
    .map(([name, value]) => `${value} AS ${name}`)
    .join(', ')}`;
}

function mapSql(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts).flatMap(([reason, count]) => [literal(reason), String(count)]);
  return `CAST(map(${entries.join(', ')}), 'Map(String, UInt64)')`;
}

function arraySql(key: (typeof SPAN_KEYS)[number], values: readonly number[]): string {
  const type = key === 'from_ms' || key === 'to_ms' ? 'Int64' : 'UInt64';
  return `CAST([${values.join(', ')}], 'Array(${type})')`;
}
