/**
 * TCP reflection (March 2020: SYN-ACKs of more than 70 million sources a day): somebody sends SYNs with
 * our address as forged source to servers everywhere; they answer, and repeat their SYN-ACKs. Very many sources, few of our
 * addresses; one event, not many victims.
 */
import { TCP_ACK, TCP_SYN } from '@noroshi/wire/net/tcp.ts';
import type { Act, Actor, Part } from '../actor.ts';
import { tcpFrame } from '../craft/frame.ts';
import { Host, parsePrefix } from '../craft/prefix.ts';
import { scramble } from '../craft/random.ts';
import { hashedHost } from '../craft/space.ts';
import { mss } from '../craft/tcp-options.ts';

const PORTS = [80, 443, 80, 443, 22, 25];
const TTLS = [64, 64, 64, 128, 255];
const REPEATS_S = [1, 3, 7];
const FLOWS_PER_REFLECTOR = 2;
/** Forged addresses lie in one block of this many. */
const BLOCK = 4;
const BLOCK_BITS = 30;

export const actors: readonly Actor[] = [
  {
    name: 'reflection-tcp',
    kind: 'reflection',
    sentence: 'SYN-ACKs of very many servers to few of us',
    weight: 2.5,
    attack: true,
    nets: [4],
    packets_typical: 8000,
    instances_max: 30,
    span_s: [60, 3600],
    perform,
  },
];

function perform(part: Part): Act {
  const { telescope, random } = part;
  const chosen = telescope.pick(random, 4, new Host());
  const isBlock = random.chance(0.5) && telescope.prefixes.every(({ net, bits }) => net === 6 || bits <= BLOCK_BITS);
  const subject = isBlock ? (parsePrefix(`${chosen.text}/${BLOCK_BITS}`)?.text ?? chosen.text) : chosen.text;
  const reflectors = Math.max(1, Math.ceil(part.flowsOf(1 + REPEATS_S.length) / FLOWS_PER_REFLECTOR));
  const salt = random.word();
  const port = random.pick(PORTS);
  const template = tcpFrame({ net: 4, df: true, flags: TCP_SYN | TCP_ACK, window: 64_240, options: mss(1460) });
  const streams = part.echoes([0, ...REPEATS_S], (flow) => {
    const source = new Host();
    const target = new Host();
    return (pen) => {
      const hash = scramble(salt + flow.below(reflectors));
      hashedHost(hash, 4, source);
      target.set4(isBlock ? (chosen.w3 & -BLOCK) | flow.below(BLOCK) : chosen.w3);
      pen
        .stamp(template)
        .from(source)
        .to(target)
        .ttl(TTLS[(hash >>> 5) % TTLS.length] - 5 - ((hash >>> 8) & 15));
      pen.tcp.sourcePort = port;
      pen.tcp.destinationPort = flow.between(1024, 65_535);
      pen.tcp.sequence = flow.word();
      pen.tcp.acknowledgement = flow.word();
      pen.seal();
    };
  });
  return {
    streams,
    detail: { subject, protocol: 'tcp', ports: [port], source_count: reflectors, answers: streams[0].packets },
  };
}
