/**
 * Is a UDP payload an answer? Decided by the protocol's own words, never by the source port alone:
 * scanners send from port 53 too. The port only says whose words to read.
 */
import type { Packet } from '../net/packet.ts';

const DNS_HEADER_BYTES = 12;
const MDNS_PORT = 5353;

/** True when the packet's captured payload is a response. */
export function isUdpResponse(packet: Packet, data: DataView): boolean {
  const at = packet.payloadAt;
  const end = at + packet.payloadBytes;
  if (packet.payloadBytes < 4) return false;
  switch (packet.sport) {
    case 53:
    case 137:
    case MDNS_PORT:
      return isDnsResponse(data, at, end);
    case 123:
      return isNtpResponse(data, at);
    case 161:
      return isSnmpResponse(data, at, end);
    case 443:
    case 80:
    case 8443:
      return isQuicFromServer(data, at, end);
    case 111:
      return end - at >= 24 && data.getUint32(at + 4) === 1;
    case 389:
      return isLdapResult(data, at, end);
    case 1900:
      return startsWith(data, at, end, 'HTTP/1.');
    case 11211:
      return isMemcachedAnswer(data, at, end);
    default:
      // SIP answers come from whatever port the user agent has.
      return data.getUint32(at) === 0x5349502f && startsWith(data, at, end, 'SIP/2.0 ');
  }
}

/** QR bit, an opcode that exists, and the reserved bit clear (RFC 1035 §4.1.1; NetBIOS names and mDNS share the header). */
function isDnsResponse(data: DataView, at: number, end: number): boolean {
  if (end - at < DNS_HEADER_BYTES) return false;
  const flags = data.getUint16(at + 2);
  return (flags & 0x8000) !== 0 && ((flags >>> 11) & 15) <= 6 && (flags & 0x0040) === 0;
}

/** Mode 4 (server), or mode 6 and 7 (control, private) with their response bits (RFC 9327 §2, RFC 1305 appendix B). */
function isNtpResponse(data: DataView, at: number): boolean {
  const first = data.getUint8(at);
  const mode = first & 7;
  const version = (first >>> 3) & 7;
  if (version < 1 || version > 4) return false;
  if (mode === 4) return true;
  if (mode === 6) return (data.getUint8(at + 1) & 0x80) !== 0;
  return mode === 7 && (first & 0x80) !== 0;
}

/** A BER sequence of version, community and a response PDU (RFC 3416 §3: tag a2); SNMPv3 reports (a8) lie inside encryption. */
function isSnmpResponse(data: DataView, at: number, end: number): boolean {
  let offset = skipBerHeader(data, at, end, 0x30);
  offset = skipBer(data, offset, end, 0x02);
  offset = skipBer(data, offset, end, 0x04);
  return offset >= 0 && offset < end && data.getUint8(offset) === 0xa2;
}

/** An LDAP message whose operation is a search result entry (64) or done (65) (RFC 4511 §4.5.2; CLDAP reflection). */
function isLdapResult(data: DataView, at: number, end: number): boolean {
  const offset = skipBer(data, skipBerHeader(data, at, end, 0x30), end, 0x02);
  if (offset < 0 || offset >= end) return false;
  const operation = data.getUint8(offset);
  return operation === 0x64 || operation === 0x65;
}

/** Offset behind tag and length of the BER value at `at`; -1 when another tag stands there or the header is cut. */
function skipBerHeader(data: DataView, at: number, end: number, tag: number): number {
  if (at < 0 || at + 2 > end || data.getUint8(at) !== tag) return -1;
  const length = data.getUint8(at + 1);
  const next = at + 2 + (length & 0x80 ? length & 0x7f : 0);
  return next <= end ? next : -1;
}

/** Offset behind the whole short-form BER value at `at`. */
function skipBer(data: DataView, at: number, end: number, tag: number): number {
  const next = skipBerHeader(data, at, end, tag);
  if (next < 0) return -1;
  const length = data.getUint8(at + 1);
  return length < 0x80 && next + length <= end ? next + length : -1;
}

const QUIC_LONG_HEADER = 0x80;
const QUIC_FIXED_BIT = 0x40;
const QUIC_V2 = 0x6b3343cf;

/**
 * A QUIC long header as a server sends it (RFC 9000 §17.2): version negotiation (version 0), Retry, Initial or Handshake of a
 * version that is assigned or reserved for greasing. Short headers look like anything, so they prove nothing.
 */
function isQuicFromServer(data: DataView, at: number, end: number): boolean {
  if (end - at < 7) return false;
  const first = data.getUint8(at);
  if ((first & QUIC_LONG_HEADER) === 0) return false;
  const version = data.getUint32(at + 1);
  if (data.getUint8(at + 5) > 20) return false;
  if (version === 0) return true;
  const isKnown = version === 1 || version === QUIC_V2 || version >>> 8 === 0xff0000 || isGrease(version);
  if (!isKnown || (first & QUIC_FIXED_BIT) === 0) return false;
  const type = (first >>> 4) & 3;
  // 0-RTT (type 1; 2 in version 2) only ever comes from a client.
  return type !== (version === QUIC_V2 ? 2 : 1);
}

/** Versions 0x?a?a?a?a are reserved to exercise negotiation (RFC 9000 §15). */
function isGrease(version: number): boolean {
  return ((version & 0x0f0f0f0f) ^ 0x0a0a0a0a) === 0;
}

/** Behind the 8-byte frame of memcached's UDP protocol: a value, statistics, or an error line. */
function isMemcachedAnswer(data: DataView, at: number, end: number): boolean {
  const text = at + 8;
  return (
    startsWith(data, text, end, 'VALUE ') ||
    startsWith(data, text, end, 'STAT ') ||
    startsWith(data, text, end, 'END\r') ||
    startsWith(data, text, end, 'ERROR')
  );
}

/** True when the bytes at `at` begin with an ASCII text. */
export function startsWith(data: DataView, at: number, end: number, text: string): boolean {
  if (end - at < text.length) return false;
  for (let index = 0; index < text.length; index++) {
    if (data.getUint8(at + index) !== text.charCodeAt(index)) return false;
  }
  return true;
}
