/**
 * Packets inside packets that somebody sends to us as if we were the tunnel's end: GRE (RFC 2784), IPv6 in IPv4 (RFC 4213
 * §3), VXLAN (RFC 7348). The inner packet is a whole SYN with its own correct checksums.
 */
import { ETHERNET_BYTES, ETHERTYPE_IPV4, EthernetView } from '@noroshi/wire/net/ethernet.ts';
import { PROTO_GRE, PROTO_IPV6, PROTO_UDP } from '@noroshi/wire/net/protocol.ts';
import { TCP_SYN } from '@noroshi/wire/net/tcp.ts';
import { GRE_BYTES, GreView, VXLAN_BYTES, VXLAN_PORT, VxlanView } from '@noroshi/wire/net/tunnel.ts';
import type { Act, Actor, Part } from '../actor.ts';
import { ipFrame, type Net, type Template, tcpFrame, udpFrame } from '../craft/frame.ts';
import { concat } from '../craft/payload.ts';
import { compose } from '../craft/pen.ts';
import { popularPort } from '../craft/ports.ts';
import { Host } from '../craft/prefix.ts';
import type { Random } from '../craft/random.ts';
import { settleHost } from '../craft/space.ts';
import { mss } from '../craft/tcp-options.ts';

const VNI_VALID = 0x08;
const SHAPE = { kind: 'noise', nets: [4], packets_typical: 40, instances_max: 40, span_s: [60, 7200] } as const;

export const actors: readonly Actor[] = [
  {
    ...SHAPE,
    name: 'tunnel-gre',
    sentence: 'GRE packets',
    weight: 0.3,
    perform: (part) => perform(part, PROTO_GRE, gre),
  },
  {
    ...SHAPE,
    name: 'tunnel-6in4',
    sentence: 'IPv6 in IPv4',
    weight: 0.3,
    perform: (part) => perform(part, PROTO_IPV6, sixInFour),
  },
  {
    ...SHAPE,
    name: 'tunnel-vxlan',
    sentence: 'VXLAN packets',
    weight: 0.3,
    perform: (part) => perform(part, PROTO_UDP, vxlan),
  },
];

function perform(part: Part, protocol: number, frameOf: (random: Random, ttl: number) => Template): Act {
  const source = part.host();
  const template = frameOf(part.random, 64 - part.hops());
  const isUdp = protocol === PROTO_UDP;
  const streams = part.aimed(template, source, (pen, draws) => {
    if (isUdp) {
      pen.udp.sourcePort = draws.between(49_152, 65_535);
      pen.udp.destinationPort = VXLAN_PORT;
    }
    pen.seal();
  });
  const names: Readonly<Record<number, string>> = { [PROTO_GRE]: 'gre', [PROTO_IPV6]: 'ipv6', [PROTO_UDP]: 'udp' };
  return {
    streams,
    detail: { subject: source.text, protocol: names[protocol] ?? '', ...(isUdp && { ports: [VXLAN_PORT] }) },
  };
}

function gre(random: Random, ttl: number): Template {
  const head = new Uint8Array(GRE_BYTES);
  new GreView().place(new DataView(head.buffer), 0, GRE_BYTES).type = ETHERTYPE_IPV4;
  return ipFrame({ net: 4, ttl }, PROTO_GRE, concat(head, innerSyn(random, 4)));
}

function sixInFour(random: Random, ttl: number): Template {
  return ipFrame({ net: 4, ttl }, PROTO_IPV6, innerSyn(random, 6));
}

function vxlan(random: Random, ttl: number): Template {
  const head = new Uint8Array(VXLAN_BYTES);
  const view = new VxlanView().place(new DataView(head.buffer), 0, VXLAN_BYTES);
  view.flags = VNI_VALID;
  view.vni = random.below(2 ** 24);
  const ethernet = new Uint8Array(ETHERNET_BYTES);
  new EthernetView().place(new DataView(ethernet.buffer), 0, ETHERNET_BYTES).type = ETHERTYPE_IPV4;
  return udpFrame({ net: 4, ttl }, concat(head, ethernet, innerSyn(random, 4)));
}

function innerSyn(random: Random, net: Net): Uint8Array {
  const template = tcpFrame({ net, flags: TCP_SYN, window: 64_240, options: mss(1400) });
  return compose(template, (pen) => {
    pen.from(settleHost(random, net, new Host())).to(settleHost(random, net, new Host()));
    pen.tcp.sourcePort = random.between(1024, 65_535);
    pen.tcp.destinationPort = popularPort(random);
    pen.tcp.sequence = random.word();
  });
}
