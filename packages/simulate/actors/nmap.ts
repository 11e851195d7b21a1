/**
 * nmap -sS (nmap/nmap: scan_engine_raw.cc). Window 1024, MSS 1460 and nothing else, TTL random 37 … 59 at
 * the source, IP id random per packet. The sequence number is a mask of the run, both halves XORed with the try number, so
 * for two SYNs of a run d = s₁ ^ s₂ has equal halves, at most 0xff. A try's source port is the base port plus the try number
 * (bit 0 of which says "ping": tries are 0, 2, 4). Unanswered probes are sent a second time.
 */
import { TCP_SYN } from '@noroshi/wire/net/tcp.ts';
import type { Actor, Part } from '../actor.ts';
import { portsDetail } from '../craft/detail.ts';
import { tcpFrame } from '../craft/frame.ts';
import { portList } from '../craft/ports.ts';
import { Host } from '../craft/prefix.ts';
import { mss } from '../craft/tcp-options.ts';

const WINDOW = 1024;
const TTL = [37, 59] as const;
const BASE_PORTS = [33_000, 65_279] as const;
const REPEATS_S = [1.1];

export const actors: readonly Actor[] = [
  {
    name: 'nmap',
    kind: 'horizontal-scan',
    sentence: 'nmap SYN scan of some ports, each probe sent twice',
    weight: 2,
    nets: [4, 6],
    packets_typical: 300,
    span_s: [60, 7200],
    perform,
  },
];

function perform(part: Part): ReturnType<Actor['perform']> {
  const { net, telescope } = part;
  const source = part.host();
  const ports = portList(part.random, part.random.between(1, 12));
  const hops = part.hops();
  const seqMask = part.random.word();
  const basePort = part.random.between(BASE_PORTS[0], BASE_PORTS[1]);
  const template = tcpFrame({ net, flags: TCP_SYN, window: WINDOW, options: mss(1460) });
  const streams = part.echoes([0, ...REPEATS_S], (flow, turn) => {
    const target = new Host();
    const random = part.random.fork();
    const attempt = turn << 1;
    return (pen) => {
      const ttl = random.between(TTL[0], TTL[1]) - hops;
      pen
        .stamp(template)
        .from(source)
        .to(telescope.pick(flow, net, target))
        .ttl(ttl)
        .id(random.half());
      pen.tcp.sourcePort = basePort + attempt;
      pen.tcp.destinationPort = flow.pick(ports);
      pen.tcp.sequence = seqMask ^ ((attempt << 16) | attempt);
      pen.seal();
    };
  });
  return { detail: { subject: source.text, tool: 'nmap', protocol: 'tcp', ...portsDetail(ports) }, streams };
}
