/** Which checksums of a packet are right: those whose bytes were all captured, and that a whole packet carries. */
import { addBytes, addWord, checksum, finish, pseudoIpv4 } from '@noroshi/wire/net/checksum.ts';
import type { Packet } from '@noroshi/wire/net/packet.ts';
import { PROTO_ICMP, PROTO_ICMP6, PROTO_TCP, PROTO_UDP } from '@noroshi/wire/net/protocol.ts';

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
  const { proto, transportAt, payloadAt, payloadBytes, payloadWireBytes } = packet;
  const at = CHECKSUM_AT.get(proto);
  const isWhole = packet.stopKind === 0 && payloadBytes === payloadWireBytes && (packet.fragment & FRAGMENTED) === 0;
  if (at === undefined || !isWhole) return null;
  const behind = proto === PROTO_ICMP || proto === PROTO_ICMP6 ? packet.transportEnd : payloadAt + payloadBytes;
  const bytes = behind - transportAt;
  if (bytes < at + 2) return null;
  // RFC 768: a UDP sender over IPv4 may leave it out.
  if (proto === PROTO_UDP && packet.net === 4 && data.getUint16(transportAt + at) === 0) return null;
  return judge(finish(addBytes(data, transportAt, behind, pseudo(packet, bytes))));
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
