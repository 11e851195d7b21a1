/**
 * Packets that a reader must survive: cut by the capture, lying about a length, with a wrong checksum, with an IP version
 * that does not exist, or made of random bytes. Each instance knows one kind of damage and does it to every packet.
 */
import { TCP_SYN } from '@noroshi/wire/net/tcp.ts';
import type { Act, Actor, Part } from '../actor.ts';
import { tcpFrame } from '../craft/frame.ts';
import type { Pen } from '../craft/pen.ts';
import { popularPort } from '../craft/ports.ts';
import type { Random } from '../craft/random.ts';
import { LINUX_OPTIONS } from '../craft/tcp-options.ts';

type Harm = (pen: Pen, random: Random) => void;

const IP_AT = 14;
const HEADER_MIN = 14;

/** Each runs after the packet has been sealed. */
const HARMS: Readonly<Record<string, Harm>> = {
  'damage-snap': (pen, random) => {
    pen.keptBytes = random.between(HEADER_MIN, pen.wireBytes - 1);
  },
  'damage-length': (pen, random) => LIES[random.below(LIES.length)](pen, random),
  'damage-checksum': (pen, random) => {
    const isIp = random.chance(0.3) && pen.net === 4;
    if (isIp) pen.ip4.checksum = pen.ip4.checksum ^ (1 + random.below(0x7fff));
    else pen.tcp.checksum = pen.tcp.checksum ^ (1 + random.below(0x7fff));
  },
  'damage-version': (pen, random) => {
    const version = random.pick([0, 1, 2, 3, 5, 7, 8, 15]);
    pen.bytes[pen.at + IP_AT] = (version << 4) | (pen.bytes[pen.at + IP_AT] & 15);
  },
  'damage-random': (pen, random) => {
    for (let at = pen.at + IP_AT; at < pen.at + pen.wireBytes; at++) pen.bytes[at] = random.word() & 255;
  },
};

/** A total length beyond the frame, one inside the header; a TCP header longer than the packet, one shorter than possible. */
const LIES: readonly Harm[] = [
  (pen, random) => setNetLength(pen, random.between(200, 60_000)),
  (pen, random) => setNetLength(pen, random.between(1, 19)),
  (pen) => {
    pen.tcp.headerBytes = 60;
  },
  (pen, random) => {
    pen.tcp.headerBytes = 4 * random.below(5);
  },
];

export const actors: readonly Actor[] = Object.entries(HARMS).map(([name, harm]) => ({
  name,
  kind: 'damage',
  sentence: `SYNs, damaged: ${name.slice('damage-'.length)}`,
  weight: 0.15,
  nets: [4, 6],
  packets_typical: 40,
  instances_max: 20,
  span_s: [60, 7200],
  perform: (part: Part) => perform(part, name, harm),
}));

function perform(part: Part, name: string, harm: Harm): Act {
  const { net } = part;
  const source = part.host();
  const port = popularPort(part.random);
  const template = tcpFrame({ net, ttl: 64 - part.hops(), flags: TCP_SYN, window: 64_240, options: LINUX_OPTIONS });
  const streams = part.aimed(template, source, (pen, draws) => {
    pen.tcp.sourcePort = draws.between(1024, 65_535);
    pen.tcp.destinationPort = port;
    pen.tcp.sequence = draws.word();
    pen.seal();
    harm(pen, draws);
  });
  const bad = name === 'damage-checksum' ? { bad_checksums: part.packets } : {};
  return { streams, detail: { subject: name === 'damage-random' ? '*' : source.text, profile: name, ...bad } };
}

function setNetLength(pen: Pen, length: number): void {
  if (pen.net === 4) pen.ip4.totalLength = length;
  else pen.ip6.payloadLength = length;
}
