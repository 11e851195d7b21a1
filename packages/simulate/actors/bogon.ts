/**
 * Sources that cannot be on the Internet (RFC 6890, RFC 5771; ULA and documentation for IPv6): leaks from behind broken NAT
 * and careless forgers. 100.64/10 and 127/8 are among them because others forget them (corsaro 3 libcorsaro_filtering.c).
 */
import { TCP_SYN } from '@noroshi/wire/net/tcp.ts';
import type { Act, Actor, Part } from '../actor.ts';
import { tcpFrame, udpFrame } from '../craft/frame.ts';
import { ascii } from '../craft/payload.ts';
import { popularPort } from '../craft/ports.ts';
import { Host, hostMask, parsePrefix } from '../craft/prefix.ts';
import { LINUX_OPTIONS } from '../craft/tcp-options.ts';

const RANGES_4 = [
  '10.0.0.0/8',
  '192.168.0.0/16',
  '172.16.0.0/12',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '0.0.0.0/8',
  '192.0.2.0/24',
  '198.18.0.0/15',
  '203.0.113.0/24',
];
const RANGES_6 = ['fc00::/7', 'fe80::/10', '2001:db8::/32', '::/96'];

export const actors: readonly Actor[] = [
  {
    name: 'bogon',
    kind: 'bogon',
    sentence: 'private, loopback, multicast and other impossible sources',
    weight: 0.8,
    nets: [4, 6],
    packets_typical: 40,
    instances_max: 100,
    span_s: [60, 7200],
    perform,
  },
];

function perform(part: Part): Act {
  const { net, random } = part;
  const range = random.pick(net === 4 ? RANGES_4 : RANGES_6);
  const source = memberOf(part, range);
  const port = popularPort(random);
  const isTcp = random.chance(0.7);
  const shape = { net, ttl: 64 - part.hops() };
  const template = isTcp
    ? tcpFrame({ ...shape, flags: TCP_SYN, window: 64_240, options: LINUX_OPTIONS })
    : udpFrame(shape, ascii('hello'));
  const streams = part.aimed(template, source, (pen, draws) => {
    const { tcp, udp } = pen;
    (isTcp ? tcp : udp).sourcePort = draws.between(1024, 65_535);
    (isTcp ? tcp : udp).destinationPort = port;
    if (isTcp) tcp.sequence = draws.word();
    pen.seal();
  });
  return { streams, detail: { subject: source.text, profile: range, protocol: isTcp ? 'tcp' : 'udp', ports: [port] } };
}

function memberOf(part: Part, range: string): Host {
  const prefix = parsePrefix(range);
  if (prefix === undefined) throw new TypeError(`Cannot draw from ${range}: no prefix`);
  const { words, bits, net } = prefix;
  const start = net === 4 ? bits + 96 : bits;
  const [w0, w1, w2, w3] = words.map((word, index) => word | (part.random.word() & hostMask(start, index)));
  return net === 4 ? new Host().set4(w3) : new Host().set6(w0, w1, w2, w3);
}
