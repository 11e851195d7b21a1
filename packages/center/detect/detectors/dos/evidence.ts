/** The rows that a DoS finding rests on, for people to ask again. Reads `flows`; never shows who received. */
import type { Evidence, EvidenceOf } from '../../detector.ts';

/** Names of IP protocols in aspects, and their numbers. */
const PROTOCOLS: Readonly<Record<string, number>> = { tcp: 6, udp: 17, sctp: 132, icmp: 1, icmpv6: 58 };

const SELECT = `SELECT
  minute,
  if(class = 'backscatter', victim, src) AS attacked,
  proto,
  class,
  if(quoted_proto = 0, service_port, quoted_port) AS port,
  icmp_type,
  icmp_code,
  tcp_flags,
  sum(flows.packets) AS packets,
  uniqExact(dst) AS targets,
  uniqExact(client_port_min) AS ports
FROM flows
WHERE feed = {feed:String}
  AND minute >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC')
  AND minute < fromUnixTimestamp64Milli({to_ms:Int64}, 'UTC')
  AND class IN ('backscatter', 'response')`;
const PROTOCOL = "\n  AND if(quoted_proto = 0, if(class = 'response', 17, proto), quoted_proto) = {proto:UInt8}";
const GROUP = `
GROUP BY minute, attacked, proto, class, port, icmp_type, icmp_code, tcp_flags
ORDER BY minute, packets DESC, attacked
LIMIT 10000`;

const ADDRESS = "\n  AND if(class = 'backscatter', victim, src) = toIPv6({subject:String})";
const SOURCE = "\n  AND class = 'backscatter' AND src = toIPv6({subject:String})";
const PREFIX = `
  AND if(class = 'backscatter', victim, src) >= toIPv6({low:String})
  AND if(class = 'backscatter', victim, src) <= toIPv6({high:String})`;
const NETWORK = "\n  AND if(class = 'backscatter', victim_asn, asn) = {asn:UInt32}";

/** The answers of the subject by minute and kind; counts of our addresses and ports, none of them. */
export function evidenceOf({ feed, subject, aspect, from_ms, to_ms }: EvidenceOf): Evidence {
  const proto = protocolOf(aspect);
  const params = { feed, from_ms, to_ms, proto };
  switch (subject.kind) {
    case 'address':
      return { sql: SELECT + PROTOCOL + ADDRESS + GROUP, params: { ...params, subject: subject.value } };
    case 'prefix':
      return { sql: SELECT + PROTOCOL + PREFIX + GROUP, params: { ...params, ...endsOf(subject.value) } };
    case 'network':
      return {
        sql: SELECT + PROTOCOL + NETWORK + GROUP,
        params: { ...params, asn: Number(subject.value.slice('AS'.length)) },
      };
    default:
      return { sql: SELECT + PROTOCOL + GROUP, params };
  }
}

/** The backscatter of an address, whatever protocol is attacked: what published definitions rest on. */
export function addressEvidence({ feed, subject, from_ms, to_ms }: EvidenceOf): Evidence {
  return { sql: SELECT + ADDRESS + GROUP, params: { feed, from_ms, to_ms, subject: subject.value } };
}

/** The backscatter that an address sent itself. */
export function sourceEvidence({ feed, subject, from_ms, to_ms }: EvidenceOf): Evidence {
  return { sql: SELECT + SOURCE + GROUP, params: { feed, from_ms, to_ms, subject: subject.value } };
}

/** Of `tcp/80` or `ip/47`; 0 for what is neither. */
function protocolOf(aspect: string): number {
  const [name = '', number = ''] = aspect.split('/');
  return PROTOCOLS[name] ?? (/^\d{1,3}$/.test(number) ? Number(number) : 0);
}

/** First and last address of 192.0.2.0/24 or 2001:db8::/48. */
function endsOf(prefix: string): { low: string; high: string } {
  const low = prefix.slice(0, prefix.indexOf('/'));
  if (!low.includes(':')) return { low, high: `${low.slice(0, low.lastIndexOf('.'))}.255` };
  const groups = low.replace('::', '').split(':');
  while (groups.length < 3) groups.push('0');
  return { low, high: `${groups.slice(0, 3).join(':')}:ffff:ffff:ffff:ffff:ffff` };
}
