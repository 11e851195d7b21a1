/**
 * Fills an empty store with minutes of a telescope that takes so many packets a second, as flow rows without receipts:
 *
 *     node bench/center/detect-fill.ts FOLDER PACKETS_A_SECOND MINUTES
 *
 * The rows are made by the database itself: of three rows one has three packets. Sources have a heavy tail, and stay for half an hour:
 * the k-th sends in proportion to 1/k. One in two hundred is a victim that answers, the others scan.
 */
import { openStore } from '@noroshi/center/store/store.ts';
import { Session } from 'chdb';

export const FILL_START_MS = Date.UTC(2026, 9, 1);
export const FILL_ADDRESSES = 65_536;

/** Rows and packets of a minute. */
export function minuteOf(pps: number): { readonly rows: number; readonly packets: number } {
  return { rows: pps * 36, packets: pps * 60 };
}

function rowsSql(minute: number, pps: number): string {
  const { rows } = minuteOf(pps);
  const sources = pps * 6;
  const start = `toDateTime64('${new Date(FILL_START_MS + minute * 60_000).toISOString().slice(0, 19).replace('T', ' ')}', 3, 'UTC')`;
  return `INSERT INTO flows (feed, sensor, sequence, token, minute, src, dst, proto, service_port, class, marks, packets, bytes,
      first_us, ip_bytes_first, ttl_min, ttl_max, ip_id_first, client_port_min, tcp_flags, tcp_window_first, tcp_seq_first, tcp_options_first,
      net, country, asn, victim, victim_country)
    SELECT 'network', 'bench', ${minute}, ${minute}, ${start},
      toIPv6(concat('::ffff:', IPv4NumToString(toUInt32(sipHash64(source, intDiv(${minute}, 30)))))) AS address,
      toIPv6(concat('::ffff:25.37.', toString(bitAnd(bitShiftRight(h, 40), 255)), '.', toString(bitAnd(bitShiftRight(h, 48), 255)))),
      if(h % 16 = 0, 17, 6), if(is_victim, 443, [23, 22, 80, 8080, toUInt16(source), toUInt16(h)][1 + source % 6]),
      if(is_victim, 'backscatter', 'probe'), if(is_victim, '', if(source % 7 = 0, 'mirai', if(source % 5 = 0, 'zmap', ''))),
      if(h % 3 = 0, 3, 1), 60, h % 60000000, 40, 50 + source % 60, 50 + source % 60, toUInt16(bitShiftRight(h, 7)),
      toUInt16(bitShiftRight(h, 9)), if(is_victim, 18, 2), 1024 + source % 60000, toUInt32(bitShiftRight(h, 16)), if(source % 4 = 0, '2_1460_', ''),
      4, ['CN', 'US', 'RU', 'NL', 'JP', 'BR', 'IN', 'DE'][1 + source % 8], 1000 + source % 3000,
      if(is_victim, address, toIPv6('::')), if(is_victim, 'US', 'unknown')
    FROM (SELECT sipHash64(number, ${minute}) AS h, toUInt32(pow(${sources}, (h % 1000000) / 1000000.)) AS source, source % 200 = 0 AS is_victim FROM numbers(${rows}))
    SETTINGS max_threads = 2, max_insert_block_size = 2000000, min_insert_block_size_rows = 2000000`;
}

async function fill(folder: string, pps: number, minutes: number): Promise<void> {
  await (await openStore({ path: folder })).close();
  const session = new Session(folder);
  // What is measured reads rows: roll-ups would take most of the time of filling.
  for (const name of session.query("SELECT name FROM system.tables WHERE engine = 'MaterializedView'").split('\n')) {
    if (name !== '') session.query(`DETACH TABLE ${name.replaceAll('"', '')}`);
  }
  for (let minute = 0; minute < minutes; minute++) session.query(rowsSql(minute, pps));
  session.close();
}

const [folder, pps, minutes] = process.argv.slice(2);
if (import.meta.main && folder !== undefined) await fill(folder, Number(pps), Number(minutes));
