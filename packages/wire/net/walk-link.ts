/** From the first captured byte to the network header: link types, EtherTypes, tags, labels, PPP. */
import {
  ETHERNET_BYTES,
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  ETHERTYPE_MIN,
  ETHERTYPE_MPLS,
  ETHERTYPE_MPLS_MULTICAST,
  ETHERTYPE_PPP,
  ETHERTYPE_PPPOE_SESSION,
  ETHERTYPE_TRANSPARENT,
  EthernetView,
  isVlan,
  LLC_BYTES,
  LlcView,
  SNAP_BYTES,
  VLAN_BYTES,
  VlanView,
} from './ethernet.ts';
import { lacks } from './lacks.ts';
import * as link from './linktype.ts';
import { MPLS_BYTES, MplsView } from './mpls.ts';
import { ENCAP_LLC, ENCAP_MPLS, ENCAP_PPPOE, ENCAP_VLAN, type Packet } from './packet.ts';
import { PPP_ADDRESS_CONTROL, PPP_IPV4, PPP_IPV6, PPP_MPLS, PPPOE_BYTES, PppoeView } from './ppp.ts';
import { SLL2_BYTES, SLL_BYTES, SLL_LLC, Sll2View, SllView } from './sll.ts';
import { LAYER, STACK_MAX, STOP_TOO_DEEP, STOP_UNWALKED } from './stop.ts';
import { walkIp, walkIpv6 } from './walk-ip.ts';

// One view per protocol for the whole process: a walk is never suspended halfway, so they cannot be shared by accident.
const ethernet = new EthernetView();
const vlan = new VlanView();
const llc = new LlcView();
const mpls = new MplsView();
const pppoe = new PppoeView();
const sll = new SllView();
const sll2 = new Sll2View();

/** LLC service access points: SNAP's pair with unnumbered information, and the one that IEEE gave to IP. */
const SAP_SNAP = 0xaa;
const SAP_IP = 0x06;

export function walkLink(packet: Packet, data: DataView, at: number, end: number, type: number): void {
  switch (type) {
    case link.LINK_ETHERNET:
      return walkEthernet(packet, data, at, end);
    case link.LINK_RAW:
    case link.LINK_RAW_BSD:
    case link.LINK_RAW_OPENBSD:
    case link.LINK_IPV4:
    case link.LINK_IPV6:
      return walkIp(packet, data, at, end);
    case link.LINK_NULL:
    case link.LINK_LOOP:
      return walkNull(packet, data, at, end);
    case link.LINK_LINUX_SLL:
      return walkSll(packet, data, at, end);
    case link.LINK_LINUX_SLL2:
      return walkSll2(packet, data, at, end);
    case link.LINK_PPP:
    case link.LINK_PPP_HDLC:
      return walkPpp(packet, data, at, end);
    case link.LINK_PPP_WITH_DIR:
      return walkPpp(packet, data, at + 1, end);
    case link.LINK_PPP_ETHER:
      return walkPppoe(packet, data, at, end);
    case link.LINK_C_HDLC:
      return walkHdlc(packet, data, at, end);
    case link.LINK_FRELAY:
      return walkFrameRelay(packet, data, at, end);
    default:
      packet.stop(STOP_UNWALKED, LAYER.link, at, type, 0);
  }
}

function walkEthernet(packet: Packet, data: DataView, at: number, end: number): void {
  if (lacks(packet, LAYER.ethernet, at, end, ETHERNET_BYTES)) return;
  const type = ethernet.place(data, at, end).type;
  const next = at + ETHERNET_BYTES;
  if (type === ETHERTYPE_IPV4) walkIp(packet, data, next, end);
  else walkTypeOrLength(packet, data, next, end, type, LAYER.ethernet);
}

/** An Ethernet type field is an EtherType, or the length of an LLC frame. */
function walkTypeOrLength(p: Packet, data: DataView, at: number, end: number, type: number, layer: number): void {
  if (type >= ETHERTYPE_MIN) return walkEtherType(p, data, at, end, type, layer);
  walkLlc(p, data, at, Math.min(end, at + type));
}

