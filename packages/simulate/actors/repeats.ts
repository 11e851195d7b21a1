/**
 * The benchmark's friendly case: a bounded set of flows, each met again and again, in trains of packets as floods and
 * retransmissions send them. A flow is a number whose hash gives its addresses and ports, so the set takes no memory.
 */
import { TCP_SYN } from '@noroshi/wire/net/tcp.ts';
import type { Act, Actor, Part } from '../actor.ts';
import { tcpFrame, udpFrame } from '../craft/frame.ts';
import { ascii } from '../craft/payload.ts';
import { Host } from '../craft/prefix.ts';
import { scramble } from '../craft/random.ts';
import { hashedHost } from '../craft/space.ts';
import { LINUX_OPTIONS } from '../craft/tcp-options.ts';

const FLOWS_MAX = 100_000;
/** How often a flow is met in a minute, at least. */
const REPEATS_MIN = 20;
/** Packets of one flow in a row. */
const TRAIN = 64;
const PORTS = [23, 80, 443, 22, 445, 3389, 8080, 5060];

export const actors: readonly Actor[] = [
  {
    name: 'repeats',
    kind: 'noise',
    sentence: 'a bounded set of flows, repeated many times a minute',
    weight: 1,
    only: 'repeats',
    nets: [4],
    packets_typical: 1e15,
    instances_max: 1,
    span_s: [1e9, 1e9],
    perform,
  },
];

function perform(part: Part): Act {
  const { telescope } = part;
  const perMinute = part.packets * Math.min(1, 60 / (part.end_s - part.start_s));
  const flows = Math.max(1, Math.min(FLOWS_MAX, Math.floor(perMinute / REPEATS_MIN)));
  const syn = tcpFrame({ net: 4, ttl: 50, df: true, flags: TCP_SYN, window: 64_240, options: LINUX_OPTIONS });
  const datagram = udpFrame({ net: 4, ttl: 50 }, ascii('noroshi-repeats!'));
  const salt = part.random.word();
  const random = part.random.fork();
  const source = new Host();
  const target = new Host();
  let flow = 0;
  let left = 0;
  const streams = part.stream((pen) => {
    if (left === 0) {
      flow = scramble(salt + random.below(flows));
      left = TRAIN;
    }
    left--;
    const other = scramble(flow + 1);
    const isTcp = (other & 7) !== 0;
    telescope.at4((((other >>> 8) * telescope.addresses4) / 2 ** 24) >>> 0, target);
    pen
      .stamp(isTcp ? syn : datagram)
      .from(hashedHost(flow, 4, source))
      .to(target)
      .id(random.half());
    const { tcp, udp } = pen;
    (isTcp ? tcp : udp).sourcePort = 1024 + (flow & 0x7fff);
    (isTcp ? tcp : udp).destinationPort = PORTS[(other >>> 3) & 7];
    if (isTcp) tcp.sequence = random.word();
    pen.seal();
  });
  return { streams, detail: { subject: '*', source_count: flows } };
}
