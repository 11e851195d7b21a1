/** Transport headers, tunnels, and the packet that an ICMP error quotes. */
import { IcmpView, quotesIpv4, quotesIpv6 } from './icmp.ts';
import * as icmpHeader from './icmp.ts';
import { Ipv4View } from './ipv4.ts';
import * as ipv4Header from './ipv4.ts';
import { Ipv6ExtensionView, Ipv6View } from './ipv6.ts';
import * as ipv6Header from './ipv6.ts';
import { lacks } from './lacks.ts';
import * as link from './linktype.ts';
import * as ethernetHeader from './ethernet.ts';
import type { Packet } from './packet.ts';
import * as proto from './protocol.ts';
import { LAYER } from './stop.ts';
import * as stop from './stop.ts';
import { TcpView } from './tcp.ts';
import * as tcpHeader from './tcp.ts';
import * as tunnel from './tunnel.ts';
import { UdpView } from './udp.ts';
import * as udpHeader from './udp.ts';

// A module's own constants are part of its machine code; imported and exported ones are loaded and checked at each use.
const { ICMP_BYTES } = icmpHeader;
const { IPV4_BYTES, IPV4_OFFSET_MASK } = ipv4Header;
const { IPV6_BYTES } = ipv6Header;
const { LINK_ETHERNET, LINK_IPV4, LINK_IPV6, LINK_PPP } = link;
const { ETHERTYPE_IPV4, ETHERTYPE_IPV6, ETHERTYPE_PPP, ETHERTYPE_TRANSPARENT } = ethernetHeader;
const {
  PROTO_AH,
  PROTO_DCCP,
  PROTO_GRE,
  PROTO_ICMP,
  PROTO_ICMP6,
  PROTO_IPIP,
  PROTO_IPV6,
  PROTO_SCTP,
  PROTO_TCP,
  PROTO_UDP,
  PROTO_UDPLITE,
} = proto;
const { STOP_BAD_LENGTH, STOP_UNWALKED } = stop;
const { TCP_BYTES } = tcpHeader;
const {
  GENEVE_BYTES,
  GENEVE_PORT,
  GRE_BYTES,
  TUNNEL_4IN6,
  TUNNEL_6IN4,
  TUNNEL_6IN6,
  TUNNEL_GENEVE,
  TUNNEL_GRE,
  TUNNEL_IPIP,
  TUNNEL_VXLAN,
  VXLAN_BYTES,
  VXLAN_PORT,
} = tunnel;
const { UDP_BYTES } = udpHeader;
const LAYER_AH = LAYER.ah;
const LAYER_DCCP = LAYER.dccp;
const LAYER_GRE = LAYER.gre;
const LAYER_ICMP = LAYER.icmp;
const LAYER_ICMPV6 = LAYER.icmpv6;
const LAYER_SCTP = LAYER.sctp;
const LAYER_TCP = LAYER.tcp;
const LAYER_TRANSPORT = LAYER.transport;
const LAYER_UDP = LAYER.udp;

const tcp = new TcpView();
const udp = new UdpView();
const icmp = new IcmpView();
const gre = new tunnel.GreView();
const geneve = new tunnel.GeneveView();
const extension = new Ipv6ExtensionView();
const quoted4 = new Ipv4View();
const quoted6 = new Ipv6View();

/** SCTP's common header (RFC 9260 §3.1) and DCCP's shortest generic header (RFC 4340 §5.1) both begin with two ports. */
const SCTP_BYTES = 12;
const DCCP_BYTES = 12;
/** Fewest bytes from which tcpdump and Wireshark still read the flags and the window. */
const TCP_THROUGH_WINDOW_BYTES = 16;

export function walkTransport(packet: Packet, data: DataView, at: number, end: number, protocol: number): void {
  packet.transportAt = at;
  switch (protocol) {
    case PROTO_TCP:
      return walkTcp(packet, data, at, end);
    case PROTO_UDP:
    case PROTO_UDPLITE:
      return walkUdp(packet, data, at, end, protocol);
    case PROTO_ICMP:
      return walkIcmp(packet, data, at, end);
    case PROTO_ICMP6:
      return walkIcmp6(packet, data, at, end);
    case PROTO_SCTP:
      return walkPorts(packet, data, at, end, LAYER_SCTP, SCTP_BYTES);
    case PROTO_DCCP:
      return walkPorts(packet, data, at, end, LAYER_DCCP, DCCP_BYTES);
    case PROTO_IPIP:
      return carry(packet, packet.net === 6 ? TUNNEL_4IN6 : TUNNEL_IPIP, LINK_IPV4, at, end);
    case PROTO_IPV6:
      return carry(packet, packet.net === 6 ? TUNNEL_6IN6 : TUNNEL_6IN4, LINK_IPV6, at, end);
    case PROTO_GRE:
      return walkGre(packet, data, at, end);
    case PROTO_AH:
      return walkAuthentication(packet, data, at, end);
    default:
      payload(packet, at, end, end);
      packet.stop(STOP_UNWALKED, LAYER_TRANSPORT, at, protocol, 0);
  }
}

