/** Which checksums of a packet are right: those whose bytes were all captured, and that a whole packet carries. */
import { addBytes, addWord, checksum, finish, pseudoIpv4 } from '@noroshi/wire/net/checksum.ts';
import type { Packet } from '@noroshi/wire/net/packet.ts';
import {
  PROTO_DSTOPTS,
  PROTO_ICMP,
  PROTO_ICMP6,
  PROTO_ROUTING,
  PROTO_TCP,
  PROTO_UDP,
} from '@noroshi/wire/net/protocol.ts';

/** null: there is none, or it cannot be verified (cut, fragment, other protocol). */
export type Correctness = 'ok' | 'bad' | null;

export interface Checksums {
  readonly ip: Correctness;
  readonly transport: Correctness;
}

/** More fragments, or an offset. */
const FRAGMENTED = 0x3fff;
/** Bytes in front of the checksum, by protocol. */
const CHECKSUM_AT = new Map([
  [PROTO_TCP, 16],
  [PROTO_UDP, 6],
  [PROTO_ICMP, 2],
  [PROTO_ICMP6, 2],
]);

export function verify(packet: Packet, data: DataView): Checksums {
  return { ip: verifyIp(packet, data), transport: verifyTransport(packet, data) };
}

function verifyIp({ net, netAt, end }: Packet, data: DataView): Correctness {
  if (net !== 4) return null;
  const behind = netAt + (data.getUint8(netAt) & 15) * 4;
  return behind > end ? null : judge(checksum(data, netAt, behind));
}

function verifyTransport(packet: Packet, data: DataView): Correctness {
  const { net, proto, netAt, ipBytes, end, transportAt } = packet;
  const at = CHECKSUM_AT.get(proto);
  const isWhole = net !== 0 && netAt + ipBytes <= end && (packet.fragment & FRAGMENTED) === 0;
  if (at === undefined || !isWhole || transportAt === 0 || changesAddresses(packet, data)) return null;
  const behind = behindTransport(packet, data);
  const bytes = behind - transportAt;
  if (bytes < at + 2) return null;
  // RFC 768: a UDP sender over IPv4 may leave it out.
  if (proto === PROTO_UDP && net === 4 && data.getUint16(transportAt + at) === 0) return null;
  return judge(finish(addBytes(data, transportAt, behind, pseudo(packet, bytes))));
}

/**
 * True when an IPv6 routing header or destination options (a home address, RFC 6275 §6.3) stand in front of the transport: the
 * pseudo-header then holds other addresses than the IP header (RFC 8200 §8.1), and those are not walked.
 */
function changesAddresses({ net, netAt, transportAt }: Packet, data: DataView): boolean {
  if (net !== 6) return false;
  let next = data.getUint8(netAt + 6);
  let at = netAt + 40;
  while (at + 2 <= transportAt) {
    if (next === PROTO_ROUTING || next === PROTO_DSTOPTS) return true;
    next = data.getUint8(at);
    at += (data.getUint8(at + 1) + 1) * 8;
  }
  return false;
}

/** UDP says itself how long it is, and may be shorter than what IP carries; 0 where its length lies. */
function behindTransport({ proto, transportAt, transportEnd }: Packet, data: DataView): number {
  if (proto !== PROTO_UDP || transportAt + 6 > transportEnd) return transportEnd;
  const behind = transportAt + data.getUint16(transportAt + 4);
  return behind > transportEnd ? 0 : behind;
}

/** ICMP alone has no pseudo-header (RFC 792); ICMPv6 has (RFC 4443 §2.3). */
function pseudo(packet: Packet, bytes: number): number {
  if (packet.proto === PROTO_ICMP) return 0;
  if (packet.net === 4) return pseudoIpv4(packet.src3, packet.dst3, packet.proto, bytes);
  const words = [
    packet.src0,
    packet.src1,
    packet.src2,
    packet.src3,
    packet.dst0,
    packet.dst1,
    packet.dst2,
    packet.dst3,
  ];
  return words.reduce(addWord, bytes + packet.proto);
}

function judge(sum: number): Correctness {
  return sum === 0 ? 'ok' : 'bad';
}
