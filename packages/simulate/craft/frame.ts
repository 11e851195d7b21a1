/**
 * Frame templates: a whole Ethernet frame made once per actor, with everything in it that never changes. The pen copies it
 * and fills in the rest. Frames are padded to 60 bytes as on the wire (IEEE 802.3 §3.2.8): what follows the IP packet is
 * no payload, and a reader has to know.
 */
import {
  ETHERNET_BYTES,
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  ETHERTYPE_VLAN,
  EthernetView,
  VLAN_BYTES,
  VlanView,
} from '@noroshi/wire/net/ethernet.ts';
import { ICMP_BYTES, IcmpView } from '@noroshi/wire/net/icmp.ts';
import { IPV4_BYTES, IPV4_FLAG_DF, Ipv4View } from '@noroshi/wire/net/ipv4.ts';
import { IPV6_BYTES, Ipv6View } from '@noroshi/wire/net/ipv6.ts';
import { PROTO_ICMP, PROTO_ICMP6, PROTO_TCP, PROTO_UDP } from '@noroshi/wire/net/protocol.ts';
import { TCP_BYTES, TcpView } from '@noroshi/wire/net/tcp.ts';
import { UDP_BYTES, UdpView } from '@noroshi/wire/net/udp.ts';

export type Net = 4 | 6;

/** A frame whose addresses, ports, checksums … are still zero. Offsets count from the frame's first byte. */
export interface Template {
  readonly bytes: Uint8Array;
  /** The same bytes as big-endian words, the last one filled up with zeros. */
  readonly words: Int32Array;
  readonly net: Net;
  readonly protocol: number;
  readonly netAt: number;
  readonly transportAt: number;
  /** Behind the IP packet; padding follows. */
  readonly end: number;
}

/** What every IP packet may be given. */
export interface IpShape {
  readonly net: Net;
  /** TTL or hop limit as it arrives. */
  readonly ttl?: number;
  /** IPv4 "don't fragment". */
  readonly df?: boolean;
  /** 802.1Q identifiers, outermost first. */
  readonly vlans?: readonly number[];
}

export interface TcpShape extends IpShape {
  readonly flags: number;
  readonly window: number;
  /** Option bytes; filled up to a multiple of four with "end of list". */
  readonly options?: readonly number[];
  readonly payload?: Uint8Array;
}

const FRAME_BYTES_MIN = 60;
/** Locally administered addresses of the router in front of the telescope and of the sensor. */
const ROUTER_MAC = 0x02_00_00_00_00_01;
const SENSOR_MAC = 0x02_00_00_00_00_02;
const TTL = 64;
const NOTHING = new Uint8Array(0);

export function tcpFrame(shape: TcpShape): Template {
  const { options = [], payload = NOTHING } = shape;
  const headerBytes = TCP_BYTES + ((options.length + 3) & ~3);
  const transport = new Uint8Array(headerBytes + payload.length);
  const tcp = new TcpView().place(new DataView(transport.buffer), 0, transport.length);
  tcp.headerBytes = headerBytes;
  tcp.flags = shape.flags;
  tcp.window = shape.window;
  transport.set(options, TCP_BYTES);
  transport.set(payload, headerBytes);
  return ipFrame(shape, PROTO_TCP, transport);
}

export function udpFrame(shape: IpShape, payload: Uint8Array): Template {
  const transport = new Uint8Array(UDP_BYTES + payload.length);
  new UdpView().place(new DataView(transport.buffer), 0, transport.length).length = transport.length;
  transport.set(payload, UDP_BYTES);
  return ipFrame(shape, PROTO_UDP, transport);
}

/** ICMP or ICMPv6; `body` follows the eight header bytes. */
export function icmpFrame(shape: IpShape, type: number, code: number, body: Uint8Array): Template {
  const transport = new Uint8Array(ICMP_BYTES + body.length);
  const icmp = new IcmpView().place(new DataView(transport.buffer), 0, transport.length);
  icmp.type = type;
  icmp.code = code;
  transport.set(body, ICMP_BYTES);
  return ipFrame(shape, shape.net === 4 ? PROTO_ICMP : PROTO_ICMP6, transport);
}

/** An IP packet around `transport`, in an Ethernet frame. */
export function ipFrame(shape: IpShape, protocol: number, transport: Uint8Array): Template {
  const vlans = shape.vlans ?? [];
  const netAt = ETHERNET_BYTES + vlans.length * VLAN_BYTES;
  const transportAt = netAt + (shape.net === 4 ? IPV4_BYTES : IPV6_BYTES);
  const end = transportAt + transport.length;
  const bytes = new Uint8Array(Math.max(FRAME_BYTES_MIN, end));
  const data = new DataView(bytes.buffer);
  writeLink(data, shape.net === 4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6, vlans);
  if (shape.net === 4) writeIpv4(new Ipv4View().place(data, netAt, end), shape, protocol);
  else writeIpv6(new Ipv6View().place(data, netAt, end), shape, protocol);
  bytes.set(transport, transportAt);
  return { bytes, words: wordsOf(bytes), net: shape.net, protocol, netAt, transportAt, end };
}

function wordsOf(bytes: Uint8Array): Int32Array {
  const padded = new DataView(new ArrayBuffer((bytes.length + 3) & ~3));
  for (const [at, byte] of bytes.entries()) padded.setUint8(at, byte);
  return Int32Array.from({ length: padded.byteLength / 4 }, (_, word) => padded.getInt32(word * 4));
}

function writeLink(data: DataView, type: number, vlans: readonly number[]): void {
  const ethernet = new EthernetView().place(data, 0, ETHERNET_BYTES);
  ethernet.destination = SENSOR_MAC;
  ethernet.source = ROUTER_MAC;
  ethernet.type = vlans.length === 0 ? type : ETHERTYPE_VLAN;
  for (const [index, id] of vlans.entries()) {
    const tag = new VlanView().place(data, ETHERNET_BYTES + index * VLAN_BYTES, data.byteLength);
    tag.id = id;
    tag.type = index + 1 < vlans.length ? ETHERTYPE_VLAN : type;
  }
}

function writeIpv4(ip: Ipv4View, shape: IpShape, protocol: number): void {
  ip.headerBytes = IPV4_BYTES;
  ip.totalLength = ip.end - ip.at;
  ip.fragment = shape.df === true ? IPV4_FLAG_DF : 0;
  ip.ttl = shape.ttl ?? TTL;
  ip.protocol = protocol;
}

function writeIpv6(ip: Ipv6View, shape: IpShape, protocol: number): void {
  ip.flowLabel = 0;
  ip.payloadLength = ip.end - ip.at - IPV6_BYTES;
  ip.nextHeader = protocol;
  ip.hopLimit = shape.ttl ?? TTL;
}
