/** From the first captured byte to what it frames: a link type's own header. */
import { lacks } from './lacks.ts';
import { ETHERTYPE_MIN } from './ethernet.ts';
import { JUNIPER_BYTES, JuniperView } from './juniper.ts';
import * as link from './linktype.ts';
import { NFLOG_BYTES, NFLOG_IPV4, NFLOG_IPV6, NflogView } from './nflog.ts';
import type { Packet } from './packet.ts';
import { PPP_ADDRESS_CONTROL } from './ppp.ts';
import { SLL2_BYTES, SLL_BYTES, SLL_LLC, Sll2View, SllView } from './sll.ts';
import { LAYER, STACK_MAX, STOP_BAD_LENGTH, STOP_TOO_DEEP, STOP_UNWALKED } from './stop.ts';
import { walkEthernet, walkEtherType, walkLlc, walkNlpid, walkPpp, walkPppoe } from './walk-frame.ts';
import { walkIp, walkIpv6 } from './walk-ip.ts';
import { ATM_PAD_BYTES, walkFddi, walkIeee80211, walkRadiotap, walkSunAtm, walkTokenRing } from './walk-lan.ts';
import * as wrap from './wrap.ts';

// One view per protocol for the whole process: a walk is never suspended halfway, so they cannot be shared by accident.
const sll = new SllView();
const sll2 = new Sll2View();
const nflog = new NflogView();
const juniper = new JuniperView();
const pktap = new wrap.PktapView();
const ppi = new wrap.PpiView();
const ipnet = new wrap.IpnetView();
const ipoib = new wrap.IpoibView();

/** Cisco HDLC's unicast and multicast addresses. */
const HDLC_UNICAST = 0x0f;
const HDLC_MULTICAST = 0x8f;
/** Unnumbered information, the control field of Q.922 (RFC 2427 §3). */
const CONTROL_UI = 0x03;

// A module's own constants are part of its machine code; imported and exported ones are loaded and checked at each use.
const {
  LINK_ETHERNET,
  LINK_IPV4,
  LINK_IPV6,
  LINK_LINUX_SLL,
  LINK_LINUX_SLL2,
  LINK_LOOP,
  LINK_NULL,
  LINK_RAW,
  LINK_RAW_BSD,
  LINK_RAW_OPENBSD,
} = link;

export function walkLink(packet: Packet, data: DataView, at: number, end: number, type: number): void {
  switch (type) {
    case LINK_ETHERNET:
      return walkEthernet(packet, data, at, end);
    case LINK_RAW:
    case LINK_RAW_BSD:
    case LINK_RAW_OPENBSD:
    case LINK_IPV4:
      return walkIp(packet, data, at, end);
    case LINK_IPV6:
      return walkIpv6(packet, data, at, end);
    case LINK_NULL:
    case LINK_LOOP:
      return walkNull(packet, data, at, end);
    case LINK_LINUX_SLL:
      return walkSll(packet, data, at, end);
    case LINK_LINUX_SLL2:
      return walkSll2(packet, data, at, end);
    default:
      walkRareLink(packet, data, at, end, type);
  }
}

/** Apart from the common ones so that those stay small enough to be inlined. */
function walkRareLink(packet: Packet, data: DataView, at: number, end: number, type: number): void {
  switch (type) {
    case link.LINK_PPP:
    case link.LINK_PPP_HDLC:
    case link.LINK_C_HDLC:
      return walkHdlc(packet, data, at, end);
    case link.LINK_PPP_WITH_DIR:
      return walkPpp(packet, data, at + 1, end);
    case link.LINK_PPP_ETHER:
      return walkPppoe(packet, data, at, end);
    case link.LINK_FRELAY:
      return walkFrameRelay(packet, data, at, end);
    case link.LINK_IEEE802_11:
      return walkIeee80211(packet, data, at, end, false);
    case link.LINK_RADIOTAP:
      return walkRadiotap(packet, data, at, end);
    case link.LINK_FDDI:
      return walkFddi(packet, data, at, end);
    case link.LINK_TOKEN_RING:
      return walkTokenRing(packet, data, at, end);
    case link.LINK_ATM_RFC1483:
      return walkLlc(packet, data, at, end, ATM_PAD_BYTES);
    case link.LINK_SUNATM:
      return walkSunAtm(packet, data, at, end);
    case link.LINK_NFLOG:
      return walkNflog(packet, data, at, end);
    case link.LINK_IPNET:
      return walkIpnet(packet, data, at, end);
    case link.LINK_IPOIB:
      return walkIpoib(packet, data, at, end);
    case link.LINK_PKTAP:
      return walkPktap(packet, data, at, end);
    case link.LINK_PPI:
      return walkPpi(packet, data, at, end);
    case link.LINK_JUNIPER_PPPOE:
    case link.LINK_JUNIPER_ETHER:
    case link.LINK_JUNIPER_PPP:
    case link.LINK_JUNIPER_FRELAY:
    case link.LINK_JUNIPER_CHDLC:
      return walkJuniper(packet, data, at, end, type);
    default:
      packet.stop(STOP_UNWALKED, LAYER.link, at, type, 0);
  }
}

