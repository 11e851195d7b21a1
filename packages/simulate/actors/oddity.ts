/**
 * Packets that are whole, and odd: TTL 0, 1 or 255 on arrival, source = destination ("land", CVE-1999-0016), port 0, TCP
 * without flags or with all (nmap's null and xmas probes), the reserved IPv4 bit (RFC 3514), an urgent pointer from nowhere.
 */
import { IPV4_FLAG_RESERVED } from '@noroshi/wire/net/ipv4.ts';
import { TCP_ACK, TCP_FIN, TCP_PSH, TCP_SYN, TCP_URG } from '@noroshi/wire/net/tcp.ts';
import type { Act, Actor, Part } from '../actor.ts';
import { tcpFrame } from '../craft/frame.ts';
import type { Pen } from '../craft/pen.ts';
import { popularPort } from '../craft/ports.ts';
import type { Host } from '../craft/prefix.ts';

const ODDITIES: readonly { readonly name: string; readonly bend: (pen: Pen, target: Host) => void }[] = [
  { name: 'ttl-0', bend: (pen) => void pen.ttl(0) },
  { name: 'ttl-1', bend: (pen) => void pen.ttl(1) },
  { name: 'ttl-255', bend: (pen) => void pen.ttl(255) },
  { name: 'land', bend: (pen, target) => void pen.from(target) },
  {
    name: 'port-0',
    bend: (pen) => {
      pen.tcp.destinationPort = 0;
    },
  },
  {
    name: 'null',
    bend: (pen) => {
      pen.tcp.flags = 0;
    },
  },
  {
    name: 'xmas',
    bend: (pen) => {
      pen.tcp.flags = TCP_FIN | TCP_PSH | TCP_URG;
    },
  },
  {
    name: 'urgent',
    bend: (pen) => {
      pen.tcp.flags = TCP_ACK | TCP_URG;
      pen.tcp.urgent = 0xffff;
    },
  },
];
const RESERVED = {
  name: 'reserved-bit',
  bend: (pen: Pen) => {
    pen.ip4.fragment = IPV4_FLAG_RESERVED;
  },
};

export const actors: readonly Actor[] = [
  {
    name: 'oddity',
    kind: 'noise',
    sentence: 'whole but odd headers',
    weight: 0.5,
    nets: [4, 6],
    packets_typical: 30,
    instances_max: 60,
    span_s: [60, 7200],
    perform,
  },
];

function perform(part: Part): Act {
  const { net, random } = part;
  const oddity = random.pick(net === 4 ? [...ODDITIES, RESERVED] : ODDITIES);
  const source = part.host();
  const port = popularPort(random);
  const template = tcpFrame({ net, ttl: 64 - part.hops(), flags: TCP_SYN, window: 1024 });
  const streams = part.aimed(template, source, (pen, draws, target) => {
    pen.tcp.sourcePort = draws.between(1024, 65_535);
    pen.tcp.destinationPort = port;
    pen.tcp.sequence = draws.word();
    oddity.bend(pen, target);
    pen.seal();
  });
  const subject = oddity.name === 'land' ? '*' : source.text;
  return {
    streams,
    detail: { subject, profile: oddity.name, protocol: 'tcp', ports: [oddity.name === 'port-0' ? 0 : port] },
  };
}