/** Every way back to an outer layer (Ethernet in MPLS, in PPP …) comes through here, so nesting is bounded here. */
function walkEtherType(packet: Packet, data: DataView, at: number, end: number, type: number, layer: number): void {
  if (++packet.depth > STACK_MAX) return packet.stop(STOP_TOO_DEEP, layer, at, STACK_MAX, packet.depth);
  switch (type) {
    case ETHERTYPE_IPV4:
      return walkIp(packet, data, at, end);
    case ETHERTYPE_IPV6:
      return walkIpv6(packet, data, at, end);
    case ETHERTYPE_MPLS:
    case ETHERTYPE_MPLS_MULTICAST:
      return walkMpls(packet, data, at, end);
    case ETHERTYPE_PPPOE_SESSION:
      return walkPppoe(packet, data, at, end);
    case ETHERTYPE_PPP:
      return walkPpp(packet, data, at, end);
    case ETHERTYPE_TRANSPARENT:
      return walkEthernet(packet, data, at, end);
    default:
      if (isVlan(type)) return walkVlan(packet, data, at, end);
      packet.stop(STOP_UNWALKED, layer, at - 2, type, 0);
  }
}

/** A stack of tags, walked in a loop so that hostile nesting costs no stack. */
function walkVlan(packet: Packet, data: DataView, at: number, end: number): void {
  packet.encapsulation |= ENCAP_VLAN;
  let offset = at;
  for (let depth = 0; depth < STACK_MAX; depth++) {
    if (lacks(packet, LAYER.vlan, offset, end, VLAN_BYTES)) return;
    vlan.place(data, offset, end);
    if (packet.vlan < 0) packet.vlan = vlan.id;
    const type = vlan.type;
    offset += VLAN_BYTES;
    if (!isVlan(type)) return walkTypeOrLength(packet, data, offset, end, type, LAYER.vlan);
  }
  packet.stop(STOP_TOO_DEEP, LAYER.vlan, offset, STACK_MAX, STACK_MAX);
}

function walkLlc(packet: Packet, data: DataView, at: number, end: number): void {
  packet.encapsulation |= ENCAP_LLC;
  if (lacks(packet, LAYER.llc, at, end, LLC_BYTES)) return;
  llc.place(data, at, end);
  if (llc.dsap === SAP_IP && llc.ssap === SAP_IP) return walkIp(packet, data, at + LLC_BYTES, end);
  if (llc.dsap !== SAP_SNAP || llc.ssap !== SAP_SNAP) {
    return packet.stop(STOP_UNWALKED, LAYER.llc, at, (llc.dsap << 8) | llc.ssap, 0);
  }
  if (lacks(packet, LAYER.llc, at, end, SNAP_BYTES)) return;
  if (llc.oui !== 0) return packet.stop(STOP_UNWALKED, LAYER.llc, at + 3, llc.oui, 0);
  walkEtherType(packet, data, at + SNAP_BYTES, end, llc.type, LAYER.llc);
}

function walkMpls(packet: Packet, data: DataView, at: number, end: number): void {
  packet.encapsulation |= ENCAP_MPLS;
  let offset = at;
  for (let depth = 0; depth < STACK_MAX; depth++) {
    if (lacks(packet, LAYER.mpls, offset, end, MPLS_BYTES)) return;
    const isBottom = mpls.place(data, offset, end).isBottom;
    offset += MPLS_BYTES;
    if (isBottom) return walkBelowMpls(packet, data, offset, end);
  }
  packet.stop(STOP_TOO_DEEP, LAYER.mpls, offset, STACK_MAX, STACK_MAX);
}

/** The first nibble decides (RFC 4928 §3): 4 and 6 are IP, 0 is a pseudowire control word before Ethernet (RFC 4448 §4.6). */
function walkBelowMpls(packet: Packet, data: DataView, at: number, end: number): void {
  if (lacks(packet, LAYER.mpls, at, end, 1)) return;
  const nibble = data.getUint8(at) >>> 4;
  if (nibble === 4 || nibble === 6) return walkIp(packet, data, at, end);
  if (nibble === 0) return walkEthernet(packet, data, at + 4, end);
  packet.stop(STOP_UNWALKED, LAYER.mpls, at, nibble, 0);
}

