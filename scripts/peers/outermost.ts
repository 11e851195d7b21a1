/**
 * One line of tshark's fields to one row. tshark gives every occurrence of a field in the packet: of tunnels, of quoted
 * packets, of the packets inside a message. `frame.protocols` names the dissectors in the order in which they ran, so the
 * first IP header and the transport that follows it can be told from the rest.
 */
import { formatIpv6, parseAddress } from '@noroshi/wire/net/address.ts';
import { NO_IP, type Row } from './row.ts';

/** Next-header fields of what stands between IPv6 (or IPv4) and its transport, by the name in `frame.protocols`. */
const BETWEEN = {
  'ipv6.hopopts': 'ipv6.hopopts.nxt',
  'ipv6.routing': 'ipv6.routing.nxt',
  'ipv6.fraghdr': 'ipv6.fraghdr.nxt',
  'ipv6.dstopts': 'ipv6.dstopts.nxt',
  ah: 'ah.next_header',
  mipv6: 'mip6.proto',
  hip: 'hip.proto',
  shim6: 'shim6.nxt',
} as const;

const PORTS = { tcp: 'tcp', udp: 'udp', udplite: 'udp', sctp: 'sctp', dccp: 'dccp' } as const;

export const TSHARK_FIELDS = [
  'frame.protocols',
  'frame.encap_type',
  'ip.src',
  'ip.dst',
  'ip.proto',
  'ip.ttl',
  'ip.id',
  'ipv6.src',
  'ipv6.dst',
  'ipv6.nxt',
  'ipv6.hlim',
  ...Object.values(BETWEEN),
  ...['tcp', 'udp', 'sctp', 'dccp'].flatMap((name) => [`${name}.srcport`, `${name}.dstport`]),
  'tcp.flags',
  'icmp.type',
  'icmp.code',
  'icmpv6.type',
  'icmpv6.code',
];
/** Stands between several values of one field; in none of the values. */
export const AGGREGATOR = ';';

/** The n-th value of a field, '' when there are fewer. */
type Nth = (field: string, n: number) => string;

/**
 * The outermost IP packet that a line of tshark's output (tab-separated {@link TSHARK_FIELDS}) tells of; undefined for a
 * line about something that is no packet, such as a custom block of pcapng.
 */
export function outermost(line: string): Row | undefined {
  const values = line.split('\t').map((value) => value.split(AGGREGATOR));
  const nth: Nth = (field, n) => values[TSHARK_FIELDS.indexOf(field)]?.[n] ?? '';
  if (nth('frame.encap_type', 0) === '') return undefined;
  const protocols = nth('frame.protocols', 0).split(':');
  let at = protocols.findIndex((name) => name === 'ip' || name === 'ipv6');
  if (at < 0) return NO_IP;
  // Announced as IPv4 but of version 6: tshark names both, and only the second has fields.
  if (protocols[at] === 'ip' && protocols[at + 1] === 'ipv6' && nth('ip.proto', 0) !== '41') at++;
  const net = protocols[at] === 'ip' ? ipv4(nth) : ipv6(nth);
  const { proto, next } = behind(protocols, at, net.proto, nth);
  return { ...net, proto, ...transport(protocols[next] ?? '', nth) };
}

/** Passes over extension headers, each of which names what follows it. */
function behind(protocols: readonly string[], at: number, first: string, nth: Nth): { proto: string; next: number } {
  const seen = new Map<string, number>();
  let proto = first;
  let next = at + 1;
  for (; isBetween(protocols[at], protocols[next]); next++) {
    const field = BETWEEN[protocols[next] as keyof typeof BETWEEN];
    const count = seen.get(field) ?? 0;
    proto = decimal(nth(field, count));
    seen.set(field, count + 1);
  }
  return { proto, next };
}

/** IPv4 has no extension headers but AH, whatever its protocol number says. */
function isBetween(net: string | undefined, name: string | undefined): boolean {
  if (name === undefined || !Object.hasOwn(BETWEEN, name)) return false;
  return net === 'ipv6' || name === 'ah';
}

function ipv4(nth: Nth): Row {
  return {
    ...NO_IP,
    src: nth('ip.src', 0),
    dst: nth('ip.dst', 0),
    proto: decimal(nth('ip.proto', 0)),
    ttl: decimal(nth('ip.ttl', 0)),
    ip_id: decimal(nth('ip.id', 0)),
  };
}

function ipv6(nth: Nth): Row {
  return {
    ...NO_IP,
    src: canonical(nth('ipv6.src', 0)),
    dst: canonical(nth('ipv6.dst', 0)),
    proto: decimal(nth('ipv6.nxt', 0)),
    ttl: decimal(nth('ipv6.hlim', 0)),
  };
}

function transport(name: string, nth: Nth): Partial<Row> {
  if (name === 'icmp' || name === 'icmpv6') {
    return { icmp_type: decimal(nth(`${name}.type`, 0)), icmp_code: decimal(nth(`${name}.code`, 0)) };
  }
  if (!Object.hasOwn(PORTS, name)) return {};
  const prefix = PORTS[name as keyof typeof PORTS];
  const ports = { sport: decimal(nth(`${prefix}.srcport`, 0)), dport: decimal(nth(`${prefix}.dstport`, 0)) };
  return name === 'tcp' ? { ...ports, tcp_flags: decimal(nth('tcp.flags', 0)) } : ports;
}

/** `0x0012` and `18` alike as `18`. */
function decimal(text: string): string {
  return text === '' ? '' : String(Number(text));
}

/** One spelling for `::1.2.3.4`, `::ffff:1.2.3.4` and their hexadecimal forms. */
function canonical(text: string): string {
  const words = parseAddress(text);
  return words === undefined ? text : formatIpv6(...words);
}
