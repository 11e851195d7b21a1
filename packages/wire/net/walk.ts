/**
 * The walk: link → network → transport, one pass, no allocation. It fills a {@link Packet} with everything understood and,
 * when it ends before the payload, with why. Link types are in walk-link.ts, what they frame (EtherTypes, LLC, PPP) in
 * walk-frame.ts, IP in walk-ip.ts, transport in walk-transport.ts; each hands on to the next by type or protocol number.
 */
import type { Packet } from './packet.ts';
import * as stop from './stop.ts';
import * as tunnel from './tunnel.ts';
import { walkLink } from './walk-link.ts';

// A module's own constants are part of its machine code; imported and exported ones are loaded and checked at each use.
const { STOP_NONE } = stop;
const { TUNNEL_NONE } = tunnel;

/**
 * Walks one captured packet.
 * @param packet overwritten; holds offsets into `data`, so it is good until `data` changes
 * @param data the bytes around the packet, owned by the caller
 * @param at offset of the packet's first byte
 * @param end offset behind its last captured byte, ≤ data.byteLength
 * @param link link type of the first byte (linktype.ts)
 */
export function walk(packet: Packet, data: DataView, at: number, end: number, link: number): void {
  forget(packet);
  packet.link = link;
  packet.start = at;
  packet.end = end;
  walkLink(packet, data, at, end, link);
}

/** Walks what a tunnel packet carries into `inner`; false when `outer` carries nothing that can be walked. */
export function walkInner(inner: Packet, data: DataView, outer: Packet): boolean {
  if (outer.tunnel === TUNNEL_NONE || outer.innerLink < 0) return false;
  walk(inner, data, outer.innerAt, outer.innerEnd, outer.innerLink);
  return true;
}

/** Only what a later step does not set whenever it is read is cleared: this runs for every packet. */
function forget(packet: Packet): void {
  packet.encapsulation = 0;
  packet.depth = 0;
  packet.vlan = -1;
  packet.net = 0;
  packet.cutNet = 0;
  packet.netAt = 0;
  packet.transportEnd = 0;
  packet.ipBytes = 0;
  packet.ttl = -1;
  packet.ipId = -1;
  packet.fragment = 0;
  packet.ipOptionBytes = 0;
  packet.proto = -1;
  packet.transportAt = 0;
  packet.sport = -1;
  packet.dport = -1;
  packet.tcpFlags = -1;
  packet.seq = 0;
  packet.ack = 0;
  packet.window = -1;
  packet.optionBytes = 0;
  packet.tcpHeaderBytes = 0;
  packet.icmpType = -1;
  packet.icmpCode = -1;
  packet.payloadAt = 0;
  packet.payloadBytes = 0;
  packet.payloadWireBytes = 0;
  packet.quotedNet = 0;
  packet.tunnel = TUNNEL_NONE;
  packet.innerLink = -1;
  packet.stopKind = STOP_NONE;
}
