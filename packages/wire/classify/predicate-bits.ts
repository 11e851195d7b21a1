/** Tests one packet for every predicate; those on UDP payloads are in udp-predicates.ts. */
import type { Packet } from '../net/packet.ts';
import * as proto from '../net/protocol.ts';
import * as tcpHeader from '../net/tcp.ts';
import * as tunnel from '../net/tunnel.ts';
import { isBogonIpv4, isBogonIpv6 } from './bogon.ts';
import { PREDICATE } from './predicates.ts';
import { udpPredicates } from './udp-predicates.ts';

// A module's own constants are part of its machine code; imported and exported ones are loaded and checked at each use.
const { PROTO_ICMP, PROTO_ICMP6, PROTO_IPV6, PROTO_TCP, PROTO_UDP } = proto;
const { TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN } = tcpHeader;
const { TUNNEL_NONE } = tunnel;

const BOGON_SRC = PREDICATE.bogon_src;
const BOGON_DST = PREDICATE.bogon_dst;
const SRC_IS_DST = PREDICATE.src_is_dst;
const SRC_LAST_0 = PREDICATE.src_last_0;
const SRC_LAST_255 = PREDICATE.src_last_255;
const TTL_200 = PREDICATE.ttl_200;
const PROTOCOL_UNUSUAL = PREDICATE.protocol_unusual;
const FLAGS_UNUSUAL = PREDICATE.flags_unusual;
const RST_ACK = PREDICATE.rst_ack;
const FRAGMENT = PREDICATE.fragment;
const PORT_0 = PREDICATE.port_0;
const MASSCAN_CORSARO = PREDICATE.masscan_corsaro;
const TTL_OVER_200 = PREDICATE.ttl_over_200;
const SYN_NO_OPTIONS = PREDICATE.syn_no_options;
const SYN_PAYLOAD = PREDICATE.syn_payload;
const TCP_23_80_5000 = PREDICATE.tcp_23_80_5000;
const PORT_53 = PREDICATE.port_53;
const IP_OPTIONS = PREDICATE.ip_options;
const TUNNEL = PREDICATE.tunnel;
const PAYLOAD_CUT = PREDICATE.payload_cut;
const BITTORRENT = PREDICATE.bittorrent;
const SRC_AS208843 = PREDICATE.src_as208843;
const SRC_PALOALTO = PREDICATE.src_paloalto;
const LINK_BROADCAST = PREDICATE.link_broadcast;

const RESERVED_OR_OFFSET = 0x9fff;

/** Flag bytes that corsaro calls ordinary, one bit for each of the 32 combinations of FIN … ACK. */
const USUAL_FLAGS = [
  TCP_SYN,
  TCP_ACK,
  TCP_RST,
  TCP_FIN,
  TCP_SYN | TCP_FIN,
  TCP_SYN | TCP_ACK,
  TCP_FIN | TCP_ACK,
  TCP_PSH | TCP_ACK,
  TCP_FIN | TCP_PSH | TCP_ACK,
].reduce((set, flags) => set | (1 << flags), 0);

/** The predicates of a walked packet with an IP header, as bits in the order of {@link PREDICATES}. */
export function predicatesOf(packet: Packet, data: DataView): number {
  let bits = packet.net === 4 ? ipv4Predicates(packet) : ipv6Predicates(packet);
  if ((packet.fragment & RESERVED_OR_OFFSET) !== 0) bits |= FRAGMENT;
  if (packet.tunnel !== TUNNEL_NONE) bits |= TUNNEL;
  if (packet.payloadBytes < packet.payloadWireBytes) bits |= PAYLOAD_CUT;
  switch (packet.proto) {
    case PROTO_TCP:
      if (packet.tcpFlags >= 0) bits |= tcpPredicates(packet, data);
      break;
    case PROTO_UDP:
      if (packet.sport >= 0) bits |= portPredicates(packet) | udpPredicates(packet, data);
      break;
    case PROTO_ICMP:
    case PROTO_ICMP6:
      return bits;
    case PROTO_IPV6:
      break;
    default:
      bits |= PROTOCOL_UNUSUAL;
  }
  return packet.ttl >= 200 ? bits | TTL_200 : bits;
}

