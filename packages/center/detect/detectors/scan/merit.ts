/**
 * Merit's darknet events: packets of one source, port and traffic type with no silence longer than 624 s; ten destinations or more,
 * and a rate over all of IPv4, packets × 2³² ÷ N ÷ duration, of 10 packets a second or more. An event that met less than a tenth of
 * the telescope is small. Types and ports as its decoder has them (internal/decode): the source port of SYN-ACK and of RST alone, the
 * destination port of everything else, none of ICMP.
 *
 * What rows cost in exactness: flags of one row are an OR over its minute, so packets of one flow that differ in flags are one type;
 * silences: sessions.ts. Merit's `uniques` and `rate` are options; these are the values that its data are made with.
 */
import {
  CLASS_BACKSCATTER as BACKSCATTER,
  CLASS_PROBE,
  CLASS_RESPONSE as RESPONSE,
} from '@noroshi/wire/classify/class.ts';
import { PROTO_ICMP, PROTO_ICMP6, PROTO_TCP, PROTO_UDP } from '@noroshi/wire/net/protocol.ts';
import { TCP_ACK, TCP_RST, TCP_SYN } from '@noroshi/wire/net/tcp.ts';
import type { Detector } from '../../detector.ts';
import type { FlowBatch } from '../../flow-batch.ts';
import { sourceEvidence } from '../sources/source-evidence.ts';
import { FULFILLED, internetRate_pps, LEFT_OUT, SESSION_FIGURES } from './common.ts';
import { type Definition, SESSION_BLOCK, SESSION_LIMITS, SessionRun } from './sessions.ts';

const IDLE_S = 624;
const TARGETS_MIN = 10;
const RATE_MIN_PPS = 10;
const SMALL_SHARE = 0.1;

/** Traffic types, in the order of Merit's codes; names are ours. */
const TYPES = [
  'icmp-echo',
  'icmp-echo-reply',
  'icmp-unreachable',
  'icmp-quench',
  'icmp-redirect',
  'icmp-exceeded',
  'icmp-problem',
  'icmp-timestamp-reply',
  'icmp-information-reply',
  'icmp-mask-reply',
  'icmp-other',
  'tcp',
  'tcp-synack',
  'tcp-ack',
  'tcp-rst',
  'tcp-other',
  'udp',
  'unknown',
] as const;
const ICMP_OTHER = 10;
const UDP = 16;
const UNKNOWN = 17;
const ICMP_TYPES: Readonly<Record<number, number>> = {
  8: 0,
  0: 1,
  3: 2,
  4: 3,
  5: 4,
  11: 5,
  12: 6,
  14: 7,
  16: 8,
  18: 9,
};
const ICMP6_TYPES: Readonly<Record<number, number>> = { 128: 0, 129: 1, 1: 2, 137: 4, 3: 5, 4: 6 };
const TCP_FLAG_TYPES: Readonly<Record<number, number>> = {
  [TCP_SYN]: 11,
  [TCP_SYN | TCP_ACK]: 12,
  [TCP_ACK]: 13,
  [TCP_RST]: 14,
};
const TCP_OTHER = 15;
const TCP_SYNACK = 12;
const TCP_RST_ALONE = 14;

/** Traffic type of a row, a place in TYPES. */
function meritType(flows: FlowBatch, row: number): number {
  switch (flows.proto[row]) {
    case PROTO_ICMP:
      return ICMP_TYPES[flows.icmp_type[row]] ?? ICMP_OTHER;
    case PROTO_ICMP6:
      return ICMP6_TYPES[flows.icmp_type[row]] ?? ICMP_OTHER;
    case PROTO_TCP:
      return TCP_FLAG_TYPES[flows.tcp_flags[row]] ?? TCP_OTHER;
    case PROTO_UDP:
      return UDP;
    default:
      return UNKNOWN;
  }
}

function portOf(flows: FlowBatch, row: number, type: number): number {
  if (type < TYPES.indexOf('tcp') || type === UNKNOWN) return 0;
  const isOfSource = type === TCP_SYNACK || type === TCP_RST_ALONE;
  // A row's service port is the source port of what answers.
  const name = flows.class[row];
  const answers = name === BACKSCATTER || name === RESPONSE;
  return isOfSource === answers ? flows.service_port[row] : flows.client_port_min[row];
}

const definition: Definition = {
  idle_s: IDLE_S,
  counts: (flows, row) => flows.class[row] >= CLASS_PROBE,
  key: (flows, row) => {
    const type = meritType(flows, row);
    return (type << 16) | portOf(flows, row, type);
  },
  port: () => 0,
  countsPorts: false,
  aspect: (key) => `${key & 0xffff}/${TYPES[key >>> 16]}`,
  judge: ({ packets, targets, duration_s, addresses }) => {
    const rate_pps = internetRate_pps(packets, duration_s, addresses);
    if (targets < TARGETS_MIN || !(rate_pps >= RATE_MIN_PPS)) return undefined;
    return {
      confidence: 1,
      reasons: [
        { code: 'event', values: { targets, rate_pps: Number.isFinite(rate_pps) ? Math.round(rate_pps) : 0 } },
        ...(targets < addresses * SMALL_SHARE ? [{ code: 'small' }] : []),
      ],
    };
  },
  limits: SESSION_LIMITS,
};

export const merit: Detector = {
  id: 'scan/merit',
  version: 1,
  theme: 'scan',
  sentence: {
    ja: 'Merit ORION の定義による暗黒網イベント。',
    en: 'An event of the darknet by Merit’s definition: one source, port and type, 10 addresses, 10 packets a second.',
  },
  references: [
    {
      name: 'Merit darknet-events',
      where: 'Merit-Research/darknet-events README.md, internal/annotate, internal/decode',
    },
  ],
  confidence: FULFILLED,
  confirmed_at: 1,
  ...SESSION_BLOCK,
  reasons: {
    event: {
      ja: '10以上の宛先と、全 IPv4 換算で毎秒10以上のパケット(瞬時の場合は0)。',
      en: 'Ten targets or more; packets a second over all of IPv4, 0 for a single moment.',
    },
    small: { ja: '観測網の一割未満。', en: 'Met less than a tenth of the telescope.' },
    ...LEFT_OUT,
  },
  figures: SESSION_FIGURES,
  appliesTo: ({ exposure }) => exposure.addresses >= 1,
  start: () => new SessionRun(definition),
  evidence: sourceEvidence,
};
