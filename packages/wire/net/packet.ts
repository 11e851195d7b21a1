/**
 * What a walk understood of one packet. One object serves every packet: the walk overwrites it, nothing is allocated.
 *
 * Every field is a small integer (signed 32-bit): -1 says "not there" for fields that cannot be negative; addresses,
 * sequence and acknowledgement numbers are the bits of an unsigned number in a signed one (`>>> 0` gives it back).
 */
import { formatIpv4, formatIpv6, V4_MAPPED_WORD } from './address.ts';
import { describeStop, isDamage, type Stop, STOP_NONE } from './stop.ts';

/** Encapsulations below IP that the walk passed, as bits of {@link Packet.encapsulation}. */
export const ENCAP_VLAN = 1;
export const ENCAP_MPLS = 2;
export const ENCAP_PPPOE = 4;
export const ENCAP_LLC = 8;

export class Packet {
  /** Link type number (see linktype.ts). */
  link = 0;
  /** Offset of the packet's first byte in the walked view, and the offset behind its last captured byte. */
  start = 0;
  end = 0;
  encapsulation = 0;
  /** EtherTypes walked so far. */
  depth = 0;
  /** First (outermost) 802.1Q/802.1ad identifier. */
  vlan = -1;

  /** 4, 6, or 0 while no IP header was understood as far as its addresses. */
  net = 0;
  /** 4 or 6 when the capture ends between source and destination: the source is known, {@link net} is 0. */
  cutNet = 0;
  /** Offset of the IP header, and offset behind its transport part, bounded by its length field and the capture. */
  netAt = 0;
  transportEnd = 0;
  /** Source and destination, four words; IPv4 uses the last one only and leaves the others undefined. */
  src0 = 0;
  src1 = 0;
  src2 = 0;
  src3 = 0;
  dst0 = 0;
  dst1 = 0;
  dst2 = 0;
  dst3 = 0;
  /** Bytes of the IP packet as its header says (0 in the header means: as captured; segmentation offload). */
  ipBytes = 0;
  ttl = -1;
  /** IPv4 identification; IPv6 has none. */
  ipId = -1;
  /** IPv4 flags and fragment offset as they stand in the header; for IPv6 the same bits from its fragment header. */
  fragment = 0;
  /** IPv4 options in bytes. */
  ipOptionBytes = 0;
  /** The last IP protocol number reached, behind IPv6 extension and authentication headers. */
  proto = -1;

  /** Offset of the transport header when {@link proto} was walked into. */
  transportAt = 0;
  sport = -1;
  dport = -1;
  /** Twelve TCP flag bits. */
  tcpFlags = -1;
  seq = 0;
  ack = 0;
  window = -1;
  /** TCP options: offset and captured bytes. */
  optionsAt = 0;
  optionBytes = 0;
  /** The header length TCP claims, in bytes. */
  tcpHeaderBytes = 0;
  icmpType = -1;
  icmpCode = -1;

  /** Transport payload: offset, captured bytes, and the bytes that the inner length field says there were. */
  payloadAt = 0;
  payloadBytes = 0;
  payloadWireBytes = 0;

  /** Quoted packet of an ICMP error: 4, 6 or 0; addresses, protocol and ports as far as quoted. */
  quotedNet = 0;
  quotedSrc0 = 0;
  quotedSrc1 = 0;
  quotedSrc2 = 0;
  quotedSrc3 = 0;
  quotedDst0 = 0;
  quotedDst1 = 0;
  quotedDst2 = 0;
  quotedDst3 = 0;
  quotedProto = -1;
  quotedSport = -1;
  quotedDport = -1;

  /** Index into TUNNELS; when not 0, {@link innerAt} … {@link innerEnd} holds a packet of link type {@link innerLink}. */
  tunnel = 0;
  innerAt = 0;
  innerEnd = 0;
  innerLink = 0;

  stopKind = STOP_NONE;
  stopLayer = 0;
  stopAt = 0;
  stopNeeded = 0;
  stopHad = 0;

  /** Records why the walk ends; for `unwalked`, `needed` is the number that is not walked. */
  stop(kind: number, layer: number, at: number, needed: number, had: number): void {
    this.stopKind = kind;
    this.stopLayer = layer;
    this.stopAt = at;
    this.stopNeeded = needed;
    this.stopHad = had;
  }

  /** The stop as a value, or undefined when the walk reached the payload. Allocates. */
  get stopped(): Stop | undefined {
    if (this.stopKind === STOP_NONE) return undefined;
    const offset = this.stopAt - this.start;
    return { kind: this.stopKind, layer: this.stopLayer, offset, needed: this.stopNeeded, had: this.stopHad };
  }

  get isDamaged(): boolean {
    return isDamage(this.stopKind);
  }

  /** Text of the source, '' when there is none. Allocates. */
  get source(): string {
    return textOf(this.net === 0 ? this.cutNet : this.net, this.src0, this.src1, this.src2, this.src3);
  }
  get destination(): string {
    return textOf(this.net, this.dst0, this.dst1, this.dst2, this.dst3);
  }
  get quotedSource(): string {
    return textOf(this.quotedNet, this.quotedSrc0, this.quotedSrc1, this.quotedSrc2, this.quotedSrc3);
  }
  get quotedDestination(): string {
    return textOf(this.quotedNet, this.quotedDst0, this.quotedDst1, this.quotedDst2, this.quotedDst3);
  }
  /** Why the walk ended, for people; '' when it reached the payload. Allocates. */
  get stopText(): string {
    const stop = this.stopped;
    return stop === undefined ? '' : describeStop(stop);
  }
}

function textOf(net: number, w0: number, w1: number, w2: number, w3: number): string {
  if (net === 4) return formatIpv4(w3);
  if (net !== 6) return '';
  return w0 === 0 && w1 === 0 && w2 === V4_MAPPED_WORD ? `::ffff:${formatIpv4(w3)}` : formatIpv6(w0, w1, w2, w3);
}
