/**
 * Acknowledged research scanners: organisations that say who they are, from which addresses they scan, and why. They ask for
 * many ports from a few dozen hosts of one prefix, day and night. The organisations are invented; their prefixes lie in space of
 * large clouds (whose users come and go), so that countries resolve.
 * Headers: ZMap 3 (IP id 54321) and 4.1.1, masscan, or an operating system's own, as zmap.ts, masscan.ts and craft/kernel.ts have
 * them.
 */
import { TCP_SYN } from '@noroshi/wire/net/tcp.ts';
import type { Act, Actor, Part } from '../actor.ts';
import { type Template, tcpFrame } from '../craft/frame.ts';
import { portList } from '../craft/ports.ts';
import { Host, parsePrefix, type Prefix } from '../craft/prefix.ts';
import { Sweep } from '../craft/sweep.ts';
import { LINUX_OPTIONS, mss, WINDOWS_OPTIONS } from '../craft/tcp-options.ts';

export interface Organisation {
  readonly slug: string;
  readonly name: string;
  /** Where its scanners stand: one of each family at most. */
  readonly prefixes: readonly string[];
  /** Hosts of a prefix that scan, from its second address on. */
  readonly hosts: number;
  readonly ports: number;
  readonly tool: 'zmap-3' | 'zmap-4' | 'masscan' | 'kernel';
  /** Packet share relative to the other organisations. */
  readonly weight: number;
}

export const ORGANISATIONS: readonly Organisation[] = [
  {
    slug: 'exposure',
    name: 'Imaginary Exposure Index',
    prefixes: ['3.128.44.0/26', '2600:1f18:6e6f:726f::/64'],
    hosts: 60,
    ports: 400,
    tool: 'zmap-4',
    weight: 9,
  },
  {
    slug: 'census',
    name: 'Example Internet Census',
    prefixes: ['34.86.12.0/26'],
    hosts: 48,
    ports: 120,
    tool: 'zmap-3',
    weight: 7,
  },
  {
    slug: 'watch',
    name: 'Sample Vulnerability Watch',
    prefixes: ['52.28.9.0/26'],
    hosts: 40,
    ports: 60,
    tool: 'masscan',
    weight: 5,
  },
  {
    slug: 'notice',
    name: '架空の注意喚起調査',
    prefixes: ['52.192.4.0/26'],
    hosts: 32,
    ports: 24,
    tool: 'kernel',
    weight: 4,
  },
  {
    slug: 'university',
    name: 'Fictional University Measurement Group',
    prefixes: ['18.130.2.0/27'],
    hosts: 8,
    ports: 6,
    tool: 'zmap-4',
    weight: 3,
  },
  {
    slug: 'radar',
    name: 'Invented Cloud Radar',
    prefixes: ['52.47.9.0/27'],
    hosts: 16,
    ports: 200,
    tool: 'masscan',
    weight: 2,
  },
];

const SOURCE_PORTS = [32_768, 61_000] as const;
const ZMAP_ID = 54_321;

export const actors: readonly Actor[] = ORGANISATIONS.map((organisation) => ({
  name: `census-${organisation.slug}`,
  kind: 'research-scan',
  sentence: `acknowledged research scanner: ${organisation.name}`,
  weight: organisation.weight,
  only: 'world',
  nets: organisation.prefixes.some((prefix) => prefix.includes(':')) ? [4, 6] : [4],
  packets_typical: 20_000,
  span_s: [86_400, 86_400],
  perform: (part: Part) => perform(part, organisation),
}));

function perform(part: Part, organisation: Organisation): Act {
  const { net, telescope } = part;
  const { tool, ports: portCount } = organisation;
  const prefix = prefixOf(organisation, net);
  const ports = portList(part.random, portCount);
  const template = templateOf(part, tool);
  const random = part.random.fork();
  const sweep = new Sweep(telescope, net, part.random.fork());
  const source = new Host();
  const streams = part.stream((pen) => {
    const target = sweep.next();
    // The first ports of the list are the popular ones: half of the probes are for an eighth of them.
    const port = ports[Math.floor(ports.length * random.unit() ** 3)];
    const sequence = random.word();
    const id = tool === 'zmap-3' ? ZMAP_ID : tool === 'masscan' ? target.w3 ^ port ^ sequence : random.half();
    pen
      .stamp(template)
      .from(hostOf(prefix, 1 + random.below(organisation.hosts), source))
      .to(target)
      .id(id & 0xffff);
    pen.tcp.sourcePort = random.between(SOURCE_PORTS[0], SOURCE_PORTS[1]);
    pen.tcp.destinationPort = port;
    pen.tcp.sequence = sequence;
    pen.seal();
  });
  const detail = { subject: prefix.text, tool: tool.replace(/-.*/, ''), protocol: 'tcp', port_count: ports.length };
  return { streams, detail: { ...detail, source_count: organisation.hosts } };
}

function templateOf(part: Part, tool: Organisation['tool']): Template {
  const { net } = part;
  const shape = { net, flags: TCP_SYN };
  const hops = part.hops();
  if (tool === 'zmap-3') return tcpFrame({ ...shape, ttl: 255 - hops, window: 65_535, options: mss(1460) });
  if (tool === 'zmap-4') return tcpFrame({ ...shape, ttl: 64 - hops, window: 65_535, options: WINDOWS_OPTIONS });
  if (tool === 'masscan') return tcpFrame({ ...shape, ttl: 255 - hops, window: 1024 });
  return tcpFrame({ ...shape, ttl: 64 - hops, df: true, window: 64_240, options: LINUX_OPTIONS });
}

function prefixOf({ name, prefixes }: Organisation, net: 4 | 6): Prefix {
  const prefix = prefixes.map((text) => parsePrefix(text)).find((one) => one?.net === net);
  if (prefix === undefined) throw new TypeError(`Cannot place ${name}: no prefix of IPv${net}`);
  return prefix;
}

function hostOf({ net, words }: Prefix, number: number, host: Host): Host {
  const last = (words[3] + number) | 0;
  return net === 4 ? host.set4(last) : host.set6(words[0], words[1], words[2], last);
}
