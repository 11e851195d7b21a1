/**
 * UDP datagrams in two fragments (RFC 791 §3.2; RFC 8200 §4.5: IPv6 has a header for it). The first holds the UDP header
 * and 24 bytes, the second the last 16; the checksum covers both, so neither packet's sum alone comes out right.
 */
import { addBytes } from '@noroshi/wire/net/checksum.ts';
import { IPV4_FLAG_MF } from '@noroshi/wire/net/ipv4.ts';
import { IPV6_FRAGMENT_BYTES, Ipv6ExtensionView } from '@noroshi/wire/net/ipv6.ts';
import { PROTO_FRAGMENT, PROTO_UDP } from '@noroshi/wire/net/protocol.ts';
import { UDP_BYTES, UdpView } from '@noroshi/wire/net/udp.ts';
import type { Act, Actor, Part, Writer } from '../actor.ts';
import { ipFrame, type Net, type Template } from '../craft/frame.ts';
import { ascii } from '../craft/payload.ts';
import { Host } from '../craft/prefix.ts';
import type { Random } from '../craft/random.ts';

const HEAD = ascii('first part of a datagram');
const TAIL = ascii('and its second..');
const TAIL_SUM = addBytes(new DataView(TAIL.buffer), 0, TAIL.length, 0);
const TAIL_OFFSET = (UDP_BYTES + HEAD.length) / 8;
/** The second fragment is 20 µs behind the first. */
const DELAY_S = 20e-6;

export const actors: readonly Actor[] = [
  {
    name: 'fragments',
    kind: 'noise',
    sentence: 'UDP datagrams in two fragments',
    weight: 0.5,
    nets: [4, 6],
    packets_typical: 40,
    instances_max: 60,
    span_s: [60, 7200],
    perform,
  },
];

function perform(part: Part): Act {
  const source = part.host();
  const port = part.random.pick([53, 123, 500, 4500, 1194]);
  const ttl = 64 - part.hops();
  const streams = part.echoes([0, DELAY_S], (flow, turn) =>
    writer(part, source, port, fragmentOf(part.net, ttl, turn), flow, turn),
  );
  return { streams, detail: { subject: source.text, protocol: 'udp', ports: [port] } };
}

function writer(part: Part, source: Host, port: number, template: Template, flow: Random, turn: number): Writer {
  const target = new Host();
  const udp = new UdpView();
  return (pen) => {
    const { net } = part;
    const idAt = pen.at + template.transportAt + 4;
    pen
      .stamp(template)
      .from(source)
      .to(part.telescope.pick(flow, net, target));
    const id = flow.half();
    if (net === 4) {
      pen.id(id);
      pen.ip4.fragment = turn === 0 ? IPV4_FLAG_MF : TAIL_OFFSET;
    } else pen.data.setInt32(idAt, id);
    const sourcePort = flow.between(1024, 65_535);
    if (turn === 0) {
      udp.place(pen.data, pen.transportAt + (net === 4 ? 0 : IPV6_FRAGMENT_BYTES), pen.end);
      udp.sourcePort = sourcePort;
      udp.destinationPort = port;
      pen.sealFragment(udp, TAIL_SUM, TAIL.length);
    } else pen.sealIp();
  };
}

function fragmentOf(net: Net, ttl: number, turn: number): Template {
  const part = turn === 0 ? new Uint8Array(UDP_BYTES + HEAD.length) : TAIL;
  if (turn === 0) {
    new UdpView().place(new DataView(part.buffer), 0, part.length).length = UDP_BYTES + HEAD.length + TAIL.length;
    part.set(HEAD, UDP_BYTES);
  }
  if (net === 4) return ipFrame({ net, ttl }, PROTO_UDP, part);
  const transport = new Uint8Array(IPV6_FRAGMENT_BYTES + part.length);
  transport.set(part, IPV6_FRAGMENT_BYTES);
  const header = new Ipv6ExtensionView().place(new DataView(transport.buffer), 0, transport.length);
  header.nextHeader = PROTO_UDP;
  header.setFragment(turn === 0 ? 0 : TAIL_OFFSET, turn === 0);
  return ipFrame({ net, ttl }, PROTO_FRAGMENT, transport);
}
