/**
 * One segment into the database, exactly once, whenever and however often the process is killed.
 *
 * What one INSERT brings to one table is one part: there whole or not at all. Between tables there is no such promise, nor does
 * ClickHouse's own deduplication give it: it writes a block's token down before the part gets its name, and a kill between the two
 * makes it take the block for stored that is lost. So the order is
 *
 *   flows → the roll-ups its views feed → the sums of receipts → the receipt
 *
 * each table carries the tokens of the files that are in it, a receipt means that everything before it is there, and where there
 * are rows without a receipt, each table is asked and given what it lacks (repair.ts).
 */
import { SEGMENT_ROWS_MAX } from '@noroshi/wire/api/upload.ts';
import { flowColumns } from '@noroshi/wire/flow/columns.ts';
import type { Connection } from './connection.ts';
import { StoreError } from './error.ts';
import { type Lookups, NO_VERSIONS } from './lookups.ts';
import type { TableVersions } from './lookup.ts';
import type { Place } from './migrations/migration.ts';
import { addReceipt, readReceipt } from './receipts.ts';
import { completeRollUps, hasAnyRollUp } from './repair.ts';
import { literal, ONE_PART } from './sql.ts';
import type { AddOutcome, SegmentInsert } from './store.ts';

/** What the file's columns are read as. */
const STRUCTURE = flowColumns.map(({ name, clickhouse }) => `${name} ${clickhouse}`).join(', ');
const FLOW_NAMES = flowColumns.map(({ name }) => name).join(', ');
const OWN_NAMES = 'feed, sensor, sequence, token';
const LOOKED_UP = 'net, country, asn, scanner, victim, victim_country, victim_asn, tables, stored_at';

const DAY_MS = 86_400_000;

export interface StoreState {
  readonly connection: Connection;
  readonly place: Place;
  readonly lookups: Lookups;
  /** Days of event time whose rows were given up to retention, `2026-11-21`. */
  readonly droppedDays: ReadonlySet<string>;
}

/** A segment on its way in. */
export interface Arrival extends SegmentInsert {
  /** What cannot be done if it cannot be done. */
  readonly action: string;
  /** First 64 bits of the file's digest: what tables know the file by. */
  readonly token: bigint;
}

export async function insertSegment(state: StoreState, insert: SegmentInsert): Promise<AddOutcome> {
  const { connection } = state;
  const { sensor, sequence, rows } = insert.segment;
  const action = `store segment ${sensor}/${sequence}`;
  refuse(action, insert);
  const arrival: Arrival = { ...insert, action, token: BigInt(`0x${insert.digest.slice(0, 16)}`) };
  await connection.settled(action, `${sensor}/${sequence}/`);
  const receipt = await readReceipt(connection, sensor, sequence);
  if (receipt !== undefined) return receipt.digest === insert.digest ? 'duplicate' : 'conflict';
  const before = rows === 0 ? undefined : await stateOfRows(state, arrival);
  if (before === 'conflict') return 'conflict';
  if (rows > 0 && before === undefined) await insertRows(state, arrival);
  if (before !== undefined) await completeRollUps(state, arrival);
  const isFresh = rows > 0 && before === undefined;
  await addReceipt(state, arrival, before ?? state.lookups.versions, isFresh);
  return 'stored';
}

/** Ingest has looked already; what holds the store together is looked at here. */
function refuse(action: string, { segment, digest }: SegmentInsert): void {
  const { rows, minute_from_ms, minute_to_ms } = segment;
  const no = (state: string): StoreError => new StoreError('refused', `Cannot ${action}: ${state}`);
  if (rows > SEGMENT_ROWS_MAX) throw no(`it has ${rows} rows, more than ${SEGMENT_ROWS_MAX}`);
  if (Math.floor(minute_from_ms / DAY_MS) !== Math.floor((minute_to_ms - 1) / DAY_MS)) {
    throw no('it covers more than one day of UTC');
  }
  if (!/^[0-9a-f]{64}$/.test(digest)) throw no('its digest is not SHA-256 in lower-case hex');
}

/** Which tables rows that are there already were looked up in; `undefined`: there are none. */
async function stateOfRows(state: StoreState, arrival: Arrival): Promise<TableVersions | 'conflict' | undefined> {
  const { connection, droppedDays } = state;
  const { action, segment, feed, token } = arrival;
  const { sensor, sequence, minute_from_ms: from_ms, minute_to_ms: to_ms } = segment;
  const [found] = await connection.query<{ token: string; tables: string }>(
    action,
    `SELECT toString(token) AS token, tables FROM flows
     WHERE feed = {feed:String} AND minute >= fromUnixTimestamp64Milli({from_ms:Int64}) AND minute < fromUnixTimestamp64Milli({to_ms:Int64})
       AND sensor = {sensor:String} AND sequence = {sequence:UInt64} LIMIT 1`,
    { feed, from_ms, to_ms, sensor, sequence },
  );
  if (found !== undefined) return found.token === String(token) ? versionsOf(found.tables) : 'conflict';
  // Rows may have come and gone with their day; then the roll-ups still know the file.
  const isOld = droppedDays.has(new Date(from_ms).toISOString().slice(0, 10));
  return isOld && (await hasAnyRollUp(state, arrival)) ? NO_VERSIONS : undefined;
}

function insertRows(state: StoreState, arrival: Arrival): Promise<void> {
  const { action, path, segment } = arrival;
  return state.connection.insertFile(action, {
    head: `INSERT INTO flows (${OWN_NAMES}, ${FLOW_NAMES}, ${LOOKED_UP})
      SETTINGS ${ONE_PART}, allow_suspicious_low_cardinality_types = 1`,
    select: rowsSql(state, arrival),
    path,
    format: 'Parquet',
    structure: STRUCTURE,
    id: `${segment.sensor}/${segment.sequence}/rows`,
  });
}

/** The columns of `flows` out of a file's rows, up to `FROM`. */
function rowsSql({ lookups }: Pick<StoreState, 'lookups'>, { feed, segment, token, received_at_ms }: Arrival): string {
  const { sensor, sequence } = segment;
  const { versions, networks, scanners } = lookups;
  // An address is looked up once however many rows it has: functions of a LowCardinality column see each different value once.
  const ask = (dictionary: string, attribute: string, key: string, otherwise: string): string =>
    dictionary === '' ? otherwise : `dictGet(${literal(dictionary)}, ${literal(attribute)}, ${key})`;
  return `
WITH toLowCardinality(src) AS source,
  if(class = 'backscatter', ifNull(quoted_dst, src), toIPv6('::')) AS hit,
  toLowCardinality(hit) AS target
SELECT ${literal(feed)}, ${literal(sensor)}, ${sequence}, ${token}, ${FLOW_NAMES},
  if(bitShiftRight(toUInt128(src), 32) = 65535, 4, 6),
  ${ask(networks, 'country', 'source', `'unknown'`)},
  ${ask(networks, 'asn', 'source', '0')},
  ${ask(scanners, 'organisation', 'source', `''`)},
  hit,
  ${ask(networks, 'country', 'target', `'unknown'`)},
  ${ask(networks, 'asn', 'target', '0')},
  ${literal(JSON.stringify([versions.country, versions.asn, versions.scanners]))},
  toDateTime(${Math.floor(received_at_ms / 1000)}, 'UTC')
FROM`;
}

function versionsOf(tables: string): TableVersions {
  const [country = '', asn = '', scanners = ''] = JSON.parse(tables) as string[];
  return { country, asn, scanners };
}
