/**
 * ZMap's tcp_synscan, version by version (zmap/zmap: src/probe_modules/packet.c,
 * module_tcp_synscan.c, CHANGELOG.md). Window 65535 always. IP id 54321 up to 4.0, from 4.1.0 (2024-03-21) 16 bits of the
 * AES validation, random to us. TTL 255 at the source up to 4.1.0, 64 from 4.1.1 (2024-05-21). No options in 2.x, MSS in
 * 3.x, from 4.1 a profile: windows (the default), linux, bsd, smallest-probes. One packet per address and port.
 */
import { TCP_SYN } from '@noroshi/wire/net/tcp.ts';
import type { Actor, Part } from '../actor.ts';
import { tcpFrame } from '../craft/frame.ts';
import { portList } from '../craft/ports.ts';
import { Sweep } from '../craft/sweep.ts';
import { BSD_OPTIONS, LINUX_OPTIONS, mss, WINDOWS_OPTIONS } from '../craft/tcp-options.ts';

interface Release {
  readonly name: string;
  readonly version: string;
  readonly weight: number;
  readonly ttl: number;
  readonly options: readonly number[];
  /** Undefined: random to an observer. */
  readonly id?: number;
  readonly profile?: string;
}

const ID = 54_321;
const WINDOW = 65_535;
/** Default source ports (zmap/zmap: src/state.c). */
const SOURCE_PORTS = [32_768, 61_000] as const;

const RELEASES: readonly Release[] = [
  { name: 'zmap-2', version: '2.1.1', weight: 4, ttl: 255, options: [], id: ID },
  { name: 'zmap-3', version: '3.0.0', weight: 3, ttl: 255, options: mss(1460), id: ID },
  { name: 'zmap-4.1.0', version: '4.1.0', weight: 2, ttl: 255, options: WINDOWS_OPTIONS, profile: 'windows' },
  { name: 'zmap-4.1.1-windows', version: '4.1.1', weight: 10, ttl: 64, options: WINDOWS_OPTIONS, profile: 'windows' },
  { name: 'zmap-4.1.1-linux', version: '4.1.1', weight: 2, ttl: 64, options: LINUX_OPTIONS, profile: 'linux' },
  { name: 'zmap-4.1.1-bsd', version: '4.1.1', weight: 1, ttl: 64, options: BSD_OPTIONS, profile: 'bsd' },
  { name: 'zmap-4.1.1-smallest', version: '4.1.1', weight: 1, ttl: 64, options: mss(1460), profile: 'smallest-probes' },
];

export const actors: readonly Actor[] = RELEASES.map((release) => ({
  name: release.name,
  kind: 'research-scan',
  sentence: `ZMap ${release.version} SYN scan${release.profile === undefined ? '' : ` with the ${release.profile} options`}`,
  weight: release.weight,
  nets: [4],
  packets_typical: 800,
  span_s: [1800, 86_400],
  perform: (part: Part) => perform(part, release),
}));

function perform(part: Part, release: Release): ReturnType<Actor['perform']> {
  const { telescope, net } = part;
  const source = part.host('cloud');
  const ports = portList(part.random, part.random.between(1, 3));
  const ttl = release.ttl - part.hops();
  const template = tcpFrame({ net, ttl, flags: TCP_SYN, window: WINDOW, options: release.options });
  const random = part.random.fork();
  const sweep = new Sweep(telescope, net, part.random.fork());
  const streams = part.stream((pen) => {
    const port = ports[sweep.round % ports.length];
    pen
      .stamp(template)
      .from(source)
      .to(sweep.next())
      .id(release.id ?? random.half());
    pen.tcp.sourcePort = random.between(SOURCE_PORTS[0], SOURCE_PORTS[1]);
    pen.tcp.destinationPort = port;
    pen.tcp.sequence = random.word();
    pen.seal();
  });
  const { version, profile } = release;
  const swept = part.packets > telescope.addresses4 ? ports : ports.slice(0, 1);
  const detail = {
    subject: source.text,
    tool: 'zmap',
    version,
    ...(profile && { profile }),
    protocol: 'tcp',
    ports: swept,
  };
  return { detail, streams };
}
