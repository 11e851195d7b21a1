/**
 * A packet as Corsaro's flowtuple plugin sees it: the outermost IPv4 header only, its fields as they stand, whatever the protocol
 * the first four bytes behind it as ports, nothing verified. One object, overwritten for every packet.
 *
 * Numbers of several bytes are little-endian loads of what is big-endian on the wire, so last octet first: so does Corsaro load
 * them, and in that order it sorts. They are signed 32-bit integers.
 */
import { outermostIpv4, outermostIpv4OfAny } from './outermost.ts';

/** Classes in the order of the files. */
export const TUPLE_CLASSES = ['flowtuple_backscatter', 'flowtuple_icmpreq', 'flowtuple_other'] as const;
export const TUPLE_BACKSCATTER = 0;
const TUPLE_ICMP_REQUEST = 1;
const TUPLE_OTHER = 2;

const LINK_ETHERNET = 1;
const ETHERNET_BYTES = 14;
/** An EtherType, and the version and length of a header without options: three bytes as they stand. */
const PLAIN_TYPE_LITTLE = 0x0008;
const PLAIN_VERSION = 0x45;
const IPV4_BYTES = 20;
const PROTO_ICMP = 1;
const PROTO_TCP = 6;
/** What an IPv6 packet in it has in front is not taken for ports. */
const PROTO_IPV6 = 41;
const ICMP_BYTES = 8;
const TCP_BYTES = 20;
/** Bytes of TCP up to its flags: a class needs as many, the field wants the whole header. */
const TCP_FLAGS_BYTES = 14;
const TCP_RST = 0x04;
const TCP_SYN_ACK = 0x12;
/** Offset of a fragment, in a little-endian load of its field. */
const OFFSET_LITTLE = 0xff1f;
/** ICMP types that answer: 0 3 4 5 11 12 14 16 18, as bits. */
const ICMP_ANSWERS = [0, 3, 4, 5, 11, 12, 14, 16, 18].reduce((bits, type) => bits | (1 << type), 0);

export class TuplePacket {
  src = 0;
  dst = 0;
  /** Source port (ICMP: type) in the high half, destination port (code) in the low half. */
  ports = 0;
  /** Class, protocol, TTL and TCP flags, a byte each, highest first. */
  kind = 0;
  ipBytes = 0;
  /** One of the places in {@link TUPLE_CLASSES}. */
  tupleClass = 0;
  protocol = 0;
  /** TCP flags, 0 unless the whole header was captured. */
  flags = 0;
  /** Offsets of the IP header and of what follows it, and how much of that was captured. */
  ipAt = 0;
  transportAt = 0;
  transportBytes = 0;
  private readonly outermost: (data: DataView, at: number, end: number, link: number) => number;

  /** @param isWide reads behind every link layer that the walk knows, instead of those that Corsaro knows */
  constructor(isWide = false) {
    this.outermost = isWide ? outermostIpv4OfAny : outermostIpv4;
  }

  /**
   * Reads the packet `data[at, end)`; false when it has no IPv4 header outermost.
   * @param link link type of the first byte
   */
  read(data: DataView, at: number, end: number, link: number): boolean {
    const isPlain =
      link === LINK_ETHERNET &&
      end - at >= ETHERNET_BYTES + IPV4_BYTES &&
      data.getUint16(at + 12, true) === PLAIN_TYPE_LITTLE &&
      data.getUint8(at + ETHERNET_BYTES) === PLAIN_VERSION;
    const ip = isPlain ? at + ETHERNET_BYTES : this.outermost(data, at, end, link);
    if (ip < 0 || end - ip < IPV4_BYTES) return false;
    const protocol = data.getUint8(ip + 9);
    const transport = ip + (data.getUint8(ip) & 0x0f) * 4;
    const bytes = end - transport;
    const isLater = (data.getUint16(ip + 6, true) & OFFSET_LITTLE) !== 0;
    this.ipAt = ip;
    this.transportAt = transport;
    this.transportBytes = bytes;
    this.protocol = protocol;
    this.src = data.getInt32(ip + 12, true);
    this.dst = data.getInt32(ip + 16, true);
    this.ipBytes = data.getUint16(ip + 2, true);
    this.flags = 0;
    this.ports = 0;
    this.tupleClass = TUPLE_OTHER;
    if (!isLater && bytes > 0) this.readTransport(data, transport, bytes);
    this.kind = (this.tupleClass << 24) | (protocol << 16) | (data.getUint8(ip + 8) << 8) | this.flags;
    return true;
  }

  private readTransport(data: DataView, at: number, bytes: number): void {
    switch (this.protocol) {
      case PROTO_TCP:
        if (bytes >= TCP_FLAGS_BYTES) {
          const flags = data.getUint8(at + 13);
          if ((flags & TCP_SYN_ACK) === TCP_SYN_ACK || (flags & TCP_RST) !== 0) this.tupleClass = TUPLE_BACKSCATTER;
          if (bytes >= TCP_BYTES) this.flags = flags;
        }
        break;
      case PROTO_ICMP: {
        const type = data.getUint8(at);
        this.tupleClass = type < 32 && (ICMP_ANSWERS & (1 << type)) !== 0 ? TUPLE_BACKSCATTER : TUPLE_ICMP_REQUEST;
        // Type and code stand where ports stand, as big-endian numbers of two bytes.
        if (bytes >= ICMP_BYTES) this.ports = (type << 24) | (data.getUint8(at + 1) << 8);
        return;
      }
      case PROTO_IPV6:
        return;
      default:
    }
    if (bytes >= 4) this.ports = (data.getUint16(at, true) << 16) | data.getUint16(at + 2, true);
  }
}
