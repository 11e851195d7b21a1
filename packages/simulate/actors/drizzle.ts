/**
 * Packets without a story: each from another source to another of us (Internet background radiation, Pang et al. 2004). As
 * `unique` it is the benchmark's worst case: nearly every packet a flow of its own, TCP, UDP and echo requests.
 */
import { ICMP6_ECHO, ICMP_ECHO } from '@noroshi/wire/net/icmp.ts';
import { TCP_SYN } from '@noroshi/wire/net/tcp.ts';
import type { Act, Actor, Part } from '../actor.ts';
import { icmpFrame, tcpFrame, udpFrame } from '../craft/frame.ts';
import { ascii } from '../craft/payload.ts';
import { popularPort } from '../craft/ports.ts';
import { Host } from '../craft/prefix.ts';
import { forgeHost } from '../craft/space.ts';
import { mss } from '../craft/tcp-options.ts';

const TCP_SHARE = 0.75;
const UDP_SHARE = 0.2;
const SHAPE = {
  kind: 'noise',
  nets: [4, 6],
  packets_typical: 1e15,
  instances_max: 1,
  span_s: [1e9, 1e9],
  perform,
} as const;

export const actors: readonly Actor[] = [
  { ...SHAPE, name: 'drizzle', sentence: 'single packets of sources that never come again', weight: 4 },
  { ...SHAPE, name: 'unique', sentence: 'every packet a flow of its own', weight: 199, only: 'unique', nets: [4] },
  {
    ...SHAPE,
    name: 'unique-6',
    sentence: 'every packet a flow of its own, IPv6',
    weight: 1,
    only: 'unique',
    nets: [6],
  },
];

function perform(part: Part): Act {
  const { net } = part;
  const syn = tcpFrame({ net, flags: TCP_SYN, window: 65_535, options: mss(1460) });
  const datagram = udpFrame({ net }, ascii('noroshi-drizzle!'));
  const echo = icmpFrame({ net }, net === 4 ? ICMP_ECHO : ICMP6_ECHO, 0, ascii('0123456789abcdef'));
  const random = part.random.fork();
  const source = new Host();
  const target = new Host();
  const streams = part.stream((pen) => {
    const kind = random.unit();
    const template = kind < TCP_SHARE ? syn : kind < TCP_SHARE + UDP_SHARE ? datagram : echo;
    pen
      .stamp(template)
      .from(forgeHost(random, net, source))
      .to(part.telescope.pick(random, net, target));
    const bits = random.word();
    pen.id(bits & 0xffff).ttl(32 + ((bits >>> 16) & 31));
    if (template === echo) pen.icmp.rest = bits;
    else {
      const { tcp, udp } = pen;
      const isTcp = template === syn;
      (isTcp ? tcp : udp).sourcePort = 1024 + (bits & 0x7fff);
      (isTcp ? tcp : udp).destinationPort = popularPort(random);
      if (isTcp) tcp.sequence = random.word();
    }
    pen.seal();
  });
  return { streams, detail: { subject: '*' } };
}
