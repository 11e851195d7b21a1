/** Predicates on UDP payloads: corsaro's `erratic` rows (corsaro 3 libcorsaro_filtering.c), each with its own bit. */
import type { Packet } from '../net/packet.ts';
import { PREDICATE } from './predicates.ts';
import { startsWith } from './response.ts';

const SIP_PORT = 5060;
const NETBIOS_PORT = 137;
/** `20 43 4b 41 41 41 41 41`: the encoded wildcard name `*`, at offset 12 of a name query. */
const WILDCARD_HIGH = 0x20434b41;
const WILDCARD_LOW = 0x41414141;

/** Bits of {@link PREDICATE} for a UDP packet whose header was walked. */
export function udpPredicates(packet: Packet, data: DataView): number {
  let bits = packet.dport === 80 ? PREDICATE.udp_dst_80 : 0;
  if (packet.ipBytes === 96 || packet.ipBytes === 1500) bits |= PREDICATE.udp_96_1500;
  const at = packet.payloadAt;
  const bytes = packet.payloadBytes;
  if (bytes < 10) return bits;
  if (packet.ipBytes === 58 && isZerosThen31(data, at)) bits |= PREDICATE.udp_31_00;
  if (packet.sport === SIP_PORT && packet.dport === SIP_PORT && startsWith(data, at, at + bytes, 'SIP/2.0')) {
    bits |= PREDICATE.sip_5060;
  }
  if (packet.ipBytes > 42 && bytes >= 12 && isSmallDnsAnswer(data, at)) bits |= PREDICATE.dns_8180;
  if (isNetbiosQuery(packet, data)) bits |= PREDICATE.netbios_query;
  if (isBitTorrentUdp(data, at, bytes)) bits |= PREDICATE.bittorrent;
  return bits;
}

function isZerosThen31(data: DataView, at: number): boolean {
  return data.getUint32(at) === 0 && data.getUint32(at + 4) === 0 && data.getUint16(at + 8) === 0x3100;
}

/** Second 16-bit word 8180 … 818f and four counts below 10. */
function isSmallDnsAnswer(data: DataView, at: number): boolean {
  if ((data.getUint16(at + 2) & 0xfff0) !== 0x8180) return false;
  for (let offset = 4; offset < 12; offset += 2) if (data.getUint16(at + offset) >= 10) return false;
  return true;
}

function isNetbiosQuery(packet: Packet, data: DataView): boolean {
  if (packet.sport !== NETBIOS_PORT || packet.dport !== NETBIOS_PORT) return false;
  if (packet.payloadBytes < 20 || packet.ipBytes <= 48) return false;
  const at = packet.payloadAt + 12;
  return data.getUint32(at) === WILDCARD_HIGH && data.getUint32(at + 4) === WILDCARD_LOW;
}

/** DHT messages are bencoded dictionaries `d1:ad2:id20:` and `d1:rd2:id20:` (BEP 5); µTP opens with type 4, version 1 (BEP 29). */
function isBitTorrentUdp(data: DataView, at: number, bytes: number): boolean {
  const first = data.getUint32(at);
  if (first === 0x64313a61 || first === 0x64313a72) return data.getUint32(at + 4) === 0x64323a69;
  // A µTP SYN: type 4, version 1, no or one extension, window and timestamps in exactly 20 bytes, sequence number 1.
  if (bytes !== 20 || (first >>> 16 !== 0x4100 && first >>> 16 !== 0x4102)) return false;
  return data.getUint16(at + 16) === 1;
}
