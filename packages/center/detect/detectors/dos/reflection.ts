/**
 * Reflection: somebody sends requests to servers everywhere with our addresses as source, and they answer us. Very many sources, few of
 * our addresses. One finding for the telescope and service; none of the servers is a victim, and our addresses are not named.
 *
 * Our addresses are compared with each other: what forged.ts finds to be forged has heard far more sources within five minutes
 * than the others. Where all of ours are forged evenly there is nothing to compare with: then dos/victim raises its thresholds
 * (background.ts) and nothing is told here.
 */
import type { Sighting } from '../../../ledger/sighting.ts';
import { type Detector, NOTHING_SEEN, type Run } from '../../detector.ts';
import type { FlowBatch } from '../../flow-batch.ts';
import { addressWord, attackedPort, attackedProtocol, serviceName } from './answers.ts';
import { HIGH, LOW, MEDIUM } from './confidence.ts';
import { evidenceOf } from './evidence.ts';
import { Forged } from './forged.ts';
import { Pairs, WINDOW_MINUTES } from './pairs.ts';
import { inOrder } from './sighting.ts';
import { WordSet } from './word-set.ts';

/** Sources and addresses of a service that are told apart in a minute. */
const SOURCES_MAX = 1 << 21;
const TARGETS_MAX = 1 << 16;
/** A service takes part with so many sources in the last minutes, and this share of all that answer forged addresses. */
const SOURCES_LEAST = 12;
const SHARE_LEAST = 0.2;
/** Services that are remembered from minute to minute. */
const SERVICES_MAX = 1024;
const SOURCES_MEDIUM = 30;
const SOURCES_HIGH = 200;
const MINUTE_MS = 60_000;

export const reflection: Detector = {
  id: 'dos/reflection',
  version: 1,
  theme: 'dos',
  sentence: {
    ja: '当観測網のアドレスを送信元に詐称した反射（多数のサーバーから少数のアドレスへの応答）',
    en: 'Reflection in our name: very many servers answer few of our addresses.',
  },
  references: [
    { name: 'NICTER 2020', where: 'SYN-ACK storms of more than 70 million sources a day, March 2020' },
    { name: 'Bock 2021', where: 'Weaponizing Middleboxes for TCP Reflected Amplification, USENIX Security 2021' },
  ],
  confidence: {
    ja: '反射である確率。1 分の送信元が 30 未満 0.7、200 未満 0.9、それ以上 0.98。',
    en: 'Probability that our addresses are forged: 0.7 below 30 sources in the minute, 0.9 below 200, 0.98 from there on.',
  },
  confirmed_at: MEDIUM,
  bin_minutes: 1,
  block_minutes: 360,
  warmup_minutes: 10,
  gap_minutes: 15,
  valid_days: 30,
  reasons: {
    few_of_ours: {
      ja: '少数の観測アドレスが、他より桁違いに多くの送信元から応答を受けている',
      en: 'Few of our addresses heard far more sources than the others within five minutes.',
    },
  },
  figures: {
    packets: { unit: 'packets', merge: 'sum', sentence: { ja: '届いた応答パケット', en: 'Answers that reached us.' } },
    sources: {
      unit: 'addresses',
      merge: 'max',
      sentence: { ja: '1 分間に応答した送信元の最大数', en: 'Different servers that answered, in the busiest minute.' },
    },
    targets: {
      unit: 'addresses',
      merge: 'max',
      sentence: { ja: '詐称された観測アドレスの数', en: 'Addresses of ours that are forged.' },
    },
  },
  appliesTo: ({ exposure }) => exposure.addresses > 0 || exposure.networks64 > 0,
  start: () => begin(),
  evidence: evidenceOf,
};

function begin(): Run {
  const pairs = new Pairs();
  const shares = new Shares();
  let base_ms: number | undefined;
  return {
    step(bin) {
      base_ms ??= bin.minute_ms - MINUTE_MS;
      pairs.take(bin.flows, (bin.minute_ms - base_ms) / MINUTE_MS);
      const forged = Forged.of(pairs, bin.exposure.addresses);
      if (forged.isEmpty) return NOTHING_SEEN;
      const services = servicesOf(bin.flows, forged);
      const kept = shares.most(services, bin.minute_ms);
      return { sightings: inOrder(kept.map(([key, service]) => ofService(key, service, bin.minute_ms))) };
    },
  };
}

class Service {
  packets = 0;
  first_us = Number.POSITIVE_INFINITY;
  last_us = 0;
  readonly sources = new WordSet(SOURCES_MAX);
  readonly targets = new WordSet(TARGETS_MAX);

  add(flows: FlowBatch, row: number, target: number): void {
    this.packets += flows.packets[row];
    this.first_us = Math.min(this.first_us, flows.first_us[row]);
    this.last_us = Math.max(this.last_us, flows.first_us[row] + flows.duration_us[row]);
    this.sources.add(addressWord(flows.src, row * 4));
    this.targets.add(target);
  }
}

type Services = ReadonlyMap<number, Service>;

/** What forged addresses hear, by protocol and port. */
function servicesOf(flows: FlowBatch, forged: Forged): Services {
  const services = new Map<number, Service>();
  for (let row = 0; row < flows.rows; row++) {
    const proto = attackedProtocol(flows, row);
    if (proto === 0) continue;
    const target = addressWord(flows.dst, row * 4);
    if (!forged.has(target)) continue;
    const key = proto * 65_536 + attackedPort(flows, row);
    let service = services.get(key);
    if (service === undefined) {
      if (services.size === SERVICES_MAX) continue;
      services.set(key, (service = new Service()));
    }
    service.add(flows, row, target);
  }
  return services;
}

/** Sources of services over the last minutes: what is reflected has most of them, what strays along has not. */
class Shares {
  private readonly minutes: { readonly minute_ms: number; readonly sources: ReadonlyMap<number, number> }[] = [];

  /** Services of this minute that take part. */
  most(services: Services, minute_ms: number): [number, Service][] {
    const sources = new Map([...services].map(([key, service]) => [key, service.sources.count]));
    this.minutes.push({ minute_ms, sources });
    while (this.minutes[0].minute_ms <= minute_ms - WINDOW_MINUTES * MINUTE_MS) this.minutes.shift();
    const sums = new Map<number, number>();
    let all = 0;
    for (const minute of this.minutes) {
      for (const [key, count] of minute.sources) {
        sums.set(key, (sums.get(key) ?? 0) + count);
        all += count;
      }
    }
    const least = Math.max(SOURCES_LEAST, all * SHARE_LEAST);
    return [...services].filter(([key]) => (sums.get(key) ?? 0) >= least);
  }
}

function ofService(key: number, service: Service, minute_ms: number): Sighting {
  const { packets, sources, targets, first_us, last_us } = service;
  const figures = { packets, sources: sources.count, targets: targets.count };
  return {
    subject: { kind: 'telescope', value: '*' },
    aspect: serviceName(Math.floor(key / 65_536), key % 65_536),
    bin_ms: minute_ms,
    first_ms: minute_ms + Math.floor(first_us / 1000),
    last_ms: minute_ms + Math.min(MINUTE_MS - 1, Math.floor(last_us / 1000)),
    confidence: sources.count >= SOURCES_HIGH ? HIGH : sources.count >= SOURCES_MEDIUM ? MEDIUM : LOW,
    reasons: [{ code: 'few_of_ours', values: { sources: figures.sources, targets: figures.targets } }],
    figures,
  };
}