function walkPppoe(packet: Packet, data: DataView, at: number, end: number): void {
  packet.encapsulation |= ENCAP_PPPOE;
  if (lacks(packet, LAYER.pppoe, at, end, PPPOE_BYTES)) return;
  pppoe.place(data, at, end);
  if (pppoe.code !== 0) return packet.stop(STOP_UNWALKED, LAYER.pppoe, at + 1, pppoe.code, 0);
  walkPpp(packet, data, at + PPPOE_BYTES, Math.min(end, at + PPPOE_BYTES + pppoe.length));
}

function walkPpp(packet: Packet, data: DataView, at: number, end: number): void {
  let offset = at;
  if (lacks(packet, LAYER.ppp, offset, end, 2)) return;
  if (data.getUint16(offset) === PPP_ADDRESS_CONTROL) offset += 2;
  if (lacks(packet, LAYER.ppp, offset, end, 2)) return;
  const short = (data.getUint8(offset) & 1) === 1;
  const protocol = short ? data.getUint8(offset) : data.getUint16(offset);
  offset += short ? 1 : 2;
  if (protocol === PPP_IPV4) return walkIp(packet, data, offset, end);
  if (protocol === PPP_IPV6) return walkIpv6(packet, data, offset, end);
  if (protocol === PPP_MPLS) return walkMpls(packet, data, offset, end);
  packet.stop(STOP_UNWALKED, LAYER.ppp, offset, protocol, 0);
}

/** BSD loopback: an address family in the writer's byte order (NULL) or big-endian (LOOP); small numbers tell which. */
function walkNull(packet: Packet, data: DataView, at: number, end: number): void {
  if (lacks(packet, LAYER.null, at, end, 4)) return;
  const big = data.getUint32(at);
  const family = big <= 0xffff ? big : data.getUint32(at, true);
  const next = at + 4;
  if (family === 2) return walkIp(packet, data, next, end);
  // AF_INET6 of Linux, NetBSD/OpenBSD, FreeBSD, Darwin.
  if (family === 10 || family === 24 || family === 28 || family === 30) return walkIpv6(packet, data, next, end);
  if (family > 0x5ff && family <= 0xffff) return walkEtherType(packet, data, next, end, family, LAYER.null);
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

/** Cisco HDLC (RFC 1547 §4.3.1): address, control, EtherType. */
function walkHdlc(packet: Packet, data: DataView, at: number, end: number): void {
  if (lacks(packet, LAYER.hdlc, at, end, 4)) return;
  const address = data.getUint8(at);
  // 0x0f and 0x8f are Cisco's unicast and multicast; anything else is PPP in the same framing.
  if (address !== 0x0f && address !== 0x8f) return walkPpp(packet, data, at, end);
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
  if (data.getUint8(offset) !== 0x03) {
    return walkEtherType(packet, data, offset + 2, end, data.getUint16(offset), LAYER.frame_relay);
  }
  offset += data.getUint8(offset + 1) === 0 ? 2 : 1;
  walkNlpid(packet, data, offset, end);
}

function walkNlpid(packet: Packet, data: DataView, at: number, end: number): void {
  if (lacks(packet, LAYER.frame_relay, at, end, 1)) return;
  const nlpid = data.getUint8(at);
  if (nlpid === 0xcc) return walkIp(packet, data, at + 1, end);
  if (nlpid === 0x8e) return walkIpv6(packet, data, at + 1, end);
  if (nlpid !== 0x80) return packet.stop(STOP_UNWALKED, LAYER.frame_relay, at, nlpid, 0);
  if (lacks(packet, LAYER.frame_relay, at, end, 6)) return;
  const oui = (data.getUint8(at + 1) << 16) | data.getUint16(at + 2);
  if (oui !== 0) return packet.stop(STOP_UNWALKED, LAYER.frame_relay, at + 1, oui, 0);
  walkEtherType(packet, data, at + 6, end, data.getUint16(at + 4), LAYER.frame_relay);
}
