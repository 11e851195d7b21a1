/**
 * Addresses that no packet on the public Internet can come from: the special-purpose registries of IANA (RFC 6890 and its
 * updates), with 100.64/10 (RFC 6598), which corsaro's list lacks, and documentation, benchmark and reserved space.
 */

/** IPv4: [first address, prefix length, registered for]. */
export const BOGON_IPV4 = [
  ['0.0.0.0', 8, 'this network, RFC 791'],
  ['10.0.0.0', 8, 'private, RFC 1918'],
  ['100.64.0.0', 10, 'carrier-grade NAT, RFC 6598'],
  ['127.0.0.0', 8, 'loopback, RFC 1122'],
  ['169.254.0.0', 16, 'link local, RFC 3927'],
  ['172.16.0.0', 12, 'private, RFC 1918'],
  ['192.0.0.0', 24, 'protocol assignments, RFC 6890'],
  ['192.0.2.0', 24, 'documentation, RFC 5737'],
  ['192.88.99.0', 24, '6to4 relay anycast, deprecated by RFC 7526'],
  ['192.168.0.0', 16, 'private, RFC 1918'],
  ['198.18.0.0', 15, 'benchmarking, RFC 2544'],
  ['198.51.100.0', 24, 'documentation, RFC 5737'],
  ['203.0.113.0', 24, 'documentation, RFC 5737'],
  ['224.0.0.0', 4, 'multicast, RFC 5771'],
  ['240.0.0.0', 4, 'reserved, RFC 1112; with 255.255.255.255'],
] as const;

/** IPv6: everything outside 2000::/3, and within it the parts that are not routed. */
export const BOGON_IPV6 = [
  ['2001:2::', 48, 'benchmarking, RFC 5180'],
  ['2001:10::', 28, 'ORCHID, RFC 4843'],
  ['2001:db8::', 32, 'documentation, RFC 3849'],
  ['3fff::', 20, 'documentation, RFC 9637'],
] as const;

/** True for an IPv4 source (signed or unsigned word) inside {@link BOGON_IPV4}; tested range by range of the first octet. */
export function isBogonIpv4(word: number): boolean {
  const first = word >>> 24;
  switch (first) {
    case 0:
    case 10:
    case 127:
      return true;
    case 100:
      return (word & 0x00c00000) === 0x00400000;
    case 169:
      return (word & 0x00ff0000) === 0x00fe0000;
    case 172:
      return (word & 0x00f00000) === 0x00100000;
    case 192:
      return isBogon192(word);
    case 198:
      return (word & 0x00fe0000) === 0x00120000 || (word & 0x00ffff00) === 0x00336400;
    case 203:
      return (word & 0x00ffff00) === 0x00007100;
    default:
      return first >= 224;
  }
}

function isBogon192(word: number): boolean {
  const rest = word & 0x00ffff00;
  return rest === 0 || rest === 0x00000200 || rest === 0x00586300 || (word & 0x00ff0000) === 0x00a80000;
}

/** True for an IPv6 source, by its first two words, that is not globally routed unicast. */
export function isBogonIpv6(w0: number, w1: number): boolean {
  if (w0 >>> 29 !== 1) return true;
  const first = w0 >>> 0;
  if (first === 0x20010db8) return true;
  if (first >>> 12 === 0x3fff0) return true;
  if (first === 0x20010002) return w1 >>> 16 === 0;
  return first >>> 4 === 0x2001001;
}