function ipv4Predicates(packet: Packet): number {
  const source = packet.src3;
  const destination = packet.dst3;
  let bits = 0;
  if (isBogonIpv4(source)) bits |= BOGON_SRC;
  if (isBogonIpv4(destination)) bits |= BOGON_DST;
  if (source === destination) bits |= SRC_IS_DST;
  const last = source & 255;
  if (last === 0) bits |= SRC_LAST_0;
  else if (last === 255) bits |= SRC_LAST_255;
  if (packet.ipOptionBytes > 0) bits |= IP_OPTIONS;
  if ((source & 0xffffff00) === (0x93b98500 | 0)) bits |= SRC_PALOALTO;
  if (destination === -1 || destination >>> 28 === 14) bits |= LINK_BROADCAST;
  return bits;
}

function ipv6Predicates(packet: Packet): number {
  let bits = 0;
  if (isBogonIpv6(packet.src0, packet.src1)) bits |= BOGON_SRC;
  if (isBogonIpv6(packet.dst0, packet.dst1)) bits |= BOGON_DST;
  if (packet.dst0 >>> 24 === 0xff) bits |= LINK_BROADCAST;
  const isSame =
    packet.src0 === packet.dst0 &&
    packet.src1 === packet.dst1 &&
    packet.src2 === packet.dst2 &&
    packet.src3 === packet.dst3;
  return isSame ? bits | SRC_IS_DST : bits;
}

function portPredicates(packet: Packet): number {
  let bits = packet.sport === 0 || packet.dport === 0 ? PORT_0 : 0;
  if (packet.sport === 53 || packet.dport === 53) bits |= PORT_53;
  return bits;
}

function tcpPredicates(packet: Packet, data: DataView): number {
  const flags = packet.tcpFlags;
  let bits = portPredicates(packet);
  // ECE and CWR are not looked at, as in corsaro; URG always makes a combination unusual.
  if ((flags & 0x20) !== 0 || (USUAL_FLAGS & (1 << (flags & 0x1f))) === 0) bits |= FLAGS_UNUSUAL;
  if ((flags & 0x3f) === (TCP_RST | TCP_ACK)) bits |= RST_ACK;
  if (isErraticPort(packet.sport) || isErraticPort(packet.dport)) bits |= TCP_23_80_5000;
  if ((flags & (TCP_SYN | TCP_ACK)) === TCP_SYN) return bits | synPredicates(packet);
  if (packet.payloadBytes >= 20 && isBitTorrent(packet, data)) bits |= BITTORRENT;
  return bits;
}

function synPredicates(packet: Packet): number {
  let bits = 0;
  if (packet.tcpHeaderBytes === 20) {
    bits |= SYN_NO_OPTIONS;
    if (packet.ttl >= 200 && packet.window === 1024) bits |= MASSCAN_CORSARO;
  }
  if (packet.ttl > 200) bits |= TTL_OVER_200;
  if (packet.payloadWireBytes > 0) bits |= SYN_PAYLOAD;
  if (packet.window === 8192 && packet.ipBytes === 44 && packet.ttl < 64 && isAlphaStrike(packet)) bits |= SRC_AS208843;
  return bits;
}

function isErraticPort(port: number): boolean {
  return port === 23 || port === 80 || port === 5000;
}

function isAlphaStrike(packet: Packet): boolean {
  const prefix = packet.src3 & 0xfffffc00;
  return packet.net === 4 && (prefix === 0x2d534000 || prefix === (0xc2bbb000 | 0));
}

/** Byte 19, then `BitTorrent protocol` (BEP 3); the first eight bytes are proof enough. */
function isBitTorrent(packet: Packet, data: DataView): boolean {
  const at = packet.payloadAt;
  return data.getUint32(at) === 0x13426974 && data.getUint32(at + 4) === 0x546f7272;
}
