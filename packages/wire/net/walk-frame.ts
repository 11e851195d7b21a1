/** What is framed by EtherType, LLC or PPP protocol number: each of these can hold the others, so they share a file. */
import {
  ETHERNET_BYTES,
  ETHERTYPE_FABRIC_PATH,
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
import { MPLS_BYTES, MPLS_OAM_ALERT, MplsView } from './mpls.ts';
import * as nsh from './nsh.ts';
import { ENCAP_LLC, ENCAP_MPLS, ENCAP_PPPOE, ENCAP_VLAN, type Packet } from './packet.ts';
import { PPP_ADDRESS_CONTROL, PPP_IPV4, PPP_IPV6, PPP_MPLS, PPPOE_BYTES, PppoeView } from './ppp.ts';
import { shimBytes, shimBytesMin } from './shim.ts';
import { LAYER, STACK_MAX, STOP_BAD_LENGTH, STOP_TOO_DEEP, STOP_UNWALKED } from './stop.ts';
import { walkIp, walkIpv6 } from './walk-ip.ts';

// One view per protocol for the whole process: a walk is never suspended halfway, so they cannot be shared by accident.
const ethernet = new EthernetView();
const vlan = new VlanView();
const llc = new LlcView();
const mpls = new MplsView();
const pppoe = new PppoeView();
const service = new nsh.NshView();

/** LLC service access points: SNAP's pair with unnumbered information, the one that IEEE gave to IP, and OSI's. */
const SAP_SNAP = 0xaa;
const SAP_IP = 0x06;
const SAP_OSI = 0xfe;
/** SNAP organisations under which the protocol is an EtherType: none, and IEEE 802.1H's tunnel. */
const OUI_ETHERTYPE = 0x000000;
const OUI_BRIDGE_TUNNEL = 0x0000f8;
/** IEEE 802.1's: bridged frames (RFC 2684 §5.2), of which 1 and 7 are Ethernet with and without its check sequence. */
const OUI_BRIDGED = 0x0080c2;
const BRIDGED_ETHERNET_FCS = 0x0001;
const BRIDGED_ETHERNET = 0x0007;
/** Network layer protocol identifiers (ISO 9577). */
const NLPID_SNAP = 0x80;
const NLPID_IPV6 = 0x8e;
const NLPID_IPV4 = 0xcc;
/** FabricPath's tag ends with its forwarding tag and TTL; the customer's whole frame follows. */
const FABRIC_PATH_BYTES = 2;

// A module's own constants are part of its machine code; imported and exported ones are loaded and checked at each use.
const HEADER_BYTES = ETHERNET_BYTES;
const TYPE_IPV4 = ETHERTYPE_IPV4;
const LAYER_ETHERNET = LAYER.ethernet;

export function walkEthernet(packet: Packet, data: DataView, at: number, end: number): void {
  if (lacks(packet, LAYER_ETHERNET, at, end, HEADER_BYTES)) return;
  const type = ethernet.place(data, at, end).type;
  const next = at + HEADER_BYTES;
  if (type === TYPE_IPV4) walkIp(packet, data, next, end);
  else walkTypeOrLength(packet, data, next, end, type, LAYER.ethernet);
}

/** An Ethernet type field is an EtherType, or the length of an LLC frame. */
function walkTypeOrLength(p: Packet, data: DataView, at: number, end: number, type: number, layer: number): void {
  if (type >= ETHERTYPE_MIN) return walkEtherType(p, data, at, end, type, layer);
  walkLlc(p, data, at, Math.min(end, at + type));
}

/** Every way back to an outer layer (Ethernet in MPLS, in PPP …) comes through here, so nesting is bounded here. */
export function walkEtherType(
  packet: Packet,
  data: DataView,
  at: number,
  end: number,
  type: number,
  layer: number,
): void {
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
    case ETHERTYPE_FABRIC_PATH:
      return walkEthernet(packet, data, at + FABRIC_PATH_BYTES, end);
    case nsh.ETHERTYPE_NSH:
      return walkNsh(packet, data, at, end);
    default:
      if (isVlan(type)) return walkVlan(packet, data, at, end);
      walkShim(packet, data, at, end, type, layer);
  }
}

function walkShim(packet: Packet, data: DataView, at: number, end: number, type: number, layer: number): void {
  const needed = shimBytesMin(type);
  if (needed === 0) return packet.stop(STOP_UNWALKED, layer, at - 2, type, 0);
  if (lacks(packet, LAYER.shim, at, end, needed)) return;
  const bytes = shimBytes(type, data, at);
  if (bytes === 0) return packet.stop(STOP_UNWALKED, LAYER.shim, at, type, 0);
  if (lacks(packet, LAYER.shim, at, end, bytes)) return;
  const next = at + bytes;
  walkTypeOrLength(packet, data, next, end, data.getUint16(next - 2), LAYER.shim);
}

