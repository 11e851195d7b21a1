/**
 * What one packet is, as far as one packet can say: exactly one class. Whether its source lies, and which tool wrote it, are
 * separate questions with separate answers (predicates.ts, marks/). A class never depends on the source's address, so that a
 * bogon's SYN-ACK still counts as backscatter; `bogon_src` is a predicate.
 */
import { quotesIpv6 } from '../net/icmp.ts';
import * as icmpHeader from '../net/icmp.ts';
import type { Packet } from '../net/packet.ts';
import * as proto from '../net/protocol.ts';
import * as stop from '../net/stop.ts';
import * as tcpHeader from '../net/tcp.ts';
import * as tunnel from '../net/tunnel.ts';
import { isUdpResponse } from './response.ts';

// A module's own constants are part of its machine code; imported and exported ones are loaded and checked at each use.
const { ICMP6_ECHO, ICMP6_ECHO_REPLY, ICMP_ECHO } = icmpHeader;
const { PROTO_ICMP, PROTO_ICMP6, PROTO_SCTP, PROTO_TCP, PROTO_UDP } = proto;
const { STOP_CUT, STOP_FRAGMENT, STOP_NONE, STOP_UNWALKED } = stop;
const { TCP_ACK, TCP_RST, TCP_SYN } = tcpHeader;
const { TUNNEL_NONE } = tunnel;

export interface ClassDefinition {
  readonly name: string;
  readonly sentence: string;
}

/** In the order of their codes in memory; files hold the names. */
export const CLASSES = [
  { name: 'not_ip', sentence: 'No IP packet: ARP, a link-layer protocol, or a link type that is not walked.' },
  { name: 'malformed', sentence: 'A header is cut away or lies, so that nothing more can be said.' },
  {
    name: 'probe',
    sentence: 'Asks: TCP SYN or a stealth scan’s flags, a UDP request, ICMP echo and its like, SCTP INIT.',
  },
  {
    name: 'backscatter',
    sentence: 'Answers what we never sent: TCP SYN-ACK or RST, ICMP replies and errors, SCTP INIT ACK or ABORT.',
  },
  {
    name: 'response',
    sentence: 'A UDP payload that is an answer by its protocol’s own rules (DNS, NTP, SNMP, QUIC, SIP …).',
  },
  { name: 'stray', sentence: 'A TCP segment from the middle of a conversation that we never had (ACK, data, FIN).' },
  { name: 'fragment', sentence: 'A later fragment: no transport header.' },
  { name: 'tunnel', sentence: 'Carries another packet: GRE, IP in IP, 6in4, VXLAN, Geneve.' },
  { name: 'other', sentence: 'IP, but none of these: IGMP, routing, ESP, neighbour discovery, unknown protocols.' },
] as const satisfies readonly ClassDefinition[];
export type ClassName = (typeof CLASSES)[number]['name'];

export const CLASS_NOT_IP = 0;
const CLASS_MALFORMED = 1;
export const CLASS_PROBE = 2;
export const CLASS_BACKSCATTER = 3;
export const CLASS_RESPONSE = 4;
const CLASS_STRAY = 5;
const CLASS_FRAGMENT = 6;
const CLASS_TUNNEL = 7;
const CLASS_OTHER = 8;

/**
 * ICMP types that answer or complain (corsaro 3 `corsaro_is_backscatter_packet`): 0, 3, 4, 5, 11, 12, 14, 16, 18; one bit each.
 */
const ICMP_BACKSCATTER =
  (1 << 0) | (1 << 3) | (1 << 4) | (1 << 5) | (1 << 11) | (1 << 12) | (1 << 14) | (1 << 16) | (1 << 18);
/** ICMP types that ask: echo 8, router solicitation 10, timestamp 13, information 15, address mask 17. */
const ICMP_REQUEST = (1 << ICMP_ECHO) | (1 << 10) | (1 << 13) | (1 << 15) | (1 << 17);

const SCTP_INIT = 1;
const SCTP_INIT_ACK = 2;
const SCTP_ABORT = 6;
const NOT_IP = CLASS_NOT_IP;
const PROBE = CLASS_PROBE;
const BACKSCATTER = CLASS_BACKSCATTER;
const RESPONSE = CLASS_RESPONSE;

/** The class code of a walked packet. */
export function classOf(packet: Packet, data: DataView): number {
  if (packet.net === 0) return packet.stopKind === STOP_UNWALKED ? NOT_IP : CLASS_MALFORMED;
  if (packet.stopKind !== STOP_NONE) {
    if (packet.stopKind === STOP_FRAGMENT) return CLASS_FRAGMENT;
    // A capture that ends inside TCP's options or ICMP's quote has still said what the packet is.
    const isKnown = packet.tcpFlags >= 0 || packet.icmpCode >= 0;
    if (packet.stopKind !== STOP_UNWALKED && !(packet.stopKind === STOP_CUT && isKnown)) return CLASS_MALFORMED;
  }
  switch (packet.proto) {
    case PROTO_TCP:
      return classOfTcp(packet.tcpFlags);
    case PROTO_UDP:
      if (packet.tunnel !== TUNNEL_NONE) return CLASS_TUNNEL;
      return isUdpResponse(packet, data) ? RESPONSE : PROBE;
    case PROTO_ICMP:
      return classOfIcmp(packet.icmpType);
    case PROTO_ICMP6:
      return classOfIcmp6(packet.icmpType);
    case PROTO_SCTP:
      return classOfSctp(packet, data);
    default:
      return packet.tunnel === TUNNEL_NONE ? CLASS_OTHER : CLASS_TUNNEL;
  }
}

/** (SYN and ACK) or RST answers; SYN alone, or neither SYN nor ACK (null, FIN, Xmas scans), asks; the rest is mid-stream. */
function classOfTcp(flags: number): number {
  if ((flags & TCP_RST) !== 0) return BACKSCATTER;
  if ((flags & TCP_SYN) !== 0) return (flags & TCP_ACK) !== 0 ? BACKSCATTER : PROBE;
  return (flags & TCP_ACK) === 0 ? PROBE : CLASS_STRAY;
}

function classOfIcmp(type: number): number {
  if (type > 31) return CLASS_OTHER;
  const bit = 1 << type;
  if ((bit & ICMP_BACKSCATTER) !== 0) return BACKSCATTER;
  return (bit & ICMP_REQUEST) !== 0 ? PROBE : CLASS_OTHER;
}

function classOfIcmp6(type: number): number {
  if (quotesIpv6(type) || type === ICMP6_ECHO_REPLY) return BACKSCATTER;
  return type === ICMP6_ECHO ? PROBE : CLASS_OTHER;
}

/** By the first chunk's type (RFC 9260 §3.2). */
function classOfSctp(packet: Packet, data: DataView): number {
  if (packet.payloadBytes < 1) return CLASS_OTHER;
  const chunk = data.getUint8(packet.payloadAt);
  if (chunk === SCTP_INIT) return PROBE;
  return chunk === SCTP_INIT_ACK || chunk === SCTP_ABORT ? BACKSCATTER : CLASS_OTHER;
}
