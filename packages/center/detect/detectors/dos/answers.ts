/** Whose answer a flow row is, and to an attack on what. */
import { CLASS_BACKSCATTER, CLASS_RESPONSE } from '@noroshi/wire/classify/class.ts';
import { PROTO_ICMP, PROTO_ICMP6, PROTO_SCTP, PROTO_TCP, PROTO_UDP } from '@noroshi/wire/net/protocol.ts';
import { TCP_ACK, TCP_RST, TCP_SYN } from '@noroshi/wire/net/tcp.ts';
import type { FlowBatch } from '../../flow-batch.ts';

/** Errors: destination unreachable, source quench, redirect, time exceeded, parameter problem; ICMPv6 1 … 4. */
const ERRORS = (1 << 3) | (1 << 4) | (1 << 5) | (1 << 11) | (1 << 12);
const ERRORS_6 = (1 << 1) | (1 << 2) | (1 << 3) | (1 << 4);

/**
 * The IP protocol of the attack that row `row` answers: the packet's own, or the quoted one of an ICMP error. 0 when the row is
 * no answer, or an error without a quote, of which nobody knows the victim.
 */
export function attackedProtocol(flows: FlowBatch, row: number): number {
  const code = flows.class[row];
  if (code === CLASS_RESPONSE) return PROTO_UDP;
  if (code !== CLASS_BACKSCATTER) return 0;
  const proto = flows.proto[row];
  if (proto !== PROTO_ICMP && proto !== PROTO_ICMP6) return proto;
  if (flows.quoted_proto[row] !== 0) return flows.quoted_proto[row];
  const type = flows.icmp_type[row];
  return type < 32 && ((proto === PROTO_ICMP ? ERRORS : ERRORS_6) & (1 << type)) !== 0 ? 0 : proto;
}

/** True when the victim is the quoted destination, false when it is the source. */
export function isQuoted(flows: FlowBatch, row: number): boolean {
  return flows.quoted_proto[row] !== 0;
}

/** The attacked port. */
export function attackedPort(flows: FlowBatch, row: number): number {
  return isQuoted(flows, row) ? flows.quoted_port[row] : flows.service_port[row];
}

/** Whether the row knows the port that the attacker forged: quotes keep the attacked one alone. */
export function hasClientPort(flows: FlowBatch, row: number): boolean {
  const proto = flows.proto[row];
  return (proto === PROTO_TCP || proto === PROTO_UDP || proto === PROTO_SCTP) && !isQuoted(flows, row);
}

/** SYN-ACKs alone are sent again (RFC 9293 §3.10.7.4; Linux after 1, 3, 7, 15 and 31 s). */
export function isRepeatable(flows: FlowBatch, row: number): boolean {
  return (
    flows.proto[row] === PROTO_TCP && (flows.tcp_flags[row] & (TCP_SYN | TCP_ACK | TCP_RST)) === (TCP_SYN | TCP_ACK)
  );
}

const NAMES: Readonly<Record<number, string>> = {
  [PROTO_TCP]: 'tcp',
  [PROTO_UDP]: 'udp',
  [PROTO_SCTP]: 'sctp',
  [PROTO_ICMP]: 'icmp',
  [PROTO_ICMP6]: 'icmpv6',
};

/** `tcp/80`; `tcp` when no port stands out; `icmp`; `ip/47`. */
export function serviceName(proto: number, port: number | undefined): string {
  const name = NAMES[proto] ?? `ip/${proto}`;
  const hasPorts = proto === PROTO_TCP || proto === PROTO_UDP || proto === PROTO_SCTP;
  return hasPorts && port !== undefined ? `${name}/${port}` : name;
}

/** Mixes two words into one; every bit depends on all of them (finalizer of MurmurHash 3). */
export function mix(a: number, b: number): number {
  let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b ^ (b >>> 15), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** One word for the address at `at` of an address column: the IPv4 address itself, a hash of an IPv6 address. */
export function addressWord(words: Uint32Array, at: number): number {
  if (words[at] === 0 && words[at + 1] === 0) return words[at + 3];
  return mix(mix(words[at], words[at + 1]), mix(words[at + 2], words[at + 3]));
}
