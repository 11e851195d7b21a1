/** The rows that a finding about a source rests on: a query with parameters over `flows`, which shows no address of ours. */
import { PROTO_ICMP, PROTO_ICMP6 } from '@noroshi/wire/net/protocol.ts';
import type { Evidence, EvidenceOf } from '../../detector.ts';

const COLUMNS =
  'minute, proto, service_port, icmp_type, icmp_code, class, marks, predicates, packets, bytes, first_us, duration_us, ttl_min, ' +
  'client_port_min, client_port_spread, tcp_flags, tcp_window_first, tcp_seq_first, tcp_options_first, payload';

/** Rows of the subject's address in the finding's time. */
export function sourceEvidence({ feed, subject, from_ms, to_ms }: EvidenceOf): Evidence {
  return evidenceWhere('', { feed, src: subject.value, from_ms, to_ms });
}

/**
 * The same, narrowed by a class and by the service in the aspect (`23/tcp`, `8/icmp`), whose port stands in the column `port`. An
 * aspect that is no service narrows nothing.
 */
export function serviceEvidence(
  { feed, subject, aspect, from_ms, to_ms }: EvidenceOf,
  className: 'probe' | 'backscatter',
  port: 'service_port' | 'client_port_min' = 'service_port',
): Evidence {
  const params = { feed, src: subject.value, from_ms, to_ms, class: className };
  const of = ' AND class = {class:String}';
  const [, number, name] = /^(\d{1,5})\/(\w{1,6})$/.exec(aspect) ?? [];
  const proto = name === undefined ? undefined : protocolNumber(name);
  if (proto === undefined) return evidenceWhere(of, params);
  const column = isIcmp(proto) ? 'icmp_type' : port;
  const service = ` AND proto = {proto:UInt8} AND ${column} = {port:UInt16}`;
  return evidenceWhere(of + service, { ...params, proto, port: Number(number) });
}

function evidenceWhere(condition: string, params: Evidence['params']): Evidence {
  const sql =
    `SELECT ${COLUMNS} FROM flows WHERE feed = {feed:String} AND src = toIPv6({src:String})` +
    ' AND minute >= fromUnixTimestamp64Milli({from_ms:Int64}) AND minute < fromUnixTimestamp64Milli({to_ms:Int64})' +
    `${condition} ORDER BY minute, first_us`;
  return { sql, params };
}

const PROTOCOLS: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmp6', 132: 'sctp' };

/** `23/tcp`, `8/icmp`; other protocols by number, `0/47`. */
export function serviceText(proto: number, port: number): string {
  return `${port}/${PROTOCOLS[proto] ?? proto}`;
}

function protocolNumber(text: string): number | undefined {
  const known = Object.entries(PROTOCOLS).find(([, name]) => name === text);
  const number = Number(known === undefined ? text : known[0]);
  return Number.isInteger(number) && number < 256 ? number : undefined;
}

function isIcmp(proto: number): boolean {
  return proto === PROTO_ICMP || proto === PROTO_ICMP6;
}
