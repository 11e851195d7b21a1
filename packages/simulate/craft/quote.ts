/**
 * Error messages quote the packet that caused them: here an empty UDP datagram or a SYN, "from" one of us, to the victim.
 * ICMP quotes the IP header and eight bytes more (RFC 792), so of a SYN ports and sequence number; ICMPv6 as much as fits
 * (RFC 4443 §2.4), so the whole packet. What is quoted whole has a correct checksum.
 */
import { addBytes, finish } from '@noroshi/wire/net/checksum.ts';
import { IPV4_BYTES, Ipv4View } from '@noroshi/wire/net/ipv4.ts';
import { IPV6_BYTES, Ipv6View } from '@noroshi/wire/net/ipv6.ts';
import { PROTO_TCP, PROTO_UDP } from '@noroshi/wire/net/protocol.ts';
import { TCP_BYTES, TCP_SYN, TcpView } from '@noroshi/wire/net/tcp.ts';
import { UDP_BYTES, UdpView } from '@noroshi/wire/net/udp.ts';
import { type IpShape, icmpFrame, ipFrame, type Net, type Template } from './frame.ts';
import type { Pen } from './pen.ts';
import type { Host } from './prefix.ts';

const ICMP_HEAD_BYTES = 8;
const QUOTED_BYTES_4 = 8;
const SYN_WINDOW = 64_240;

export type QuotedProtocol = typeof PROTO_TCP | typeof PROTO_UDP;

/** The ICMP error as it comes from a host or router, its type and code. */
export interface ErrorShape extends IpShape {
  readonly type: number;
  readonly code: number;
}

/** An error whose quote went to `victim` and had `quotedTtl` left; the pen and a {@link Quote} fill in the rest. */
export function errorFrame(shape: ErrorShape, protocol: QuotedProtocol, victim: Host, quotedTtl: number): Template {
  const transport = protocol === PROTO_UDP ? datagram() : syn();
  const quoted = ipFrame({ net: shape.net, ttl: quotedTtl }, protocol, transport);
  const end = shape.net === 4 ? quoted.transportAt + QUOTED_BYTES_4 : quoted.end;
  const body = quoted.bytes.slice(quoted.netAt, end);
  const data = new DataView(body.buffer);
  if (shape.net === 4) new Ipv4View().place(data, 0, body.length).destination = victim.w3;
  else {
    const ip = new Ipv6View().place(data, 0, body.length);
    for (const [index, word] of [victim.w0, victim.w1, victim.w2, victim.w3].entries()) ip.setDestination(index, word);
  }
  return icmpFrame(shape, shape.type, shape.code, body);
}

/** Completes the quote at the pen. */
export class Quote {
  private readonly ip4 = new Ipv4View();
  private readonly ip6 = new Ipv6View();
  private readonly udp = new UdpView();
  private readonly tcp = new TcpView();
  private readonly net: Net;
  private readonly protocol: QuotedProtocol;

  constructor(net: Net, protocol: QuotedProtocol) {
    this.net = net;
    this.protocol = protocol;
  }

  /**
   * @param forged source of the quoted packet: the receiver of the error
   * @param bits random ones: IPv4 identification, source port, and a SYN's sequence number
   */
  write(pen: Pen, forged: Host, port: number, bits: number): void {
    const { data, end } = pen;
    const at = pen.transportAt + ICMP_HEAD_BYTES;
    const transportAt = at + (this.net === 4 ? IPV4_BYTES : IPV6_BYTES);
    if (this.net === 4) this.write4(this.ip4.place(data, at, end), forged, bits);
    else this.write6(this.ip6.place(data, at, end), forged);
    const transport = (this.protocol === PROTO_UDP ? this.udp : this.tcp).place(data, transportAt, end);
    transport.sourcePort = 1024 + ((bits >>> 8) & 0x7fff);
    transport.destinationPort = port;
    if (this.protocol === PROTO_TCP) this.tcp.sequence = bits;
    if (this.protocol === PROTO_UDP || this.net === 6) transport.checksum = this.sum(data, at, transportAt, end);
  }

  private write4(ip: Ipv4View, forged: Host, bits: number): void {
    ip.id = bits & 0xffff;
    ip.source = forged.w3;
    ip.checksum = finish(addBytes(ip.data, ip.at, ip.at + IPV4_BYTES, 0));
  }

  private write6(ip: Ipv6View, forged: Host): void {
    ip.setSource(0, forged.w0);
    ip.setSource(1, forged.w1);
    ip.setSource(2, forged.w2);
    ip.setSource(3, forged.w3);
  }

  /** Over both addresses, which end where the transport begins, and the transport. */
  private sum(data: DataView, at: number, transportAt: number, end: number): number {
    const addressesAt = at + (this.net === 4 ? 12 : 8);
    return finish(addBytes(data, addressesAt, end, this.protocol + end - transportAt)) || 0xffff;
  }
}

function datagram(): Uint8Array {
  const bytes = new Uint8Array(UDP_BYTES);
  new UdpView().place(new DataView(bytes.buffer), 0, UDP_BYTES).length = UDP_BYTES;
  return bytes;
}

function syn(): Uint8Array {
  const bytes = new Uint8Array(TCP_BYTES);
  const tcp = new TcpView().place(new DataView(bytes.buffer), 0, TCP_BYTES);
  tcp.headerBytes = TCP_BYTES;
  tcp.flags = TCP_SYN;
  tcp.window = SYN_WINDOW;
  return bytes;
}