function walkNsh(packet: Packet, data: DataView, at: number, end: number): void {
  if (lacks(packet, LAYER.nsh, at, end, nsh.NSH_BYTES)) return;
  const { headerBytes, next } = service.place(data, at, end);
  if (headerBytes < nsh.NSH_BYTES) return packet.stop(STOP_BAD_LENGTH, LAYER.nsh, at, nsh.NSH_BYTES, headerBytes);
  if (lacks(packet, LAYER.nsh, at, end, headerBytes)) return;
  const inner = at + headerBytes;
  if (next === nsh.NSH_IPV4) return walkIp(packet, data, inner, end);
  if (next === nsh.NSH_IPV6) return walkIpv6(packet, data, inner, end);
  if (next === nsh.NSH_ETHERNET) return walkEthernet(packet, data, inner, end);
  if (next === nsh.NSH_MPLS) return walkMpls(packet, data, inner, end);
  if (next === nsh.NSH_NSH) return walkEtherType(packet, data, inner, end, nsh.ETHERTYPE_NSH, LAYER.nsh);
  packet.stop(STOP_UNWALKED, LAYER.nsh, at + 3, next, 0);
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

/** @param padBytes between SNAP and a bridged frame: 2 on ATM (RFC 2684 §5.2), none elsewhere */
export function walkLlc(packet: Packet, data: DataView, at: number, end: number, padBytes = 0): void {
  packet.encapsulation |= ENCAP_LLC;
  if (lacks(packet, LAYER.llc, at, end, LLC_BYTES)) return;
  llc.place(data, at, end);
  const { dsap, ssap } = llc;
  if (dsap === SAP_IP && ssap === SAP_IP) return walkIp(packet, data, at + LLC_BYTES, end);
  if (dsap === SAP_OSI && ssap === SAP_OSI) return walkNlpid(packet, data, at + LLC_BYTES, end, LAYER.llc);
  if (dsap !== SAP_SNAP || ssap !== SAP_SNAP) {
    return packet.stop(STOP_UNWALKED, LAYER.llc, at, (dsap << 8) | ssap, 0);
  }
  if (lacks(packet, LAYER.llc, at, end, SNAP_BYTES)) return;
  const next = at + SNAP_BYTES;
  const { oui, type } = llc;
  if (oui === OUI_BRIDGED && (type === BRIDGED_ETHERNET_FCS || type === BRIDGED_ETHERNET)) {
    return walkEtherType(packet, data, next + padBytes, end, ETHERTYPE_TRANSPARENT, LAYER.llc);
  }
  if (oui !== OUI_ETHERTYPE && oui !== OUI_BRIDGE_TUNNEL) return packet.stop(STOP_UNWALKED, LAYER.llc, at + 3, oui, 0);
  walkEtherType(packet, data, next, end, type, LAYER.llc);
}

/** A network layer protocol identifier and what it names; 0x80 is SNAP without its LLC (RFC 2427 §4.1). */
export function walkNlpid(packet: Packet, data: DataView, at: number, end: number, layer: number): void {
  if (lacks(packet, layer, at, end, 1)) return;
  const nlpid = data.getUint8(at);
  if (nlpid === NLPID_IPV4) return walkIp(packet, data, at + 1, end);
  if (nlpid === NLPID_IPV6) return walkIpv6(packet, data, at + 1, end);
  if (nlpid !== NLPID_SNAP) return packet.stop(STOP_UNWALKED, layer, at, nlpid, 0);
  if (lacks(packet, layer, at, end, 6)) return;
  const oui = (data.getUint16(at + 1) << 8) | data.getUint8(at + 3);
  if (oui !== OUI_ETHERTYPE) return packet.stop(STOP_UNWALKED, layer, at + 1, oui, 0);
  walkEtherType(packet, data, at + 6, end, data.getUint16(at + 4), layer);
}

function walkMpls(packet: Packet, data: DataView, at: number, end: number): void {
  packet.encapsulation |= ENCAP_MPLS;
  let offset = at;
  for (let depth = 0; depth < STACK_MAX; depth++) {
    if (lacks(packet, LAYER.mpls, offset, end, MPLS_BYTES)) return;
    mpls.place(data, offset, end);
    offset += MPLS_BYTES;
    if (!mpls.isBottom) continue;
    if (mpls.label === MPLS_OAM_ALERT) return packet.stop(STOP_UNWALKED, LAYER.mpls, offset, MPLS_OAM_ALERT, 0);
    return walkBelowMpls(packet, data, offset, end);
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

export function walkPppoe(packet: Packet, data: DataView, at: number, end: number): void {
  packet.encapsulation |= ENCAP_PPPOE;
  if (lacks(packet, LAYER.pppoe, at, end, PPPOE_BYTES)) return;
  pppoe.place(data, at, end);
  if (pppoe.code !== 0) return packet.stop(STOP_UNWALKED, LAYER.pppoe, at + 1, pppoe.code, 0);
  walkPpp(packet, data, at + PPPOE_BYTES, Math.min(end, at + PPPOE_BYTES + pppoe.length));
}

export function walkPpp(packet: Packet, data: DataView, at: number, end: number): void {
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
