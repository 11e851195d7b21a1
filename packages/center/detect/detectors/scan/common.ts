/** What the detectors of scans share: figures, reasons, which rows ask, and what their confidence means. */
import { CLASS_PROBE } from '@noroshi/wire/classify/class.ts';
import { PROTO_TCP, PROTO_UDP } from '@noroshi/wire/net/protocol.ts';
import { TCP_SYN } from '@noroshi/wire/net/tcp.ts';
import type { FigureMeaning, Reason, Sentence } from '../../../ledger/sighting.ts';
import type { Detector } from '../../detector.ts';
import type { FlowBatch } from '../../flow-batch.ts';
import { serviceText } from '../sources/source-evidence.ts';
import { serviceOf } from '../sources/hour.ts';

export const FIGURES = {
  packets: {
    unit: 'packets',
    merge: 'sum',
    sentence: { ja: 'スキャンとみなしたパケット数。', en: 'Packets that were counted for the scan.' },
  },
  targets: {
    unit: 'addresses',
    merge: 'max',
    sentence: {
      ja: '一つの集計区間に触れた当方のアドレス数の最大。',
      en: 'Most of our addresses that were met in one window.',
    },
  },
  ports: {
    unit: 'ports',
    merge: 'max',
    sentence: { ja: '一つの集計区間に触れたポート数の最大。', en: 'Most ports that were asked in one window.' },
  },
} as const satisfies Record<string, FigureMeaning>;

/** Of sessions: a sighting tells of a session as a whole, so nothing is added up. */
export const SESSION_FIGURES = {
  ...FIGURES,
  packets: {
    unit: 'packets',
    merge: 'max',
    sentence: { ja: '最大の一続きの通信のパケット数。', en: 'Packets of its largest session.' },
  },
} as const satisfies Record<string, FigureMeaning>;

export const LEFT_OUT = {
  left_out: {
    ja: 'この集計区間では上限を超えたスキャンがあり、それらは記録していない。',
    en: 'More scans than a window has room for: so many others were left out.',
  },
} as const satisfies Record<string, Sentence>;

/** The reason that tells of scans without room; none when there are none. */
export function leftOut(scans: number): readonly Reason[] {
  return scans === 0 ? [] : [{ code: 'left_out', values: { scans } }];
}

/**
 * Laplace's rule of succession: of `count` things that were new one after the other, the next is new, too, with a probability of
 * (count + 1) ÷ (count + 2).
 */
export function successionOf(count: number): number {
  return (count + 1) / (count + 2);
}

const SUCCESSION: Sentence = {
  ja: 'ラプラスの継起則による、次の接触もまた新しい宛先(ポート)である確率 (k+1)/(k+2)。k は異なる宛先(ポート)の数。',
  en: 'Probability that its next contact is again a new one, by Laplace’s rule of succession: (k + 1) ÷ (k + 2) of k distinct ones.',
};

/** What our own detectors of scans have in common: the hours of the clock. */
export const HOURLY = {
  confidence: SUCCESSION,
  confirmed_at: 0.9,
  bin_minutes: 60,
  block_minutes: 60,
  warmup_minutes: 0,
  gap_minutes: 180,
  valid_days: 30,
} as const satisfies Partial<Detector>;

/** Published definitions know no probability. */
export const FULFILLED: Sentence = {
  ja: '1 は公表された定義を満たすことを示すのみで、確率ではない。',
  en: '1 says that the published definition is fulfilled; it is no probability.',
};

/** Whether the row asks something. */
export function isProbe(flows: FlowBatch, row: number): boolean {
  return flows.class[row] === CLASS_PROBE;
}

/** Whether the row asks for a TCP or UDP port. */
export function isPortProbe(flows: FlowBatch, row: number): boolean {
  const proto = flows.proto[row];
  return flows.class[row] === CLASS_PROBE && (proto === PROTO_TCP || proto === PROTO_UDP);
}

/** Packets a second over all of IPv4, of a source of which N addresses see so many packets in so long; a single moment has no bound. */
export function internetRate_pps(packets: number, duration_s: number, addresses: number): number {
  return addresses <= 0 ? 0 : (packets * 2 ** 32) / addresses / duration_s;
}

/** Whether the row opens a TCP connection. */
export function isSynProbe(flows: FlowBatch, row: number): boolean {
  return flows.class[row] === CLASS_PROBE && flows.proto[row] === PROTO_TCP && (flows.tcp_flags[row] & TCP_SYN) !== 0;
}

/** Protocol and port; of ICMP protocol and type. */
export function portKey(flows: FlowBatch, row: number): number {
  const service = serviceOf(flows, row);
  const proto = service >>> 16;
  return proto === PROTO_TCP || proto === PROTO_UDP || flows.icmp_type[row] === 0
    ? service
    : (proto << 16) | flows.icmp_type[row];
}

/** `23/tcp` of a {@link portKey}. */
export function portText(key: number): string {
  return serviceText(key >>> 16, key & 0xffff);
}
