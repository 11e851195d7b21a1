/**
 * Mirai and its children (jgamblin/Mirai-Source-Code: mirai/bot/scanner.c). Sequence number =
 * destination address; TTL 64, no options; IP id random per packet; window random and source port random ≥ 1024, both fixed
 * for the life of a process. Port 23 in nine of ten probes, 2323 in the tenth. Variants keep the scanner and change ports.
 */
import { TCP_SYN } from '@noroshi/wire/net/tcp.ts';
import type { Actor, Part } from '../actor.ts';
import { tcpFrame } from '../craft/frame.ts';
import { Host } from '../craft/prefix.ts';
import type { Region } from '../craft/space.ts';

const TTL = 64;
const HOMES: readonly Region[] = ['asia', 'asia', 'latin-america', 'europe', 'africa'];
/** Ports that variants were seen on (NICTER and NPA reports name 5555, 7547, 37215, 52869, 8080, 80, 81, 60001, 22). */
const VARIANT_PORTS = [[5555], [7547, 5555], [37_215, 52_869], [8080, 80, 81], [60_001], [22, 2222], [23, 80, 8080]];

export const actors: readonly Actor[] = [
  {
    name: 'mirai',
    kind: 'bot',
    sentence: 'Mirai: 23/tcp and, once in ten, 2323/tcp',
    weight: 12,
    nets: [4],
    packets_typical: 60,
    span_s: [600, 43_200],
    perform: (part) => perform(part, [23, 23, 23, 23, 23, 23, 23, 23, 23, 2323], 'original'),
  },
  {
    name: 'mirai-variant',
    kind: 'bot',
    sentence: 'descendants of Mirai on other ports',
    weight: 5,
    nets: [4],
    packets_typical: 60,
    span_s: [600, 43_200],
    perform: (part) => perform(part, part.random.pick(VARIANT_PORTS), 'variant'),
  },
];

function perform(part: Part, draws: readonly number[], profile: string): ReturnType<Actor['perform']> {
  const source = part.host(part.random.pick(HOMES));
  const template = tcpFrame({ net: 4, ttl: TTL - part.hops(), flags: TCP_SYN, window: part.random.half() });
  const sourcePort = part.random.between(1024, 65_535);
  const random = part.random.fork();
  const target = new Host();
  const streams = part.stream((pen) => {
    part.telescope.pick(random, 4, target);
    pen.stamp(template).from(source).to(target).id(random.half());
    pen.tcp.sourcePort = sourcePort;
    pen.tcp.destinationPort = draws[random.below(draws.length)];
    pen.tcp.sequence = target.w3;
    pen.seal();
  });
  const ports = [...new Set(draws)];
  return { detail: { subject: source.text, tool: 'mirai', profile, protocol: 'tcp', ports }, streams };
}
