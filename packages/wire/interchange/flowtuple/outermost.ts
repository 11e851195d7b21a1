/**
 * Where the outermost IPv4 header is, for those link layers that libtrace 3.0.22, Corsaro 2's reader, looks behind: Ethernet with
 * 802.1Q tags (0x8100 only), MPLS, and PPPoE; raw IP; PPP without address and control; Cisco HDLC; Linux cooked captures; 802.11.
 * Behind others it sees no IP at all, and what it does not see is not in its files.
 */
import * as link from '../../net/linktype.ts';
import { Packet } from '../../net/packet.ts';
import { walk } from '../../net/walk.ts';

const ETHERNET_BYTES = 14;
const SLL_BYTES = 16;
const TYPE_IPV4 = 0x0800;
const TYPE_VLAN = 0x8100;
const TYPE_MPLS = 0x8847;
const TYPE_PPPOE = 0x8864;
const PPP_IPV4 = 0x0021;
/** PPPoE's header and PPP's protocol. */
const PPPOE_BYTES = 8;
/** In a cooked capture: a whole Ethernet frame follows. */
const TYPE_LOOP = 0x0060;
/** ARPHRD_ETHER, _PPP, _LOOPBACK: hardware behind whose cooked header libtrace looks. */
const COOKED_HARDWARE = new Set([1, 512, 772]);

const packet = new Packet();

/** Offset of the header, -1 when there is none: also when its version is not 4. */
export function outermostIpv4(data: DataView, at: number, end: number, type: number): number {
  const ip = behindLink(data, at, end, type);
  return ip >= 0 && ip < end && data.getUint8(ip) >>> 4 === 4 ? ip : -1;
}

/** The same behind every link layer that the walk knows. */
export function outermostIpv4OfAny(data: DataView, at: number, end: number, type: number): number {
  walk(packet, data, at, end, type);
  const { net, netAt } = packet;
  if (net === 6 || (net === 0 && netAt <= at) || netAt >= end) return -1;
  return data.getUint8(netAt) >>> 4 === 4 ? netAt : -1;
}

function behindLink(data: DataView, at: number, end: number, type: number): number {
  switch (type) {
    case link.LINK_ETHERNET:
      return behindEthernet(data, at, end);
    case link.LINK_RAW:
    case link.LINK_RAW_BSD:
    case link.LINK_RAW_OPENBSD:
      return at;
    case link.LINK_PPP:
      return end - at >= 2 && data.getUint16(at) === PPP_IPV4 ? at + 2 : -1;
    case link.LINK_C_HDLC:
      return end - at >= 4 ? behindType(data, at + 4, end, data.getUint16(at + 2)) : -1;
    case link.LINK_LINUX_SLL:
      return behindCooked(data, at, end);
    case link.LINK_IEEE802_11:
    case link.LINK_RADIOTAP:
      return outermostIpv4OfAny(data, at, end, type);
    default:
      return -1;
  }
}

function behindEthernet(data: DataView, at: number, end: number): number {
  return end - at >= ETHERNET_BYTES ? behindType(data, at + ETHERNET_BYTES, end, data.getUint16(at + 12)) : -1;
}

function behindCooked(data: DataView, at: number, end: number): number {
  if (end - at < SLL_BYTES || !COOKED_HARDWARE.has(data.getUint16(at + 2))) return -1;
  const type = data.getUint16(at + 14);
  const next = at + SLL_BYTES;
  return type === TYPE_LOOP ? behindEthernet(data, next, end) : behindType(data, next, end, type);
}

/** @param first EtherType of what begins at `from` */
function behindType(data: DataView, from: number, end: number, first: number): number {
  let type = first;
  for (let at = from; at < end; ) {
    if (type === TYPE_IPV4) return at;
    if (type === TYPE_MPLS) return behindLabels(data, at, end);
    if (type === TYPE_PPPOE) {
      return end - at >= PPPOE_BYTES && data.getUint16(at + 6) === PPP_IPV4 ? at + PPPOE_BYTES : -1;
    }
    if (type !== TYPE_VLAN || end - at < 4) return -1;
    type = data.getUint16(at + 2);
    at += 4;
  }
  return -1;
}

/** Behind the entry that is marked as the stack's bottom. */
function behindLabels(data: DataView, from: number, end: number): number {
  for (let at = from; end - at >= 4; at += 4) {
    if ((data.getUint8(at + 2) & 1) === 1) return at + 4;
  }
  return -1;
}
