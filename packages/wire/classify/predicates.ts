/**
 * Facts about one packet that say something about how far to believe its source, each its own bit with its own sentence.
 * corsaro 3 squeezes most of them into three booleans (is_spoofed, is_masscan, is_erratic; libcorsaro_filtering.c) and so calls a
 * closed port's RST+ACK spoofed; here they stay apart. Tested for in predicate-bits.ts and, on UDP payloads, udp-predicates.ts.
 */
export interface Predicate {
  readonly name: string;
  readonly sentence: string;
}

/** In the order of their bits in memory; files hold the names. */
export const PREDICATES = [
  { name: 'bogon_src', sentence: 'The source is in space that is never routed (bogon.ts).' },
  {
    name: 'bogon_dst',
    sentence: 'The destination is in space that is never routed: a laboratory capture, or a lost packet.',
  },
  { name: 'src_is_dst', sentence: 'Source and destination address are the same.' },
  { name: 'src_last_0', sentence: 'The last octet of the IPv4 source is 0 (1/256 of random ones).' },
  { name: 'src_last_255', sentence: 'The last octet of the IPv4 source is 255 (1/256 of random ones).' },
  { name: 'ttl_200', sentence: 'TTL 200 or more and not ICMP.' },
  { name: 'protocol_unusual', sentence: 'IP protocol other than ICMP, TCP, UDP, IPv6-in-IP (corsaro), ICMPv6.' },
  { name: 'flags_unusual', sentence: 'TCP flags outside S, A, R, F, SF, SA, FA, PA, FPA (corsaro’s list).' },
  {
    name: 'rst_ack',
    sentence: 'TCP RST and ACK, nothing else: a closed port’s answer, unusual only by corsaro’s list.',
  },
  { name: 'fragment', sentence: 'Fragment offset or the reserved bit is set.' },
  { name: 'port_0', sentence: 'A TCP or UDP port is 0.' },
  { name: 'udp_dst_80', sentence: 'UDP to port 80.' },
  {
    name: 'masscan_corsaro',
    sentence: 'SYN, no ACK, no options, TTL 200 or more, window 1024 (corsaro’s large_scale_scan).',
  },
  { name: 'ttl_over_200', sentence: 'SYN with TTL above 200 (Spoki’s irregular SYN).' },
  { name: 'syn_no_options', sentence: 'SYN without TCP options (Spoki’s irregular SYN).' },
  { name: 'syn_payload', sentence: 'SYN that carries data.' },
  { name: 'tcp_23_80_5000', sentence: 'A TCP port is 23, 80 or 5000 (corsaro’s erratic).' },
  { name: 'port_53', sentence: 'A port is 53 (corsaro’s erratic).' },
  { name: 'ip_options', sentence: 'The IPv4 header has options.' },
  { name: 'tunnel', sentence: 'The packet carries another one.' },
  { name: 'payload_cut', sentence: 'The capture holds less payload than the packet had.' },
  { name: 'udp_31_00', sentence: 'UDP of 58 bytes beginning with eight zeros, then 31 00.' },
  { name: 'sip_5060', sentence: 'UDP 5060 to 5060 beginning SIP/2.0.' },
  { name: 'udp_96_1500', sentence: 'UDP of 96 or 1500 bytes of IP.' },
  { name: 'dns_8180', sentence: 'DNS answer 8180 … 818f with all four counts below 10.' },
  { name: 'netbios_query', sentence: 'NetBIOS wildcard name query, 137 to 137.' },
  { name: 'bittorrent', sentence: 'A BitTorrent handshake, DHT message or µTP connection.' },
  {
    name: 'src_as208843',
    sentence: 'Source in 45.83.64.0/22 or 194.187.176.0/22 (Alpha Strike Labs), SYN of 44 bytes, window 8192.',
  },
  { name: 'src_paloalto', sentence: 'Source in 147.185.133.0/24 (Palo Alto’s scanners).' },
  { name: 'link_broadcast', sentence: 'Destination 255.255.255.255, or IPv4/IPv6 multicast.' },
] as const satisfies readonly Predicate[];
export type PredicateName = (typeof PREDICATES)[number]['name'];

type Bits = { readonly [N in PredicateName]: number };
/** Name → bit in memory. */
export const PREDICATE = Object.fromEntries(PREDICATES.map(({ name }, index) => [name, 1 << index])) as Bits;

/** Names of a set of predicates, in the list's order. Allocates. */
export function predicateNames(bits: number): string[] {
  return PREDICATES.filter((_, index) => (bits & (1 << index)) !== 0).map((predicate) => predicate.name);
}
