/** IPv4 and IPv6 with their options and extension headers, up to the transport header. */
import { lacks } from './lacks.ts';
import { Ipv4View } from './ipv4.ts';
import * as ipv4Header from './ipv4.ts';
import { Ipv6ExtensionView, Ipv6View } from './ipv6.ts';
import * as ipv6Header from './ipv6.ts';
import type { Packet } from './packet.ts';
import * as proto from './protocol.ts';
import { LAYER } from './stop.ts';
import * as stop from './stop.ts';
import { walkTransport } from './walk-transport.ts';

// A module's own constants are part of its machine code; imported and exported ones are loaded and checked at each use.
const { IPV4_BYTES, IPV4_FLAG_MF, IPV4_OFFSET_MASK } = ipv4Header;
const { IPV6_BYTES, IPV6_FRAGMENT_BYTES } = ipv6Header;
const {
  PROTO_AH,
  PROTO_DSTOPTS,
  PROTO_FRAGMENT,
  PROTO_HIP,
  PROTO_HOPOPTS,
  PROTO_MOBILITY,
  PROTO_ROUTING,
  PROTO_SHIM6,
} = proto;
const { EXTENSIONS_MAX, STOP_BAD_LENGTH, STOP_BAD_VERSION, STOP_FRAGMENT, STOP_TOO_DEEP } = stop;
const LAYER_IP = LAYER.ip;
const LAYER_IPV4 = LAYER.ipv4;
const LAYER_IPV6 = LAYER.ipv6;
const LAYER_IPV6_EXT = LAYER.ipv6_ext;

const ipv4 = new Ipv4View();
const ipv6 = new Ipv6View();
const extension = new Ipv6ExtensionView();

/** By the version nibble: what announces IP does not always say which. */
export function walkIp(packet: Packet, data: DataView, at: number, end: number): void {
  if (lacks(packet, LAYER_IP, at, end, 1)) return;
  const version = data.getUint8(at) >>> 4;
  if (version === 4) return walkIpv4(packet, data, at, end);
  if (version === 6) return walkIpv6(packet, data, at, end);
  packet.stop(STOP_BAD_VERSION, LAYER_IP, at, 4, version);
}

function walkIpv4(packet: Packet, data: DataView, at: number, end: number): void {
  packet.netAt = at;
  ipv4.place(data, at, end);
  const headerBytes = ipv4.headerBytes;
  if (headerBytes < IPV4_BYTES) return packet.stop(STOP_BAD_LENGTH, LAYER_IPV4, at, IPV4_BYTES, headerBytes);
  if (end - at < IPV4_BYTES) {
    lacks(packet, LAYER_IPV4, at, end, IPV4_BYTES);
    return takePartIpv4(packet, end - at);
  }
  // A total length of 0 is what segmentation offload leaves behind: the capture's own length counts then.
  const claimed = ipv4.totalLength;
  const total = claimed === 0 ? end - at : claimed;
  if (claimed !== 0 && claimed < headerBytes) {
    return packet.stop(STOP_BAD_LENGTH, LAYER_IPV4, at + 2, headerBytes, claimed);
  }
  packet.net = 4;
  packet.ipBytes = total;
  packet.ipId = ipv4.id;
  packet.fragment = ipv4.fragment;
  packet.ttl = ipv4.ttl;
  packet.src3 = ipv4.source;
  packet.dst3 = ipv4.destination;
  packet.proto = ipv4.protocol;
  packet.ipOptionBytes = headerBytes - IPV4_BYTES;
  const transportEnd = Math.min(end, at + total);
  packet.transportEnd = transportEnd;
  if (lacks(packet, LAYER_IPV4, at, transportEnd, headerBytes)) return;
  if ((packet.fragment & IPV4_OFFSET_MASK) !== 0) return packet.stop(STOP_FRAGMENT, LAYER_IPV4, at + 6, 0, 0);
  walkTransport(packet, data, at + headerBytes, transportEnd, packet.proto);
}

