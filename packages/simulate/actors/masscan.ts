/**
 * masscan (robertdavidgraham/masscan: src/templ-pkt.c). IP id = (destination ^ port ^ sequence) & 0xffff,
 * TTL 255 at the source. 1.3.2 (2021-01-31): no options, window 1024. HEAD since 4f89257 (2023-11-07): MSS 1460, window
 * bytes 04 01 = 1025. The sequence number is a SYN cookie: random to us, fixed per flow. Source ports: 16 in a row per run.
 */
import { TCP_SYN } from '@noroshi/wire/net/tcp.ts';
import type { Actor, Part } from '../actor.ts';
import { tcpFrame } from '../craft/frame.ts';
import { portList } from '../craft/ports.ts';
import { scramble } from '../craft/random.ts';
import { Sweep } from '../craft/sweep.ts';
import { mss } from '../craft/tcp-options.ts';
import { portsDetail } from '../craft/detail.ts';

interface Release {
  readonly name: string;
  readonly version: string;
  readonly window: number;
  readonly options: readonly number[];
}

const TTL = 255;
const SOURCE_PORTS = 16;
const RELEASES: readonly Release[] = [
  { name: 'masscan-1.3.2', version: '1.3.2', window: 1024, options: [] },
  { name: 'masscan-head', version: '1.3.9-integration', window: 1025, options: mss(1460) },
];

export const actors: readonly Actor[] = RELEASES.map((release) => ({
  name: release.name,
  kind: 'research-scan',
  sentence: `masscan ${release.version} SYN scan`,
  weight: 6,
  nets: release.name === 'masscan-head' ? [4, 6] : [4],
  packets_typical: 800,
  span_s: [600, 43_200],
  perform: (part: Part) => perform(part, release),
}));

function perform(part: Part, release: Release): ReturnType<Actor['perform']> {
  const { net } = part;
  const source = part.host('cloud');
  const ports = portList(part.random, part.random.between(1, 8));
  const { window, options, version } = release;
  const template = tcpFrame({ net, ttl: TTL - part.hops(), flags: TCP_SYN, window, options });
  const firstPort = part.random.between(40_000, 59_999);
  const entropy = part.random.word();
  const random = part.random.fork();
  const sweep = new Sweep(part.telescope, net, part.random.fork());
  const streams = part.stream((pen) => {
    const target = sweep.next();
    const port = ports[random.below(ports.length)];
    const cookie = scramble(target.w3 ^ Math.imul(port, 0x9e3779b1) ^ entropy);
    pen
      .stamp(template)
      .from(source)
      .to(target)
      .id((target.w3 ^ port ^ cookie) & 0xffff);
    pen.tcp.sourcePort = firstPort + (cookie & (SOURCE_PORTS - 1));
    pen.tcp.destinationPort = port;
    pen.tcp.sequence = cookie;
    pen.seal();
  });
  return {
    detail: { subject: source.text, tool: 'masscan', version, protocol: 'tcp', ...portsDetail(ports) },
    streams,
  };
}