/** Payload from `at`: captured up to `end`; on the wire up to the IP packet's end, or `wireEnd` when that is nearer. */
function payload(packet: Packet, at: number, end: number, wireEnd: number): void {
  packet.payloadAt = at;
  packet.payloadBytes = Math.max(0, end - at);
  packet.payloadWireBytes = Math.max(0, wireEnd - at);
}

function ipEnd(packet: Packet): number {
  return packet.netAt + packet.ipBytes;
}

function walkTcp(packet: Packet, data: DataView, at: number, end: number): void {
  tcp.place(data, at, end);
  if (end - at < TCP_BYTES) return takePartTcp(packet, at, end);
  packet.sport = tcp.sourcePort;
  packet.dport = tcp.destinationPort;
  packet.seq = tcp.sequence;
  packet.ack = tcp.acknowledgement;
  packet.window = tcp.window;
  const headerBytes = tcp.headerBytes;
  packet.tcpHeaderBytes = headerBytes;
  if (headerBytes < TCP_BYTES) return packet.stop(STOP_BAD_LENGTH, LAYER_TCP, at + 12, TCP_BYTES, headerBytes);
  packet.tcpFlags = tcp.flags;
  packet.optionsAt = at + TCP_BYTES;
  packet.optionBytes = Math.min(headerBytes, end - at) - TCP_BYTES;
  if (lacks(packet, LAYER_TCP, at, end, headerBytes)) return;
  payload(packet, at + headerBytes, end, ipEnd(packet));
}

function takePartTcp(packet: Packet, at: number, end: number): void {
  lacks(packet, LAYER_TCP, at, end, TCP_BYTES);
  const room = end - at;
  if (room < 4) return;
  packet.sport = tcp.sourcePort;
  packet.dport = tcp.destinationPort;
  if (room >= 8) packet.seq = tcp.sequence;
  if (room >= 12) packet.ack = tcp.acknowledgement;
  if (room < TCP_THROUGH_WINDOW_BYTES) return;
  packet.tcpHeaderBytes = tcp.headerBytes;
  packet.window = tcp.window;
  if (tcp.headerBytes >= TCP_BYTES) packet.tcpFlags = tcp.flags;
}

function walkUdp(packet: Packet, data: DataView, at: number, end: number, protocol: number): void {
  udp.place(data, at, end);
  if (end - at < UDP_BYTES) {
    lacks(packet, LAYER_UDP, at, end, UDP_BYTES);
    if (end - at < 4) return;
    packet.sport = udp.sourcePort;
    packet.dport = udp.destinationPort;
    return;
  }
  packet.sport = udp.sourcePort;
  packet.dport = udp.destinationPort;
  // UDP-Lite has a checksum coverage where UDP has its length; 0 is a jumbogram or offload in both.
  const length = protocol === PROTO_UDP && udp.length !== 0 ? udp.length : ipEnd(packet) - at;
  if (length < UDP_BYTES) return packet.stop(STOP_BAD_LENGTH, LAYER_UDP, at + 4, UDP_BYTES, length);
  const wireEnd = Math.min(ipEnd(packet), at + length);
  payload(packet, at + UDP_BYTES, Math.min(end, wireEnd), wireEnd);
  if (packet.dport === VXLAN_PORT) walkVxlan(packet);
  else if (packet.dport === GENEVE_PORT) walkGeneve(packet, data);
}

function walkVxlan(packet: Packet): void {
  if (packet.payloadBytes < VXLAN_BYTES) return;
  const at = packet.payloadAt + VXLAN_BYTES;
  carry(packet, TUNNEL_VXLAN, LINK_ETHERNET, at, packet.payloadAt + packet.payloadBytes);
}

function walkGeneve(packet: Packet, data: DataView): void {
  if (packet.payloadBytes < GENEVE_BYTES) return;
  const end = packet.payloadAt + packet.payloadBytes;
  geneve.place(data, packet.payloadAt, end);
  const at = packet.payloadAt + geneve.headerBytes;
  if (at <= end) carry(packet, TUNNEL_GENEVE, linkOfType(geneve.type), at, end);
}

function walkIcmp(packet: Packet, data: DataView, at: number, end: number): void {
  if (takeIcmp(packet, data, at, end, LAYER_ICMP) && quotesIpv4(packet.icmpType)) {
    quote4(packet, data, at + ICMP_BYTES, end);
  }
}

function walkIcmp6(packet: Packet, data: DataView, at: number, end: number): void {
  if (takeIcmp(packet, data, at, end, LAYER_ICMPV6) && quotesIpv6(packet.icmpType)) {
    quote6(packet, data, at + ICMP_BYTES, end);
  }
}

