/**
 * A slow vertical scan: one source goes through the ports of one or two of our addresses, over hours, with a Linux stack
 * and, because it is patient, no retransmission.
 */
import { TCP_SYN } from '@noroshi/wire/net/tcp.ts';
import type { Actor, Part } from '../actor.ts';
import { tcpFrame } from '../craft/frame.ts';
import { LINUX } from '../craft/kernel.ts';
import { Host } from '../craft/prefix.ts';

const TARGETS_MAX = 2;

export const actors: readonly Actor[] = [
  {
    name: 'vertical-slow',
    kind: 'vertical-scan',
    sentence: 'one source, all ports of one or two addresses, slowly',
    weight: 1,
    nets: [4, 6],
    packets_typical: 400,
    span_s: [3600, 86_400],
    perform,
  },
];

function perform(part: Part): ReturnType<Actor['perform']> {
  const source = part.host();
  const count = part.random.between(1, TARGETS_MAX);
  const targets = Array.from({ length: count }, () => part.telescope.pick(part.random, part.net, new Host()));
  const { ttl, window, options } = LINUX;
  const template = tcpFrame({ net: part.net, ttl: ttl - part.hops(), df: true, flags: TCP_SYN, window, options });
  const random = part.random.fork();
  const first = random.between(1, 65_535);
  let probe = 0;
  const streams = part.stream((pen) => {
    pen
      .stamp(template)
      .from(source)
      .to(targets[probe % count])
      .id(random.half());
    pen.tcp.sourcePort = random.between(LINUX.ports[0], LINUX.ports[1]);
    pen.tcp.destinationPort = 1 + ((first + Math.floor(probe / count) * 7) % 65_535);
    pen.tcp.sequence = random.word();
    probe++;
    pen.seal();
  });
  return { detail: { subject: source.text, protocol: 'tcp', port_count: Math.ceil(part.packets / count) }, streams };
}
