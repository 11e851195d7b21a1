/**
 * Echo requests to all of us (RFC 792, RFC 4443 §4.1): identifier fixed per run, sequence counting, 32 or 56 bytes of
 * payload as Windows (abc…) or Linux (a time stamp, then 10 11 12 …) sends it.
 */
import { ICMP6_ECHO, ICMP_ECHO } from '@noroshi/wire/net/icmp.ts';
import type { Actor, Part } from '../actor.ts';
import { icmpFrame } from '../craft/frame.ts';
import { ascii } from '../craft/payload.ts';
import { Sweep } from '../craft/sweep.ts';

const WINDOWS_BODY = ascii('abcdefghijklmnopqrstuvwabcdefghi');
const LINUX_BODY = Uint8Array.from({ length: 56 }, (_, index) => (index < 16 ? 0 : index));

export const actors: readonly Actor[] = [
  {
    name: 'icmp-sweep',
    kind: 'horizontal-scan',
    sentence: 'ping sweep',
    weight: 2.5,
    nets: [4, 6],
    packets_typical: 300,
    span_s: [120, 43_200],
    perform,
  },
];

function perform(part: Part): ReturnType<Actor['perform']> {
  const { net } = part;
  const source = part.host();
  const isWindows = part.random.chance(0.4);
  const ttl = (isWindows ? 128 : 64) - part.hops();
  const template = icmpFrame(
    { net, ttl },
    net === 4 ? ICMP_ECHO : ICMP6_ECHO,
    0,
    isWindows ? WINDOWS_BODY : LINUX_BODY,
  );
  const identifier = part.random.half();
  const random = part.random.fork();
  const sweep = new Sweep(part.telescope, net, part.random.fork());
  let sequence = 0;
  const streams = part.stream((pen) => {
    pen.stamp(template).from(source).to(sweep.next()).id(random.half());
    pen.icmp.rest = (identifier << 16) | (sequence++ & 0xffff);
    pen.seal();
  });
  const profile = isWindows ? 'windows' : 'linux';
  return { detail: { subject: source.text, profile, protocol: net === 4 ? 'icmp' : 'icmpv6' }, streams };
}
