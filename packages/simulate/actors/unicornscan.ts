/**
 * unicornscan (IFGHou/Unicornscan: TCPHASHTRACK). Window 4096; sequence = key ^ destination ^
 * ((port << 16) + source port), where the destination is read as the host's own integer: on x86 its bytes are reversed.
 * So seq ^ destination ^ ((port << 16) + source port) is the run's key in one byte order of the destination.
 */
import { TCP_SYN } from '@noroshi/wire/net/tcp.ts';
import type { Actor, Part } from '../actor.ts';
import { portsDetail } from '../craft/detail.ts';
import { tcpFrame } from '../craft/frame.ts';
import { portList } from '../craft/ports.ts';
import { Sweep } from '../craft/sweep.ts';

const WINDOW = 4096;
const TTL = 64;

export const actors: readonly Actor[] = [
  {
    name: 'unicornscan',
    kind: 'horizontal-scan',
    sentence: 'unicornscan SYN scan, from x86 or a big-endian machine',
    weight: 0.7,
    nets: [4],
    packets_typical: 300,
    span_s: [60, 7200],
    perform,
  },
];

function perform(part: Part): ReturnType<Actor['perform']> {
  const source = part.host();
  const ports = portList(part.random, part.random.between(1, 4));
  const isReversed = part.random.chance(0.8);
  const key = part.random.word();
  const template = tcpFrame({ net: 4, ttl: TTL - part.hops(), df: true, flags: TCP_SYN, window: WINDOW });
  const random = part.random.fork();
  const sweep = new Sweep(part.telescope, 4, part.random.fork());
  const streams = part.stream((pen) => {
    const target = sweep.next();
    const port = ports[random.below(ports.length)];
    const sourcePort = random.between(1025, 65_535);
    pen.stamp(template).from(source).to(target).id(random.half());
    pen.tcp.sourcePort = sourcePort;
    pen.tcp.destinationPort = port;
    pen.tcp.sequence = key ^ (isReversed ? reversed(target.w3) : target.w3) ^ ((port << 16) + sourcePort);
    pen.seal();
  });
  const profile = isReversed ? 'little-endian' : 'big-endian';
  return {
    detail: { subject: source.text, tool: 'unicornscan', profile, protocol: 'tcp', ...portsDetail(ports) },
    streams,
  };
}

function reversed(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}
