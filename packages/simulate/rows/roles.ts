/**
 * Who sends rows: the usual kinds and sizes of senders, under the names that the packet simulator's actors have, with their shares
 * of the traffic. Attacks are counted by the day instead, and their strength is spread evenly over the orders of magnitude, so that
 * there are weak and strong ones whatever the telescope's size: where anybody can still see them is not known here.
 */
import type { Random } from '../craft/random.ts';
import type { EventKind } from '../truth.ts';
import {
  carpet,
  plainAnswers,
  reflection,
  strayAnswers,
  stuckServer,
  synFlood,
  ttlExceeded,
  udpFlood,
} from './answers.ts';
import { bogonOf, drawer, drizzle, fewPorts, misguidedPeers, somePorts, sweeper, vertical } from './probes.ts';
import type { Act, Birth } from './sender.ts';

export interface Role {
  readonly name: string;
  readonly kind: EventKind;
  /** Attacks: share of their number. Others: share of the packets. */
  readonly weight: number;
  /** First packets in a life at a telescope of REFERENCE_ADDRESSES; undefined for attacks, and for what is always there. */
  readonly size?: number;
  /** Seconds that a life lasts, spread evenly over the orders of magnitude; undefined: always there. */
  readonly life_s?: readonly [least: number, most: number];
  /** Answers only: what a program that reads no probes still wants. */
  readonly isAnswer?: true;
  /** Number by the day instead of share of the packets. */
  readonly isAttack?: true;
  readonly isPulsed?: true;
  /** First packets a minute, whatever the telescope's size: least and most. */
  readonly rate_pm?: readonly [least: number, most: number];
  readonly begin: (birth: Birth) => Act;
}

/** Sizes hold here; at other telescopes a sender is met more or less often. */
export const REFERENCE_ADDRESSES = 4096;

const HOUR_S = 3600;
const ATTACK = { isAttack: true, isAnswer: true, life_s: [20, 4 * HOUR_S] } as const;
const VICTIM = { ...ATTACK, kind: 'dos' } as const;
const BOT = { kind: 'bot', size: 120, life_s: [600, 12 * HOUR_S] } as const;
const RESEARCH = { kind: 'research-scan', size: 2000, life_s: [0.5 * HOUR_S, 24 * HOUR_S] } as const;
const SCAN = { kind: 'horizontal-scan', size: 400, life_s: [120, 6 * HOUR_S] } as const;

const MIRAI_PORTS = [23, 23, 23, 23, 23, 23, 23, 23, 23, 2323];
const VARIANTS = [[5555], [7547, 5555], [37_215, 52_869], [8080, 80, 81], [60_001], [22, 2222]];
const TELNET_PORTS = [23, 23, 23, 23, 2323, 26];
const one =
  (port: number) =>
  (_: Random): readonly number[] => [port];

