/**
 * Fills an empty store with so many flow rows that a month of a telescope might have brought, and with their receipts, through the
 * same views that segments go through:
 *
 *     node bench/center/fill.ts FOLDER ROWS
 *
 * The rows are made by the database itself, a day at a time: what is measured afterwards is reading, not how they came in.
 */
import { openStore } from '@noroshi/center/store/store.ts';
import { Session } from 'chdb';

const DAYS = 30;
/** First day filled, Unix days: 2026-10-01. */
const DAY_FIRST = Date.UTC(2026, 9, 1) / 86_400_000;
/** First and last day as a period of the API. */
export const PERIOD = '2026-10-01/2026-10-31';
const ADDRESSES = 350;
/** Different sources of one day; a source comes back on other days. */
const SOURCES_A_DAY = 60_000;
const ROWS_A_BLOCK = 1_000_000;

/** One day's rows. Ports and sources have heavy tails: a low bit pattern comes much more often than a high one. */
function rowsSql(day: number, from: number, to: number): string {
  const start = `toDateTime64('${new Date(day * 86_400_000).toISOString().slice(0, 10)} 00:00:00', 3, 'UTC')`;
  return `INSERT INTO flows (feed, sensor, sequence, token, minute, src, dst, proto, service_port, class, marks, packets, bytes, net, country, asn, scanner, victim, victim_country)
    SELECT 'network', 'bench', ${day}, ${day}, ${start} + intDiv(number * 1440, ${to}) * 60,
      toIPv6(concat('::ffff:', IPv4NumToString(toUInt32(sipHash64(source, intDiv(source, 3) + ${day} * (source % 2)))))),
      toIPv6(concat('::ffff:25.37.', toString(h % ${ADDRESSES} DIV 256), '.', toString(h % 256))),
      if(h % 16 = 0, 17, 6), port, if(h % 11 = 0, 'backscatter', 'probe'), if(port = 23, 'mirai', if(h % 5 = 0, 'zmap', '')), 1 + (h % 7 = 0), 60, 4,
      ['CN', 'US', 'RU', 'NL', 'JP', 'BR', 'IN', 'DE', 'unknown'][1 + source % 9], 1000 + source % 3000, if(source % 23 = 0, concat('scanner ', toString(source % 40)), ''),
      if(h % 11 = 0, toIPv6(concat('::ffff:', IPv4NumToString(toUInt32(sipHash64(h % 700, ${day}))))), toIPv6('::')), 'US'
    FROM (SELECT number, sipHash64(number, ${day}) AS h, intDiv(h % ${SOURCES_A_DAY}, 1 + bitAnd(h, 3)) AS source,
      [23, 445, 22, 80, 443, 8080, 3389, 5555, toUInt16(h), toUInt16(bitAnd(h, 1023))][1 + bitShiftRight(h, 20) % 10] AS port
      FROM numbers(${from}, ${Math.min(to - from, ROWS_A_BLOCK)}))
    SETTINGS max_threads = 2, max_insert_block_size = ${ROWS_A_BLOCK}, min_insert_block_size_rows = ${ROWS_A_BLOCK}`;
}

/** The receipt: the day's exposure and its packets, into the sums first and then for itself, as the store does it. */
function receiptSqls(day: number): string[] {
  const from_ms = day * 86_400_000;
  const packets = `(SELECT sum(packets) FROM flows WHERE toDate(minute) = toDate(${day}))`;
  return ['arrivals', 'segments'].map(
    (
      table,
    ) => `INSERT INTO ${table} (feed, sensor, sequence, digest, token, rows, minute_from, minute_to, received, kept, exposure_from_ms, exposure_to_ms, exposure_addresses, exposure_networks64, address_seconds)
      SELECT 'network', 'bench', ${day}, repeat('0', 64), ${day}, 0, fromUnixTimestamp64Milli(${from_ms}), fromUnixTimestamp64Milli(${from_ms + 86_400_000}), ${packets}, ${packets},
        [${from_ms}], [${from_ms + 86_400_000}], [${ADDRESSES}], [0], ${ADDRESSES * 86_400}`,
  );
}

async function fill(folder: string, rows: number): Promise<void> {
  await (await openStore({ path: folder })).close();
  const session = new Session(folder);
  const rowsADay = Math.ceil(rows / DAYS);
  for (let day = DAY_FIRST; day < DAY_FIRST + DAYS; day++) {
    for (let from = 0; from < rowsADay; from += ROWS_A_BLOCK) session.query(rowsSql(day, from, rowsADay));
    for (const sql of receiptSqls(day)) session.query(sql);
    console.error(`filled ${new Date(day * 86_400_000).toISOString().slice(0, 10)}`);
  }
  session.close();
}

const [folder, rows] = process.argv.slice(2);
if (import.meta.main && folder !== undefined) await fill(folder, Number(rows));
