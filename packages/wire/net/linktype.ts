/**
 * Link types: what the first byte of a captured packet is. Numbers and names are those of
 * https://www.tcpdump.org/linktypes.html; the raw IP numbers 12 and 14 are BSD's DLT_RAW, met in old files.
 */
export const LINK_NULL = 0;
export const LINK_ETHERNET = 1;
export const LINK_TOKEN_RING = 6;
export const LINK_PPP = 9;
export const LINK_FDDI = 10;
export const LINK_RAW_BSD = 12;
export const LINK_RAW_OPENBSD = 14;
export const LINK_PPP_HDLC = 50;
export const LINK_PPP_ETHER = 51;
export const LINK_ATM_RFC1483 = 100;
export const LINK_RAW = 101;
export const LINK_C_HDLC = 104;
export const LINK_IEEE802_11 = 105;
export const LINK_FRELAY = 107;
export const LINK_LOOP = 108;
export const LINK_LINUX_SLL = 113;
export const LINK_SUNATM = 123;
export const LINK_RADIOTAP = 127;
export const LINK_JUNIPER_PPPOE = 167;
export const LINK_JUNIPER_ETHER = 178;
export const LINK_JUNIPER_PPP = 179;
export const LINK_JUNIPER_FRELAY = 180;
export const LINK_JUNIPER_CHDLC = 181;
export const LINK_PPI = 192;
export const LINK_PPP_WITH_DIR = 204;
export const LINK_IPNET = 226;
export const LINK_IPV4 = 228;
export const LINK_IPV6 = 229;
export const LINK_NFLOG = 239;
export const LINK_IPOIB = 242;
export const LINK_PKTAP = 258;
export const LINK_LINUX_SLL2 = 276;

const NAMES = new Map<number, string>([
  [LINK_NULL, 'NULL'],
  [LINK_ETHERNET, 'ETHERNET'],
  [LINK_TOKEN_RING, 'IEEE802_5'],
  [7, 'ARCNET_BSD'],
  [8, 'SLIP'],
  [LINK_PPP, 'PPP'],
  [LINK_FDDI, 'FDDI'],
  [LINK_RAW_BSD, 'RAW'],
  [LINK_RAW_OPENBSD, 'RAW'],
  [LINK_PPP_HDLC, 'PPP_HDLC'],
  [LINK_PPP_ETHER, 'PPP_ETHER'],
  [LINK_ATM_RFC1483, 'ATM_RFC1483'],
  [LINK_RAW, 'RAW'],
  [LINK_C_HDLC, 'C_HDLC'],
  [LINK_IEEE802_11, 'IEEE802_11'],
  [LINK_FRELAY, 'FRELAY'],
  [LINK_LOOP, 'LOOP'],
  [LINK_LINUX_SLL, 'LINUX_SLL'],
  [119, 'IEEE802_11_PRISM'],
  [LINK_SUNATM, 'SUNATM'],
  [LINK_RADIOTAP, 'IEEE802_11_RADIOTAP'],
  [163, 'IEEE802_11_AVS'],
  [LINK_JUNIPER_PPPOE, 'JUNIPER_PPPOE'],
  [LINK_JUNIPER_ETHER, 'JUNIPER_ETHER'],
  [LINK_JUNIPER_PPP, 'JUNIPER_PPP'],
  [LINK_JUNIPER_FRELAY, 'JUNIPER_FRELAY'],
  [LINK_JUNIPER_CHDLC, 'JUNIPER_CHDLC'],
  [187, 'BLUETOOTH_HCI_H4'],
  [189, 'USB_LINUX'],
  [LINK_PPI, 'PPI'],
  [195, 'IEEE802_15_4_WITHFCS'],
  [201, 'BLUETOOTH_HCI_H4_WITH_PHDR'],
  [LINK_PPP_WITH_DIR, 'PPP_WITH_DIR'],
  [220, 'USB_LINUX_MMAPPED'],
  [LINK_IPNET, 'IPNET'],
  [227, 'CAN_SOCKETCAN'],
  [LINK_IPV4, 'IPV4'],
  [LINK_IPV6, 'IPV6'],
  [230, 'IEEE802_15_4_NOFCS'],
  [LINK_NFLOG, 'NFLOG'],
  [LINK_IPOIB, 'IPOIB'],
  [253, 'NETLINK'],
  [LINK_PKTAP, 'PKTAP'],
  [LINK_LINUX_SLL2, 'LINUX_SLL2'],
]);

/** The name of a link type without its prefix, `LINKTYPE_147` for one that has none here. */
export function linkName(link: number): string {
  return NAMES.get(link) ?? `LINKTYPE_${link}`;
}
