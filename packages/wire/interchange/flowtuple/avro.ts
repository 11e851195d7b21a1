/** FlowTuple of Corsaro 3 as Avro: the records of `org.caida.corsaro.flowtuple`. */
import type { AvroFile } from '../avro/container.ts';
import { EXTRA_MASSCAN, EXTRA_SPOOFED, EXTRA_SYN_BYTES_SHIFT } from './tuple-packet3.ts';
import type { TupleOrder } from './tuple-order.ts';
import { DST, EXTRAS, IP_BYTES, KIND, PACKETS, PORTS, SRC, TUPLE_WORDS } from './tuple-table.ts';

const FIELDS: readonly (readonly [name: string, type: string])[] = [
  ['time', 'long'],
  ['src_ip', 'long'],
  ['dst_ip', 'long'],
  ['src_port', 'int'],
  ['dst_port', 'int'],
  ['protocol', 'int'],
  ['ttl', 'int'],
  ['tcp_flags', 'int'],
  ['ip_len', 'int'],
  ['tcp_synlen', 'int'],
  ['tcp_synwinlen', 'int'],
  ['packet_cnt', 'long'],
  ['is_spoofed', 'int'],
  ['is_masscan', 'int'],
  ['maxmind_continent', 'string'],
  ['maxmind_country', 'string'],
  ['netacq_continent', 'string'],
  ['netacq_country', 'string'],
  ['prefix2asn', 'long'],
];

export const FLOWTUPLE_SCHEMA = schemaOf('flowtuple', FIELDS);
/** What Corsaro writes without its tables of countries. */
const UNKNOWN_PLACE = '??';

/** A record schema in Corsaro's namespace. */
export function schemaOf(name: string, fields: readonly (readonly [name: string, type: string])[]): string {
  const described = fields.map(([field, type]) => ({ name: field, type }));
  return JSON.stringify({ type: 'record', namespace: 'org.caida.corsaro', name, fields: described });
}

/** Writes an interval's flowtuples. */
export function writeAvroTuples(file: AvroFile, time_s: number, { words, rows, count }: TupleOrder): void {
  for (let place = 0; place < count; place++) {
    const row = rows[place] * TUPLE_WORDS;
    const ports = words[row + PORTS];
    const kind = words[row + KIND];
    const extra = words[row + EXTRAS];
    file.long(time_s);
    file.long(words[row + SRC] >>> 0);
    file.long(words[row + DST] >>> 0);
    file.long(ports >>> 16);
    file.long(ports & 0xffff);
    file.long(kind >>> 16);
    file.long((kind >>> 8) & 0xff);
    file.long(kind & 0xff);
    file.long(words[row + IP_BYTES]);
    file.long((extra >>> EXTRA_SYN_BYTES_SHIFT) & 0xff);
    file.long(extra & 0xffff);
    file.long(words[row + PACKETS] >>> 0);
    file.long((extra & EXTRA_SPOOFED) === 0 ? 0 : 1);
    file.long((extra & EXTRA_MASSCAN) === 0 ? 0 : 1);
    for (let text = 0; text < 4; text++) file.string(UNKNOWN_PLACE);
    file.long(0);
    file.endRecord();
  }
}
