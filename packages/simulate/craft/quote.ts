/**
 * Error messages quote the packet that caused them: its IP header and at least eight bytes more (RFC 792; RFC 4443 §2.4 as
 * much as fits). Here: a forged UDP or TCP packet, "from" one of us, to the victim.
 */
import { addBytes, finish } from '@noroshi/wire/net/checksum.ts';
import { IPV4_BYTES, Ipv4View } from '@noroshi/wire/net/ipv4.ts';
import { IPV6_BYTES } from '@noroshi/wire/net/ipv6.ts';
import { type IpShape, icmpFrame, ipFrame, type Net, type Template } from './frame.ts';
import type { Pen } from './pen.ts';
import type { Host } from './prefix.ts';

const ICMP_HEAD_BYTES = 8;
const QUOTED_TRANSPORT_BYTES = 8;

/** An error whose quote is a packet to `victim` that arrived there with `quotedTtl`; the rest is filled in per packet. */
export function errorFrame(shape: IpShape, type: number, code: number, protocol: number, victim: Host, quotedTtl: number): Template {
  const quoted = ipFrame({ net: shape.net, ttl: quotedTtl }, protocol, new Uint8Array(QUOTED_TRANSPORT_BYTES));
  const body = quoted.bytes.slice(quoted.netAt, quoted.end);
  const data = new DataView(body.buffer);
  if (shape.net === 4) data.setInt32(16, victim.w3);
  else for (const [index, word] of [victim.w0, victim.w1, victim.w2, victim.w3].entries()) data.setInt32(24 + index * 4, word);
  return icmpFrame(shape, type, code, body);
}

/** Completes the quote at the pen: forged source (the receiver of the error), first eight transport bytes as two words. */
export class Quote {
  private readonly ip4 = new Ipv4View();
  private readonly net: Net;

  constructor(net: Net) {
    this.net = net;
  }

  write(pen: Pen, forged: Host, id: number, word0: number, word1: number): void {
    const at = pen.transportAt + ICMP_HEAD_BYTES;
    const { data } = pen;
    const transportAt = at + (this.net === 4 ? IPV4_BYTES : IPV6_BYTES);
    if (this.net === 4) {
      const ip = this.ip4.place(data, at, pen.end);
      ip.id = id;
      ip.source = forged.w3;
      ip.checksum = finish(addBytes(data, at, at + IPV4_BYTES, 0));
    } else {
      data.setInt32(at + 8, forged.w0);
      data.setInt32(at + 12, forged.w1);
      data.setInt32(at + 16, forged.w2);
      data.setInt32(at + 20, forged.w3);
    }
    data.setInt32(transportAt, word0);
    data.setInt32(transportAt + 4, word1);
  }
}
