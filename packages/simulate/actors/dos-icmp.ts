/**
 * Attacks that reach us as ICMP. A UDP flood on closed ports: the victim answers "port unreachable" (3/3; ICMPv6 1/4)
 * and quotes what it got. A flood that loops or dies on its way: many routers say "TTL exceeded" (11/0; ICMPv6 3/0), the
 * victim is the quoted destination. A ping flood: echo replies.
 */
import { ICMP6_ECHO_REPLY, ICMP_ECHO_REPLY, ICMP_TIME_EXCEEDED, ICMP_UNREACHABLE } from '@noroshi/wire/net/icmp.ts';
import { PROTO_TCP, PROTO_UDP } from '@noroshi/wire/net/protocol.ts';
import type { Act, Actor, Part } from '../actor.ts';
import { strength } from '../craft/attack.ts';
import { icmpFrame } from '../craft/frame.ts';
import { Host } from '../craft/prefix.ts';
import { errorFrame, Quote } from '../craft/quote.ts';
import { settleHost } from '../craft/space.ts';

const PORT_UNREACHABLE = 3;
const ICMP6_UNREACHABLE = 1;
const ICMP6_PORT_UNREACHABLE = 4;
const ICMP6_TIME_EXCEEDED = 3;
const ROUTERS = 64;
const UDP_PORTS = [53, 80, 123, 443, 3074, 5060, 9987, 25_565, 27_015];
const ECHO_BODY = Uint8Array.from({ length: 32 }, (_, index) => 0x61 + (index % 23));
const SHAPE = { kind: 'dos', attack: true, nets: [4, 6], packets_typical: 1000, span_s: [20, 14_400] } as const;

export const actors: readonly Actor[] = [
  { ...SHAPE, name: 'dos-udp', sentence: 'victims of UDP floods: port unreachable', weight: 2, perform: udpFlood },
  {
    ...SHAPE,
    name: 'dos-ttl',
    sentence: 'floods that die on the way: many routers, one victim',
    weight: 0.8,
    perform: ttlExceeded,
  },
  { ...SHAPE, name: 'dos-echo', sentence: 'victims of ping floods: echo replies', weight: 1.2, perform: echoReplies },
];

function udpFlood(part: Part): Act {
  const { net, telescope } = part;
  const victim = part.host();
  const port = part.random.pick(UDP_PORTS);
  const [type, code] = net === 4 ? [ICMP_UNREACHABLE, PORT_UNREACHABLE] : [ICMP6_UNREACHABLE, ICMP6_PORT_UNREACHABLE];
  const shape = { net, ttl: part.random.pick([64, 128, 255]) - part.hops(), type, code };
  const template = errorFrame(shape, PROTO_UDP, victim, part.random.between(30, 120));
  const random = part.random.fork();
  const quote = new Quote(net, PROTO_UDP);
  const target = new Host();
  const streams = part.stream((pen) => {
    telescope.pickUniform(random, net, target);
    pen.stamp(template).from(victim).to(target).id(random.half());
    quote.write(pen, target, port, random.word());
    pen.seal();
  });
  const detail = {
    subject: victim.text,
    protocol: 'udp',
    ports: [port],
    ...strength(part, part.packets, part.window()),
  };
  return { streams, detail };
}

function ttlExceeded(part: Part): Act {
  const { net, telescope } = part;
  const victim = part.host();
  const port = part.random.pick([80, 443]);
  const routers = Array.from({ length: ROUTERS }, () => settleHost(part.random, net, new Host()));
  const type = net === 4 ? ICMP_TIME_EXCEEDED : ICMP6_TIME_EXCEEDED;
  const template = errorFrame({ net, type, code: 0 }, PROTO_TCP, victim, 1);
  const random = part.random.fork();
  const quote = new Quote(net, PROTO_TCP);
  const target = new Host();
  const streams = part.stream((pen) => {
    telescope.pickUniform(random, net, target);
    const router = random.below(ROUTERS);
    pen
      .stamp(template)
      .from(routers[router])
      .to(target)
      .ttl(255 - 5 - (router % 20))
      .id(random.half());
    quote.write(pen, target, port, random.word());
    pen.seal();
  });
  const detail = {
    subject: victim.text,
    protocol: 'tcp',
    ports: [port],
    ...strength(part, part.packets, part.window()),
  };
  return { streams, detail: { ...detail, source_count: ROUTERS } };
}

function echoReplies(part: Part): Act {
  const { net, telescope } = part;
  const victim = part.host();
  const shape = { net, ttl: part.random.pick([64, 128, 255]) - part.hops() };
  const template = icmpFrame(shape, net === 4 ? ICMP_ECHO_REPLY : ICMP6_ECHO_REPLY, 0, ECHO_BODY);
  const random = part.random.fork();
  const target = new Host();
  const streams = part.stream((pen) => {
    pen
      .stamp(template)
      .from(victim)
      .to(telescope.pickUniform(random, net, target))
      .id(random.half());
    pen.icmp.rest = random.word();
    pen.seal();
  });
  const protocol = net === 4 ? 'icmp' : 'icmpv6';
  return { streams, detail: { subject: victim.text, protocol, ...strength(part, part.packets, part.window()) } };
}