/**
 * BSD loopback: an address family in the writer's byte order (NULL) or big-endian (LOOP); small numbers tell which. Some
 * writers put an EtherType in the last two bytes, others PPP's address and control before a PPP frame.
 */
function walkNull(packet: Packet, data: DataView, at: number, end: number): void {
  if (lacks(packet, LAYER.null, at, end, 4)) return;
  const big = data.getUint32(at);
  const family = big <= 0xffff ? big : data.getUint32(at, true);
  const next = at + 4;
  if (family === 2) return walkIp(packet, data, next, end);
  // AF_INET6 of Linux, NetBSD/OpenBSD, FreeBSD, Darwin.
  if (family === 10 || family === 24 || family === 28 || family === 30) return walkIpv6(packet, data, next, end);
  if (big >>> 16 === PPP_ADDRESS_CONTROL) return walkPpp(packet, data, at, end);
  const type = big & 0xffff;
  if (type >= ETHERTYPE_MIN) return walkEtherType(packet, data, next, end, type, LAYER.null);
  packet.stop(STOP_UNWALKED, LAYER.null, at, family, 0);
}

function walkSll(packet: Packet, data: DataView, at: number, end: number): void {
  if (lacks(packet, LAYER.sll, at, end, SLL_BYTES)) return;
  sll.place(data, at, end);
  walkSllProtocol(packet, data, at + SLL_BYTES, end, sll.protocol, LAYER.sll);
}

function walkSll2(packet: Packet, data: DataView, at: number, end: number): void {
  if (lacks(packet, LAYER.sll2, at, end, SLL2_BYTES)) return;
  sll2.place(data, at, end);
  walkSllProtocol(packet, data, at + SLL2_BYTES, end, sll2.protocol, LAYER.sll2);
}

function walkSllProtocol(p: Packet, data: DataView, at: number, end: number, protocol: number, layer: number): void {
  if (protocol === SLL_LLC) return walkLlc(p, data, at, end);
  if (protocol < ETHERTYPE_MIN) return p.stop(STOP_UNWALKED, layer, at, protocol, 0);
  walkEtherType(p, data, at, end, protocol, layer);
}

/**
 * HDLC-like framing, whose first byte tells Cisco's (address, control, EtherType: RFC 1547 §4.3.1) from PPP's (RFC 1662),
 * under either link type.
 */
function walkHdlc(packet: Packet, data: DataView, at: number, end: number): void {
  if (lacks(packet, LAYER.hdlc, at, end, 4)) return;
  const address = data.getUint8(at);
  if (address !== HDLC_UNICAST && address !== HDLC_MULTICAST) return walkPpp(packet, data, at, end);
  walkEtherType(packet, data, at + 4, end, data.getUint16(at + 2), LAYER.hdlc);
}

/** Frame relay with Q.922 address: NLPID encapsulation (RFC 2427 §4), or Cisco's EtherType directly behind the address. */
function walkFrameRelay(packet: Packet, data: DataView, at: number, end: number): void {
  let offset = at;
  do {
    if (lacks(packet, LAYER.frame_relay, offset, end, 1)) return;
    offset++;
  } while ((data.getUint8(offset - 1) & 1) === 0);
  if (lacks(packet, LAYER.frame_relay, offset, end, 2)) return;
  if (data.getUint8(offset) !== CONTROL_UI) {
    return walkEtherType(packet, data, offset + 2, end, data.getUint16(offset), LAYER.frame_relay);
  }
  offset += data.getUint8(offset + 1) === 0 ? 2 : 1;
  walkNlpid(packet, data, offset, end, LAYER.frame_relay);
}

