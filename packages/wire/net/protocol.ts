/** IP protocol numbers that the walk knows (IANA "Assigned Internet Protocol Numbers"). */
export const PROTO_HOPOPTS = 0;
export const PROTO_ICMP = 1;
export const PROTO_IPIP = 4;
export const PROTO_TCP = 6;
export const PROTO_UDP = 17;
export const PROTO_DCCP = 33;
export const PROTO_IPV6 = 41;
export const PROTO_ROUTING = 43;
export const PROTO_FRAGMENT = 44;
export const PROTO_GRE = 47;
export const PROTO_AH = 51;
export const PROTO_ICMP6 = 58;
export const PROTO_DSTOPTS = 60;
export const PROTO_SCTP = 132;
export const PROTO_MOBILITY = 135;
export const PROTO_UDPLITE = 136;
export const PROTO_HIP = 139;
export const PROTO_SHIM6 = 140;

const NAMES = new Map<number, string>([
  [PROTO_HOPOPTS, 'hopopts'],
  [PROTO_ICMP, 'icmp'],
  [2, 'igmp'],
  [PROTO_IPIP, 'ipip'],
  [PROTO_TCP, 'tcp'],
  [PROTO_UDP, 'udp'],
  [PROTO_DCCP, 'dccp'],
  [PROTO_IPV6, 'ipv6'],
  [PROTO_GRE, 'gre'],
  [50, 'esp'],
  [PROTO_AH, 'ah'],
  [PROTO_ICMP6, 'icmpv6'],
  [59, 'none'],
  [88, 'eigrp'],
  [89, 'ospf'],
  [103, 'pim'],
  [112, 'vrrp'],
  [PROTO_SCTP, 'sctp'],
  [PROTO_UDPLITE, 'udplite'],
]);

/** Lower-case name of an IP protocol, `proto-255` for one that has none here. */
export function protocolName(protocol: number): string {
  return NAMES.get(protocol) ?? `proto-${protocol}`;
}
