/**
 * What makes the weeks differ: devices that all at once look for one port, because somebody found out what answers there. With
 * the mark of Mirai (mirai.ts) or without it, as bots of other families have it (bots.ts). Not in the cast of scenarios: a world
 * makes one for each of its outbreaks.
 */
import { TCP_SYN } from '@noroshi/wire/net/tcp.ts';
import type { Act, Actor, Part } from '../actor.ts';
import { tcpFrame } from '../craft/frame.ts';
import { Host } from '../craft/prefix.ts';
import type { Region } from '../craft/space.ts';
import { mss } from '../craft/tcp-options.ts';

const TTL = 64;
const MARKED_WINDOW_MIN = 1024;
const PLAIN_WINDOW = 14_600;

export interface Outbreak {
  readonly port: number;
  /** Whether the sequence number is the destination, as Mirai has it. */
  readonly isMarked: boolean;
  /** Where most of the devices stand. */
  readonly homes: readonly Region[];
}

export function outbreakActor({ port, isMarked, homes }: Outbreak): Actor {
  return {
    name: 'outbreak',
    kind: 'bot',
    sentence: 'devices that all look for one port',
    weight: 1,
    only: 'world',
    nets: [4],
    packets_typical: 60,
    span_s: [600, 172_800],
    perform: (part) => perform(part, port, isMarked, homes),
  };
}

function perform(part: Part, port: number, isMarked: boolean, homes: readonly Region[]): Act {
  const source = part.host(part.random.pick(homes));
  const window = isMarked ? part.random.between(MARKED_WINDOW_MIN, 65_535) : PLAIN_WINDOW;
  const template = tcpFrame({
    net: 4,
    ttl: TTL - part.hops(),
    flags: TCP_SYN,
    window,
    options: isMarked ? [] : mss(1460),
  });
  const random = part.random.fork();
  const target = new Host();
  const streams = part.stream((pen) => {
    part.telescope.pick(random, 4, target);
    pen.stamp(template).from(source).to(target).id(random.half());
    pen.tcp.sourcePort = random.between(1024, 65_535);
    pen.tcp.destinationPort = port;
    pen.tcp.sequence = isMarked ? target.w3 : random.word();
    pen.seal();
  });
  return {
    streams,
    detail: { subject: source.text, tool: isMarked ? 'mirai' : 'bot', protocol: 'tcp', ports: [port] },
  };
}