function walkNflog(packet: Packet, data: DataView, at: number, end: number): void {
  if (lacks(packet, LAYER.nflog, at, end, NFLOG_BYTES)) return;
  nflog.place(data, at, end);
  const { family, payloadAt } = nflog;
  if (payloadAt < 0) return packet.stop(STOP_UNWALKED, LAYER.nflog, at, family, 0);
  if (family === NFLOG_IPV4) return walkIp(packet, data, payloadAt, end);
  if (family === NFLOG_IPV6) return walkIpv6(packet, data, payloadAt, end);
  packet.stop(STOP_UNWALKED, LAYER.nflog, at, family, 0);
}

function walkIpnet(packet: Packet, data: DataView, at: number, end: number): void {
  if (lacks(packet, LAYER.ipnet, at, end, wrap.IPNET_BYTES)) return;
  const { family } = ipnet.place(data, at, end);
  const next = at + wrap.IPNET_BYTES;
  if (family === wrap.IPNET_IPV4) return walkIp(packet, data, next, end);
  if (family === wrap.IPNET_IPV6) return walkIpv6(packet, data, next, end);
  packet.stop(STOP_UNWALKED, LAYER.ipnet, at + 1, family, 0);
}

function walkIpoib(packet: Packet, data: DataView, at: number, end: number): void {
  if (lacks(packet, LAYER.ipoib, at, end, wrap.IPOIB_BYTES)) return;
  ipoib.place(data, at, end);
  walkEtherType(packet, data, at + wrap.IPOIB_BYTES, end, ipoib.type, LAYER.ipoib);
}

function walkPktap(packet: Packet, data: DataView, at: number, end: number): void {
  if (lacks(packet, LAYER.pktap, at, end, wrap.PKTAP_BYTES)) return;
  const { headerBytes, link: type } = pktap.place(data, at, end);
  unwrap(packet, data, at, end, headerBytes, wrap.PKTAP_BYTES, type, LAYER.pktap);
}

function walkPpi(packet: Packet, data: DataView, at: number, end: number): void {
  if (lacks(packet, LAYER.ppi, at, end, wrap.PPI_BYTES)) return;
  const { headerBytes, link: type } = ppi.place(data, at, end);
  unwrap(packet, data, at, end, headerBytes, wrap.PPI_BYTES, type, LAYER.ppi);
}

/** A wrapped packet may be wrapped again, so depth is counted here as it is for EtherTypes. */
function unwrap(
  packet: Packet,
  data: DataView,
  at: number,
  end: number,
  headerBytes: number,
  needed: number,
  type: number,
  layer: number,
): void {
  if (headerBytes < needed) return packet.stop(STOP_BAD_LENGTH, layer, at, needed, headerBytes);
  if (lacks(packet, layer, at, end, headerBytes)) return;
  if (++packet.depth > STACK_MAX) return packet.stop(STOP_TOO_DEEP, layer, at, STACK_MAX, packet.depth);
  walkLink(packet, data, at + headerBytes, end, type);
}

function walkJuniper(packet: Packet, data: DataView, at: number, end: number, type: number): void {
  if (lacks(packet, LAYER.juniper, at, end, JUNIPER_BYTES + 2)) return;
  juniper.place(data, at, end);
  if (!juniper.isJuniper) return packet.stop(STOP_UNWALKED, LAYER.juniper, at, data.getUint32(at) >>> 8, 0);
  if (!juniper.hasLinkHeader) return packet.stop(STOP_UNWALKED, LAYER.juniper, at + 3, juniper.flags, 0);
  const next = at + JUNIPER_BYTES + (juniper.hasExtensions ? 2 + juniper.extensionBytes : 0);
  if (lacks(packet, LAYER.juniper, next, end, 1)) return;
  if (type === link.LINK_JUNIPER_PPP) return walkPpp(packet, data, next, end);
  if (type === link.LINK_JUNIPER_FRELAY) return walkFrameRelay(packet, data, next, end);
  if (type === link.LINK_JUNIPER_CHDLC) return walkHdlc(packet, data, next, end);
  walkEthernet(packet, data, next, end);
}
