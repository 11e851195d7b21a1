/**
 * A SYN-ACK scan is no victim, though flags alone say so: ZMap's tcp_synackscan (zmap/zmap:
 * src/probe_modules/module_tcp_synackscan.c) sends SYN-ACK with MSS to one destination port, every address once, from
 * many source ports; sequence and acknowledgement are both parts of the validation.
 */
import { TCP_ACK, TCP_SYN } from '@noroshi/wire/net/tcp.ts';
import type { Act, Actor, Part } from '../actor.ts';
import { tcpFrame } from '../craft/frame.ts';
import { popularPort } from '../craft/ports.ts';
import { Sweep } from '../craft/sweep.ts';
import { mss } from '../craft/tcp-options.ts';

const WINDOW = 65_535;
const SOURCE_PORTS = [32_768, 61_000] as const;

export const actors: readonly Actor[] = [
  {
    name: 'synack-scan',
    kind: 'synack-scan',
    sentence: "ZMap's SYN-ACK module: scanners, no victims",
    weight: 1.5,
    nets: [4],
    packets_typical: 1000,
    span_s: [300, 14_400],
    perform,
  },
];

function perform(part: Part): Act {
  const source = part.host('cloud');
  const port = popularPort(part.random);
  const template = tcpFrame({
    net: 4,
    ttl: 64 - part.hops(),
    flags: TCP_SYN | TCP_ACK,
    window: WINDOW,
    options: mss(1460),
  });
  const random = part.random.fork();
  const sweep = new Sweep(part.telescope, 4, part.random.fork());
  const streams = part.stream((pen) => {
    pen.stamp(template).from(source).to(sweep.next()).id(random.half());
    pen.tcp.sourcePort = random.between(SOURCE_PORTS[0], SOURCE_PORTS[1]);
    pen.tcp.destinationPort = port;
    pen.tcp.sequence = random.word();
    pen.tcp.acknowledgement = random.word();
    pen.seal();
  });
  return { streams, detail: { subject: source.text, tool: 'zmap', version: '4.1.1', protocol: 'tcp', ports: [port] } };
}
