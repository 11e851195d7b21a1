/**
 * A packet as Corsaro 3's flowtuple plugin sees it. What differs from Corsaro 2: only TCP, UDP and ICMP have ports; TCP's flags are
 * read from later fragments too; classes are no part of the key; numbers are sorted as they are meant, so they are loaded
 * big-endian. And a few judgements of the first packet of a flowtuple stand beside it.
 */
import { TuplePacket } from './tuple-packet.ts';

const PROTO_ICMP = 1;
const PROTO_TCP = 6;
const PROTO_UDP = 17;
const PROTO_IPV6 = 41;
const TCP_BYTES = 20;
const TCP_SYN = 0x02;
const TCP_ACK = 0x10;
/** Without ECE and CWR. */
const TCP_FLAGS_SIX = 0x3f;
/** S, A, R, F, SF, SA, FA, PA, FPA: what ordinary packets have. */
const TCP_FLAGS_USUAL = new Set([0x02, 0x10, 0x04, 0x01, 0x03, 0x12, 0x11, 0x18, 0x19]);
const TTL_HIGH = 200;
const MASSCAN_WINDOW = 1024;
const PLAIN_TCP_BYTES = 20;
/** Reserved bit and offset. */
const FRAGMENT_BITS = 0x9fff;
const OFFSET_BITS = 0x1fff;

/** Parts of {@link TuplePacket3.extras}. */
export const EXTRA_SYN_BYTES_SHIFT = 16;
export const EXTRA_SPOOFED = 1 << 24;
export const EXTRA_MASSCAN = 1 << 25;

export class TuplePacket3 extends TuplePacket {
  private fragment = 0;
  private window = 0;
  private tcpHeaderBytes = 0;

  override read(data: DataView, at: number, end: number, link: number): boolean {
    if (!super.read(data, at, end, link)) return false;
    const { ipAt, protocol, transportAt } = this;
    this.src = data.getInt32(ipAt + 12);
    this.dst = data.getInt32(ipAt + 16);
    this.ipBytes = data.getUint16(ipAt + 2);
    this.fragment = data.getUint16(ipAt + 6);
    const isLater = (this.fragment & OFFSET_BITS) !== 0;
    this.ports = hasPorts(protocol) ? swapHalves(this.ports) : 0;
    this.window = 0;
    this.tcpHeaderBytes = 0;
    if (protocol === PROTO_TCP && this.transportBytes >= TCP_BYTES) {
      if (isLater) this.flags = data.getUint8(transportAt + 13);
      this.window = data.getUint16(transportAt + 14);
      this.tcpHeaderBytes = (data.getUint8(transportAt + 12) >>> 4) * 4;
    }
    this.kind = (protocol << 16) | (data.getUint8(ipAt + 8) << 8) | this.flags;
    return true;
  }

  /** TCP header length and window of a SYN (low 24 bits), and whether Corsaro calls it spoofed and of masscan. */
  get extras(): number {
    const isSyn = this.protocol === PROTO_TCP && this.flags === TCP_SYN;
    const syn = isSyn ? (this.tcpHeaderBytes << EXTRA_SYN_BYTES_SHIFT) | this.window : 0;
    return syn | (this.isSpoofed ? EXTRA_SPOOFED : 0) | (this.isMasscan ? EXTRA_MASSCAN : 0);
  }

  private get isHigh(): boolean {
    return ((this.kind >>> 8) & 0xff) >= TTL_HIGH && this.protocol !== PROTO_ICMP;
  }

  private get isMasscanSyn(): boolean {
    if (this.protocol !== PROTO_TCP || (this.flags & TCP_SYN) === 0) return false;
    return this.window === MASSCAN_WINDOW && this.tcpHeaderBytes === PLAIN_TCP_BYTES;
  }

  private get isMasscan(): boolean {
    return this.isHigh && this.isMasscanSyn && (this.flags & TCP_ACK) === 0;
  }

  private get isSpoofed(): boolean {
    const last = this.src & 0xff;
    if ((this.fragment & FRAGMENT_BITS) !== 0 || last === 0 || last === 0xff || this.src === this.dst) return true;
    if (this.isHigh && !this.isMasscanSyn) return true;
    const hasPortZero = this.ports >>> 16 === 0 || (this.ports & 0xffff) === 0;
    switch (this.protocol) {
      case PROTO_TCP:
        return hasPortZero || !TCP_FLAGS_USUAL.has(this.flags & TCP_FLAGS_SIX);
      case PROTO_UDP:
        return hasPortZero || (this.ports & 0xffff) === 80;
      default:
        return this.protocol !== PROTO_ICMP && this.protocol !== PROTO_IPV6;
    }
  }
}

function hasPorts(protocol: number): boolean {
  return protocol === PROTO_TCP || protocol === PROTO_UDP || protocol === PROTO_ICMP;
}

/** Both halves from little-endian to big-endian loads. */
function swapHalves(ports: number): number {
  return ((ports & 0x00ff00ff) << 8) | ((ports >>> 8) & 0x00ff00ff);
}