export const ROLES: readonly Role[] = [
  { ...VICTIM, name: 'dos-syn', weight: 7, begin: synFlood },
  { ...VICTIM, name: 'dos-syn-pulsed', weight: 2, isPulsed: true, begin: synFlood },
  { ...VICTIM, name: 'dos-udp', weight: 2, begin: udpFlood },
  { ...VICTIM, name: 'dos-ttl', weight: 0.8, begin: ttlExceeded },
  { ...VICTIM, name: 'dos-echo', weight: 1.2, begin: (birth) => plainAnswers(birth, 'echo-reply', 'icmp', undefined) },
  { ...VICTIM, name: 'dos-dns', weight: 1, begin: (birth) => plainAnswers(birth, 'dns-failure', 'udp', 53) },
  { ...VICTIM, name: 'dos-ntp', weight: 0.5, begin: (birth) => plainAnswers(birth, 'ntp-answer', 'udp', 123) },
  { ...VICTIM, name: 'dos-quic', weight: 0.7, begin: (birth) => plainAnswers(birth, 'quic-retry', 'udp', 443) },
  { ...VICTIM, name: 'dos-carpet', weight: 1.5, life_s: [60, 4 * HOUR_S], begin: carpet },
  {
    ...ATTACK,
    name: 'reflection-tcp',
    kind: 'reflection',
    weight: 1.5,
    life_s: [60, HOUR_S],
    rate_pm: [20, 3000],
    begin: reflection,
  },
  {
    ...ATTACK,
    name: 'synack-scan',
    kind: 'synack-scan',
    weight: 1.5,
    life_s: [300, 4 * HOUR_S],
    rate_pm: [2, 1000],
    begin: (birth) =>
      sweeper(birth, { face: 'synack-scan', ports: fewPorts, tool: 'zmap', protocol: 'tcp', isAnswering: true }),
  },
  {
    ...ATTACK,
    name: 'stuck-server',
    kind: 'misconfiguration',
    weight: 2,
    life_s: [HOUR_S, 24 * HOUR_S],
    rate_pm: [0.1, 30],
    begin: stuckServer,
  },
  { name: 'stray-answers', kind: 'noise', weight: 2, isAnswer: true, begin: strayAnswers },
  {
    name: 'amplify-dns',
    kind: 'amplification',
    weight: 1.2,
    size: 500,
    life_s: [30, HOUR_S],
    begin: (birth) => drawer(birth, { face: 'dns-query', ports: [53], protocol: 'udp', hasOnePort: true }),
  },
  {
    name: 'amplify-ntp',
    kind: 'amplification',
    weight: 0.8,
    size: 500,
    life_s: [30, HOUR_S],
    begin: (birth) => drawer(birth, { face: 'ntp-monlist', ports: [123], protocol: 'udp', hasOnePort: true }),
  },
  { ...BOT, name: 'mirai', weight: 12, begin: bot('mirai', MIRAI_PORTS, 'mirai') },
  {
    ...BOT,
    name: 'mirai-variant',
    weight: 5,
    begin: (birth) =>
      drawer(birth, { face: 'mirai', ports: (random) => random.pick(VARIANTS), tool: 'mirai', hasOnePort: true }),
  },
  {
    ...BOT,
    name: 'telnet-bot',
    weight: 7,
    begin: (birth) => drawer(birth, { face: 'syn-embedded', ports: TELNET_PORTS, delays_s: [3, 9] }),
  },
  {
    ...BOT,
    name: 'smb-worm',
    weight: 6,
    begin: (birth) => drawer(birth, { face: 'syn-windows-7', ports: [445], delays_s: [3, 9] }),
  },
  {
    ...RESEARCH,
    name: 'zmap-2',
    weight: 9,
    begin: (birth) =>
      sweeper(birth, { face: 'zmap-2', ports: fewPorts, tool: 'zmap', protocol: 'tcp', region: 'cloud' }),
  },
  {
    ...RESEARCH,
    name: 'zmap-4.1.1-windows',
    weight: 14,
    begin: (birth) =>
      sweeper(birth, { face: 'zmap-windows', ports: fewPorts, tool: 'zmap', protocol: 'tcp', region: 'cloud' }),
  },
  {
    ...RESEARCH,
    name: 'masscan-1.3.2',
    weight: 12,
    begin: (birth) =>
      sweeper(birth, {
        face: 'masscan',
        ports: somePorts,
        tool: 'masscan',
        protocol: 'tcp',
        region: 'cloud',
        drawsPorts: true,
      }),
  },
  {
    ...SCAN,
    name: 'nmap',
    weight: 2,
    begin: (birth) => drawer(birth, { face: 'nmap', ports: somePorts, delays_s: [1], tool: 'nmap', hasOnePort: true }),
  },
  {
    ...SCAN,
    name: 'connect-linux',
    weight: 3,
    begin: (birth) => drawer(birth, { face: 'syn-linux', ports: fewPorts, delays_s: [1, 3, 7] }),
  },
  {
    ...SCAN,
    name: 'connect-windows',
    weight: 3,
    begin: (birth) => drawer(birth, { face: 'syn-windows', ports: fewPorts, delays_s: [1, 3, 7] }),
  },
  {
    ...SCAN,
    name: 'udp-snmp',
    weight: 7,
    life_s: [120, 12 * HOUR_S],
    begin: (birth) => sweeper(birth, { face: 'snmp', ports: one(161), protocol: 'udp' }),
  },
  {
    ...SCAN,
    name: 'icmp-sweep',
    weight: 2.5,
    life_s: [120, 12 * HOUR_S],
    begin: (birth) => sweeper(birth, { face: 'echo', ports: () => [], protocol: 'icmp' }),
  },
  {
    name: 'vertical-slow',
    kind: 'vertical-scan',
    weight: 1,
    size: 800,
    life_s: [HOUR_S, 24 * HOUR_S],
    begin: vertical,
  },
  {
    name: 'bittorrent-dht',
    kind: 'misconfiguration',
    weight: 2.5,
    size: 3000,
    life_s: [HOUR_S, 24 * HOUR_S],
    begin: misguidedPeers,
  },
  {
    name: 'bogon',
    kind: 'bogon',
    weight: 0.8,
    size: 40,
    life_s: [60, 2 * HOUR_S],
    begin: (birth) => drawer(birth, { face: 'bogon', ports: fewPorts, sourceOf: bogonOf }),
  },
  { name: 'drizzle', kind: 'noise', weight: 4, begin: drizzle },
];

function bot(face: 'mirai', ports: readonly number[], tool: string): (birth: Birth) => Act {
  return (birth) => drawer(birth, { face, ports, tool, hasOnePort: true });
}

const OUTBREAK_PORTS = [37_215, 52_869, 5555, 60_001, 7547, 9530, 34_567, 8291, 2375, 5985, 1433, 6379, 10_000];

/** Devices that all at once look for one port. `share` of all packets. */
export function outbreakRole(random: Random, share: number): Role {
  const ports = [random.pick(OUTBREAK_PORTS)];
  return {
    ...BOT,
    name: 'outbreak',
    weight: share,
    begin: (birth) => drawer(birth, { face: 'syn-outbreak', ports, tool: 'bot' }),
  };
}