/** Type and code as far as captured; true when the whole 8-byte header is there. */
function takeIcmp(packet: Packet, data: DataView, at: number, end: number, layer: number): boolean {
  icmp.place(data, at, end);
  const room = end - at;
  if (room >= 1) packet.icmpType = icmp.type;
  if (room >= 2) packet.icmpCode = icmp.code;
  // Some ICMPv6 messages are 4 bytes long in the wild; everything beyond type, code and checksum is payload then.
  if (lacks(packet, layer, at, end, 4)) return false;
  payload(packet, Math.min(end, at + ICMP_BYTES), end, ipEnd(packet));
  return room >= ICMP_BYTES;
}

/** The quote needs its 20 fixed bytes and version 4 to name a victim; ports when 4 bytes of transport are quoted. */
function quote4(packet: Packet, data: DataView, at: number, end: number): void {
  if (end - at < IPV4_BYTES) return;
  quoted4.place(data, at, end);
  if (quoted4.version !== 4 || quoted4.headerBytes < IPV4_BYTES) return;
  packet.quotedNet = 4;
  packet.quotedSrc3 = quoted4.source;
  packet.quotedDst3 = quoted4.destination;
  const isFirst = (quoted4.fragment & IPV4_OFFSET_MASK) === 0;
  quotePorts(packet, data, at + quoted4.headerBytes, end, quoted4.protocol, isFirst);
}

function quote6(packet: Packet, data: DataView, at: number, end: number): void {
  if (end - at < IPV6_BYTES) return;
  quoted6.place(data, at, end);
  if (quoted6.version !== 6) return;
  packet.quotedNet = 6;
  packet.quotedSrc0 = quoted6.source(0);
  packet.quotedSrc1 = quoted6.source(1);
  packet.quotedSrc2 = quoted6.source(2);
  packet.quotedSrc3 = quoted6.source(3);
  packet.quotedDst0 = quoted6.destination(0);
  packet.quotedDst1 = quoted6.destination(1);
  packet.quotedDst2 = quoted6.destination(2);
  packet.quotedDst3 = quoted6.destination(3);
  quotePorts(packet, data, at + IPV6_BYTES, end, quoted6.nextHeader, true);
}

function quotePorts(packet: Packet, data: DataView, at: number, end: number, protocol: number, isFirst: boolean): void {
  packet.quotedProto = protocol;
  packet.quotedSport = -1;
  packet.quotedDport = -1;
  const hasPorts = protocol === PROTO_TCP || protocol === PROTO_UDP || protocol === PROTO_SCTP;
  if (!hasPorts || !isFirst || end - at < 4) return;
  packet.quotedSport = data.getUint16(at);
  packet.quotedDport = data.getUint16(at + 2);
}

function walkPorts(p: Packet, data: DataView, at: number, end: number, layer: number, headerBytes: number): void {
  if (end - at >= 4) {
    p.sport = data.getUint16(at);
    p.dport = data.getUint16(at + 2);
  }
  if (lacks(p, layer, at, end, headerBytes)) return;
  payload(p, at + headerBytes, end, ipEnd(p));
}

/** Names the tunnel and remembers where the inner packet lies; walkInner goes there. */
function carry(packet: Packet, kind: number, innerLink: number, at: number, end: number): void {
  packet.tunnel = kind;
  packet.innerLink = innerLink;
  packet.innerAt = at;
  packet.innerEnd = end;
  if (packet.payloadAt === 0) payload(packet, at, end, ipEnd(packet));
}

function walkGre(packet: Packet, data: DataView, at: number, end: number): void {
  packet.tunnel = TUNNEL_GRE;
  if (lacks(packet, LAYER_GRE, at, end, GRE_BYTES)) return;
  gre.place(data, at, end);
  if (lacks(packet, LAYER_GRE, at, end, gre.headerBytes)) return;
  carry(packet, TUNNEL_GRE, linkOfType(gre.type), at + gre.headerBytes, end);
}

/** Link type under which a tunnelled EtherType is walked; -1 for those that are not. */
function linkOfType(type: number): number {
  if (type === ETHERTYPE_IPV4) return LINK_IPV4;
  if (type === ETHERTYPE_IPV6) return LINK_IPV6;
  if (type === ETHERTYPE_TRANSPARENT) return LINK_ETHERNET;
  return type === ETHERTYPE_PPP ? LINK_PPP : -1;
}

/**
 * Authentication header (RFC 4302 §2) behind IPv4; behind IPv6 it is an extension header. Its fixed part is 12 bytes, but
 * the length field can say 8, and then the protected packet is found there.
 */
function walkAuthentication(packet: Packet, data: DataView, at: number, end: number): void {
  if (lacks(packet, LAYER_AH, at, end, 2)) return;
  extension.place(data, at, end);
  const bytes = extension.authenticationBytes;
  if (lacks(packet, LAYER_AH, at, end, bytes)) return;
  const next = extension.nextHeader;
  // A second AH inside an AH would recurse; nobody sends it, so it ends the walk.
  if (next === PROTO_AH) return packet.stop(STOP_UNWALKED, LAYER_AH, at, next, 0);
  packet.proto = next;
  walkTransport(packet, data, at + bytes, end, next);
}
