/**
 * Carpet bombing: the attack is spread over a whole /24 (IPv6: over the low addresses of a /64), so that no single victim
 * looks attacked. Open ports answer SYN-ACK, closed ones RST+ACK; which one is a property of the address.
 */
import { TCP_ACK, TCP_RST, TCP_SYN } from '@noroshi/wire/net/tcp.ts';
import type { Act, Actor, Part } from '../actor.ts';
import { strength } from '../craft/attack.ts';
import { tcpFrame } from '../craft/frame.ts';
import { Host, parsePrefix } from '../craft/prefix.ts';
import { mss } from '../craft/tcp-options.ts';

const VICTIMS = 256;
/** One address in so many has the port open. */
const OPEN_EVERY = 3;

export const actors: readonly Actor[] = [
  {
    name: 'dos-carpet',
    kind: 'dos',
    sentence: 'carpet bombing of a whole /24',
    weight: 1.5,
    attack: true,
    nets: [4, 6],
    packets_typical: 2000,
    instances_max: 50,
    span_s: [60, 14_400],
    perform,
  },
];

function perform(part: Part): Act {
  const { net, telescope } = part;
  const base = part.host();
  const subject = parsePrefix(`${base.text}/${net === 4 ? 24 : 64}`)?.text ?? base.text;
  const shape = { net, ttl: 64 - part.hops(), df: true };
  const open = tcpFrame({ ...shape, flags: TCP_SYN | TCP_ACK, window: 64_240, options: mss(1460) });
  const closed = tcpFrame({ ...shape, flags: TCP_RST | TCP_ACK, window: 0 });
  const port = part.random.pick([80, 443, 53]);
  const random = part.random.fork();
  const victim = new Host();
  const target = new Host();
  const streams = part.stream((pen) => {
    const last = random.below(VICTIMS);
    if (net === 4) victim.set4((base.w3 & ~255) | last);
    else victim.set6(base.w0, base.w1, 0, last);
    const isOpen = last % OPEN_EVERY === 0;
    pen
      .stamp(isOpen ? open : closed)
      .from(victim)
      .to(telescope.pickUniform(random, net, target));
    pen.tcp.sourcePort = port;
    pen.tcp.destinationPort = random.between(1024, 65_535);
    if (isOpen) pen.tcp.sequence = random.word();
    pen.tcp.acknowledgement = random.word();
    pen.seal();
  });
  const detail = { subject, profile: 'carpet', protocol: 'tcp', ports: [port], source_count: VICTIMS };
  return { streams, detail: { ...detail, ...strength(part, part.packets, part.window()) } };
}
