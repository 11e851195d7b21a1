/**
 * Merit's darknet events: packets of one source, port and traffic type with no silence longer than 624 s; ten destinations or more,
 * and a rate over all of IPv4, packets × 2³² ÷ N ÷ duration, of 10 packets a second or more. An event that met less than a tenth of
 * the telescope is small. Types and ports as its decoder has them (internal/decode). Merit makes events of answers as well (SYN-ACK, RST,
 * ICMP replies and errors): those tell of victims, and this is a detector of scans, so they are left out.
 *
 * What rows cost in exactness: flags of one row are an OR over its minute, so packets of one flow that differ in flags are one type;
 * silences: sessions.ts. Merit's `uniques` and `rate` are options; these are the values that its data are made with.
 */
import { CLASS_BACKSCATTER, CLASS_PROBE, CLASS_RESPONSE } from '@noroshi/wire/classify/class.ts';
import { PROTO_ICMP, PROTO_ICMP6, PROTO_TCP, PROTO_UDP } from '@noroshi/wire/net/protocol.ts';
import { TCP_ACK, TCP_SYN } from '@noroshi/wire/net/tcp.ts';
import type { Detector } from '../../detector.ts';
import type { FlowBatch } from '../../flow-batch.ts';
import { sourceEvidence } from '../sources/source-evidence.ts';
import { FULFILLED, internetRate_pps, LEFT_OUT, SESSION_FIGURES } from './common.ts';
import { type Definition, SESSION_BLOCK, SESSION_LIMITS, SessionRun } from './sessions.ts';

const IDLE_S = 624;
const TARGETS_MIN = 10;
const RATE_MIN_PPS = 10;
const SMALL_SHARE = 0.1;

/** Its traffic types, but for those that answer; names are ours. */
const TYPES = ['icmp-echo', 'icmp-other', 'tcp', 'tcp-ack', 'tcp-other', 'udp', 'unknown'] as const;
type Type = (typeof TYPES)[number];
const PORTLESS: ReadonlySet<Type> = new Set(['icmp-echo', 'icmp-other', 'unknown']);
const ICMP_ECHO = 8;
const ICMP6_ECHO = 128;

function meritType(flows: FlowBatch, row: number): Type {
  switch (flows.proto[row]) {
    case PROTO_ICMP:
      return flows.icmp_type[row] === ICMP_ECHO ? 'icmp-echo' : 'icmp-other';
    case PROTO_ICMP6:
      return flows.icmp_type[row] === ICMP6_ECHO ? 'icmp-echo' : 'icmp-other';
    case PROTO_TCP:
      return flows.tcp_flags[row] === TCP_SYN ? 'tcp' : flows.tcp_flags[row] === TCP_ACK ? 'tcp-ack' : 'tcp-other';
    case PROTO_UDP:
      return 'udp';
    default:
      return 'unknown';
  }
}

function isAnswer(flows: FlowBatch, row: number): boolean {
  return flows.class[row] === CLASS_BACKSCATTER || flows.class[row] === CLASS_RESPONSE;
}

const definition: Definition = {
  idle_s: IDLE_S,
  counts: (flows, row) => flows.class[row] >= CLASS_PROBE && !isAnswer(flows, row),
  key: (flows, row) => {
    const type = meritType(flows, row);
    return (TYPES.indexOf(type) << 16) | (PORTLESS.has(type) ? 0 : flows.service_port[row]);
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
  version: 2,
  theme: 'scan',
  sentence: {
    ja: 'Merit ORION の定義による走査イベント。応答によるものは除く。',
    en: 'A scan by Merit’s definition of an event: one source, port and type, 10 addresses, 10 packets a second. Answers are left out.',
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