/** A header cut short still says what it had said, if only its source. */
function takePartIpv4(packet: Packet, room: number): void {
  if (room >= 6) packet.ipId = ipv4.id;
  if (room >= 8) packet.fragment = ipv4.fragment;
  if (room >= 9) packet.ttl = ipv4.ttl;
  if (room >= 10) packet.proto = ipv4.protocol;
  if (room < 16) return;
  packet.cutNet = 4;
  packet.src3 = ipv4.source;
}

export function walkIpv6(packet: Packet, data: DataView, at: number, end: number): void {
  packet.netAt = at;
  ipv6.place(data, at, end);
  if (lacks(packet, LAYER_IPV6, at, end, IPV6_BYTES)) return takePartIpv6(packet, end - at);
  if (ipv6.version !== 6) return packet.stop(STOP_BAD_VERSION, LAYER_IPV6, at, 6, ipv6.version);
  packet.net = 6;
  packet.ttl = ipv6.hopLimit;
  takeIpv6Source(packet);
  takeIpv6Destination(packet);
  // 0 means a jumbogram (RFC 2675) or segmentation offload: the capture's own length counts then.
  const payload = ipv6.payloadLength === 0 ? end - at - IPV6_BYTES : ipv6.payloadLength;
  packet.ipBytes = IPV6_BYTES + payload;
  const transportEnd = Math.min(end, at + IPV6_BYTES + payload);
  packet.transportEnd = transportEnd;
  walkExtensions(packet, data, at + IPV6_BYTES, transportEnd, ipv6.nextHeader);
}

function takePartIpv6(packet: Packet, room: number): void {
  if (room < 8 || ipv6.version !== 6) return;
  packet.proto = ipv6.nextHeader;
  packet.ttl = ipv6.hopLimit;
  if (room < 24) return;
  packet.cutNet = 6;
  takeIpv6Source(packet);
}

function takeIpv6Source(packet: Packet): void {
  packet.src0 = ipv6.source(0);
  packet.src1 = ipv6.source(1);
  packet.src2 = ipv6.source(2);
  packet.src3 = ipv6.source(3);
}

function takeIpv6Destination(packet: Packet): void {
  packet.dst0 = ipv6.destination(0);
  packet.dst1 = ipv6.destination(1);
  packet.dst2 = ipv6.destination(2);
  packet.dst3 = ipv6.destination(3);
}

function isExtension(next: number): boolean {
  return (
    next === PROTO_HOPOPTS ||
    next === PROTO_ROUTING ||
    next === PROTO_FRAGMENT ||
    next === PROTO_AH ||
    next === PROTO_DSTOPTS ||
    next === PROTO_MOBILITY ||
    next === PROTO_HIP ||
    next === PROTO_SHIM6
  );
}

/** The next header is believed as soon as it is there, though the header that names it may be cut. */
function walkExtensions(packet: Packet, data: DataView, at: number, end: number, first: number): void {
  packet.proto = first;
  let offset = at;
  for (let depth = 0; depth < EXTENSIONS_MAX; depth++) {
    const header = packet.proto;
    if (!isExtension(header)) return walkTransport(packet, data, offset, end, header);
    extension.place(data, offset, end);
    if (offset < end) packet.proto = extension.nextHeader;
    if (lacks(packet, LAYER_IPV6_EXT, offset, end, 8)) return;
    if (header === PROTO_FRAGMENT) {
      offset += IPV6_FRAGMENT_BYTES;
      packet.fragment = extension.fragmentOffset | (extension.moreFragments ? IPV4_FLAG_MF : 0);
      if (extension.fragmentOffset !== 0) return packet.stop(STOP_FRAGMENT, LAYER_IPV6_EXT, offset, 0, 0);
    } else {
      const bytes = header === PROTO_AH ? extension.authenticationBytes : extension.bytes;
      if (lacks(packet, LAYER_IPV6_EXT, offset, end, bytes)) return;
      offset += bytes;
    }
  }
  packet.stop(STOP_TOO_DEEP, LAYER_IPV6_EXT, offset, EXTENSIONS_MAX, EXTENSIONS_MAX);
}
