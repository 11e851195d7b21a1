/** Packets built by hand for tests, with the views that read them, and the laws that hold for every walked packet. */
import { parseIpv4 } from './address.ts';
import { ETHERNET_BYTES, ETHERTYPE_IPV4, EthernetView } from './ethernet.ts';
import { ICMP_BYTES, IcmpView } from './icmp.ts';
import { IPV4_BYTES, Ipv4View } from './ipv4.ts';
import { IPV6_BYTES, Ipv6View } from './ipv6.ts';
import { LINK_ETHERNET } from './linktype.ts';
import { Packet } from './packet.ts';
import { PROTO_ICMP, PROTO_TCP, PROTO_UDP } from './protocol.ts';
import { LAYERS, STOP_FRAGMENT, STOP_KINDS, STOP_NONE } from './stop.ts';
import { TCP_BYTES, TCP_SYN, TcpView } from './tcp.ts';
import { TUNNEL_NONE, TUNNELS } from './tunnel.ts';
import { UDP_BYTES, UdpView } from './udp.ts';
import type { View } from './view.ts';
import { walk } from './walk.ts';

export type Bytes = Uint8Array | readonly number[];

export function join(...parts: readonly Bytes[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** `deadbeef 00` to bytes. */
export function hex(text: string): Uint8Array {
  return Uint8Array.from(text.replaceAll(/\s/g, '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A header of `size` bytes written through a view; fields that are not named stay 0. */
function header<V extends View>(view: V, size: number, write: (view: V) => void): Uint8Array {
  const bytes = new Uint8Array(size);
  write(view.place(viewOf(bytes), 0, size));
  return bytes;
}

export function ethernet(type: number, payload: Bytes): Uint8Array {
  const head = header(new EthernetView(), ETHERNET_BYTES, (view) => {
    view.destination = 0x020000000001;
    view.source = 0x020000000002;
    view.type = type;
  });
  return join(head, payload);
}

export interface Ipv4Fields {
  readonly source?: string;
  readonly destination?: string;
  readonly protocol?: number;
  readonly ttl?: number;
  readonly id?: number;
  readonly fragment?: number;
  readonly totalLength?: number;
  readonly options?: Bytes;
}

export function ipv4(fields: Ipv4Fields, payload: Bytes): Uint8Array {
  const options = fields.options ?? [];
  const head = header(new Ipv4View(), IPV4_BYTES, (view) => {
    view.headerBytes = IPV4_BYTES + options.length;
    view.totalLength = fields.totalLength ?? IPV4_BYTES + options.length + payload.length;
    view.id = fields.id ?? 0x1234;
    view.fragment = fields.fragment ?? 0;
    view.ttl = fields.ttl ?? 64;
    view.protocol = fields.protocol ?? PROTO_TCP;
    view.source = parseIpv4(fields.source ?? '11.0.0.1') ?? 0;
    view.destination = parseIpv4(fields.destination ?? '12.0.0.2') ?? 0;
  });
  return join(head, options, payload);
}

export interface Ipv6Fields {
  readonly nextHeader?: number;
  readonly hopLimit?: number;
  readonly payloadLength?: number;
}

/** From 2600::1 to 2600::2. */
export function ipv6(fields: Ipv6Fields, payload: Bytes): Uint8Array {
  const head = header(new Ipv6View(), IPV6_BYTES, (view) => {
    view.flowLabel = 0;
    view.payloadLength = fields.payloadLength ?? payload.length;
    view.nextHeader = fields.nextHeader ?? PROTO_TCP;
    view.hopLimit = fields.hopLimit ?? 64;
    view.setSource(0, 0x26000000);
    view.setSource(3, 1);
    view.setDestination(0, 0x26000000);
    view.setDestination(3, 2);
  });
  return join(head, payload);
}

export interface TcpFields {
  readonly sport?: number;
  readonly dport?: number;
  readonly seq?: number;
  readonly ack?: number;
  readonly flags?: number;
  readonly window?: number;
  readonly options?: Bytes;
  readonly payload?: Bytes;
}

export function tcp(fields: TcpFields): Uint8Array {
  const options = fields.options ?? [];
  const head = header(new TcpView(), TCP_BYTES, (view) => {
    view.sourcePort = fields.sport ?? 40_000;
    view.destinationPort = fields.dport ?? 443;
    view.sequence = fields.seq ?? 7;
    view.acknowledgement = fields.ack ?? 0;
    view.headerBytes = TCP_BYTES + options.length;
    view.flags = fields.flags ?? TCP_SYN;
    view.window = fields.window ?? 64_240;
  });
  return join(head, options, fields.payload ?? []);
}

export function udp(sport: number, dport: number, payload: Bytes, length = UDP_BYTES + payload.length): Uint8Array {
  const head = header(new UdpView(), UDP_BYTES, (view) => {
    view.sourcePort = sport;
    view.destinationPort = dport;
    view.length = length;
  });
  return join(head, payload);
}

export function icmp(type: number, code: number, payload: Bytes = []): Uint8Array {
  const head = header(new IcmpView(), ICMP_BYTES, (view) => {
    view.type = type;
    view.code = code;
  });
  return join(head, payload);
}

/** Ethernet, IPv4, TCP. */
export function tcp4(fields: TcpFields, ip: Ipv4Fields = {}): Uint8Array {
  return ethernet(ETHERTYPE_IPV4, ipv4({ protocol: PROTO_TCP, ...ip }, tcp(fields)));
}

export function udp4(sport: number, dport: number, payload: Bytes, ip: Ipv4Fields = {}): Uint8Array {
  return ethernet(ETHERTYPE_IPV4, ipv4({ protocol: PROTO_UDP, ...ip }, udp(sport, dport, payload)));
}

export function icmp4(type: number, code: number, payload: Bytes = [], ip: Ipv4Fields = {}): Uint8Array {
  return ethernet(ETHERTYPE_IPV4, ipv4({ protocol: PROTO_ICMP, ...ip }, icmp(type, code, payload)));
}

/** A new packet, walked. */
export function walked(bytes: Uint8Array, link = LINK_ETHERNET): Packet {
  const packet = new Packet();
  walk(packet, viewOf(bytes), 0, bytes.length, link);
  return packet;
}

/** `none`, or kind and layer of the stop: `cut tcp`. */
export function stopOf(packet: Packet): string {
  return packet.stopKind === STOP_NONE ? 'none' : `${STOP_KINDS[packet.stopKind]} ${LAYERS[packet.stopLayer]}`;
}

/** The law that a walked packet breaks, in words; undefined when it keeps them all. */
export function brokenLaw(packet: Packet): string | undefined {
  return brokenStop(packet) ?? brokenOffsets(packet) ?? brokenNumbers(packet);
}

function brokenStop(p: Packet): string | undefined {
  if (STOP_KINDS[p.stopKind] === undefined) return `stop kind ${p.stopKind}`;
  if (p.stopKind === STOP_NONE) return p.net === 0 ? 'no stop, yet no IP' : undefined;
  if (LAYERS[p.stopLayer] === undefined) return `stop layer ${p.stopLayer}`;
  if (p.stopAt < p.start) return `stop at ${p.stopAt}, the packet starts at ${p.start}`;
  if (p.stopKind === STOP_FRAGMENT && p.transportAt !== 0) return 'a later fragment with a transport header';
  return undefined;
}

function brokenOffsets(p: Packet): string | undefined {
  if (p.net !== 0 && (p.netAt < p.start || p.netAt >= p.end)) return `IP at ${p.netAt} of ${p.start} … ${p.end}`;
  if (p.transportEnd > p.end) return `transport ends at ${p.transportEnd}, the packet at ${p.end}`;
  if (p.payloadBytes < 0 || p.payloadWireBytes < 0) return `payload of ${p.payloadBytes}/${p.payloadWireBytes} bytes`;
  if (p.payloadBytes > p.payloadWireBytes) return `payload ${p.payloadBytes} captured of ${p.payloadWireBytes}`;
  if (p.payloadBytes > 0 && (p.payloadAt < p.start || p.payloadAt + p.payloadBytes > p.end)) return 'payload outside';
  if (p.optionBytes > 0 && (p.optionsAt < p.start || p.optionsAt + p.optionBytes > p.end)) return 'options outside';
  const carries = p.tunnel !== TUNNEL_NONE && p.innerLink >= 0;
  if (carries && (p.innerAt < p.start || p.innerEnd > p.end || p.innerAt > p.innerEnd)) return 'inner packet outside';
  return undefined;
}

function brokenNumbers(p: Packet): string | undefined {
  const within = (value: number, max: number): boolean => Number.isInteger(value) && value >= -1 && value <= max;
  if (p.net !== 0 && p.net !== 4 && p.net !== 6) return `net ${p.net}`;
  if (TUNNELS[p.tunnel] === undefined) return `tunnel ${p.tunnel}`;
  if (!within(p.sport, 65_535) || !within(p.dport, 65_535)) return `ports ${p.sport} and ${p.dport}`;
  if (p.sport < 0 !== p.dport < 0) return 'one port alone';
  if (!within(p.ttl, 255) || !within(p.proto, 255) || !within(p.ipId, 65_535)) return 'IP fields';
  if (!within(p.tcpFlags, 0xfff) || !within(p.window, 65_535)) return 'TCP fields';
  if (p.net !== 0 && (p.ttl < 0 || p.proto < 0)) return 'IP without TTL or protocol';
  return within(p.icmpType, 255) && within(p.icmpCode, 255) ? undefined : 'ICMP fields';
}
