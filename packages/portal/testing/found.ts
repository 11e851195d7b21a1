/** What the fake center found: victims, findings, classes of sources. Always the same at the same time. */
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import type {
  DetectorsShape,
  FindingDetailShape,
  FindingShape,
  FindingsShape,
  SentenceShape,
  SourceClassesShape,
  VictimDetailShape,
  VictimShape,
  VictimsShape,
} from '@noroshi/wire/api/finding.ts';
import type { Period } from '@noroshi/wire/api/figures.ts';
import { noise, wave } from './noise.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** A name that would run as a script if it were ever taken for markup. */
const HOSTILE = '<img src=x onerror="globalThis.hacked=1">';

const iso = (ms: number): string => new Date(ms).toISOString();
const both = (en: string, ja: string): SentenceShape => ({ ja, en });

const VICTIM = both(
  'Answers to forged requests: a flood hits this address.',
  '詐称された要求への応答。攻撃を受けています。',
);
const SURE = both(
  'The probability that the answers come from a flood with forged senders.',
  '応答が、送信元を詐称した攻撃によるものである確率。',
);

type Drawn = readonly [address: string, name: string | null, country: string, service: string, pps: number | null];

const DRAWN: readonly Drawn[] = [
  ['198.51.100.77', 'Ember Networks', 'JP', 'tcp/443', 184_230],
  ['203.0.113.9', HOSTILE, 'DE', 'tcp/80', 23_870],
  ['2001:db8:7:1::50', 'Example IPv6', 'FR', 'tcp/443', null],
  ['192.0.2.200', 'Example Hosting', 'US', 'tcp/22', 4120],
  ['203.0.113.211', null, 'unknown', 'udp/53', 1633],
  ['198.51.100.4', 'Example Telecom', 'BR', 'tcp/25565', 871],
];
/** So many are under attack now. */
const OPEN = 3;

function idOf(index: number): string {
  return `0f8fad5b-d9cb-569f-a165-${String(index).padStart(12, '0')}`;
}

function rates(pps: number | null) {
  return {
    attack_pps: pps,
    attack_pps_low: pps === null ? null : pps * 0.83,
    attack_pps_high: pps === null ? null : pps * 1.21,
  };
}

export class Found {
  private readonly now_ms: number;
  private readonly feed: FeedName;
  private readonly watermark: string;
  /** Nobody is or was under attack. */
  isQuiet = false;

  constructor(now_ms: number, feed: FeedName) {
    this.now_ms = now_ms;
    this.feed = feed;
    this.watermark = iso(now_ms - MINUTE_MS);
  }

  victims(isOpen: boolean, period: Period, limit: number): VictimsShape {
    const all = this.isQuiet
      ? []
      : DRAWN.slice(0, isOpen ? OPEN : DRAWN.length).map((_, index) => this.victimAt(index));
    return {
      feed: this.feed,
      from: iso(isOpen ? this.now_ms - 3 * HOUR_MS : period.from_ms),
      to: iso(isOpen ? this.now_ms : period.to_ms),
      total: all.length,
      is_complete: true,
      victims: all.slice(0, limit),
      watermark: this.watermark,
    };
  }

  victim(address: string): VictimDetailShape | undefined {
    const index = DRAWN.findIndex(([one]) => one === address);
    if (index < 0 || this.isQuiet) return undefined;
    const { from_ms, to_ms } = this.times(index);
    const pps = DRAWN[index][4];
    const timeline = Array.from({ length: (to_ms - from_ms) / MINUTE_MS }, (_, minute) => {
      const size = 1 + 0.6 * noise(index, minute) + Math.sin(minute / 20) / 3;
      const point = rates(pps === null ? null : (pps / 2) * size);
      return { at: iso(from_ms + minute * MINUTE_MS), packets: Math.round(40 * size), ...point };
    });
    return {
      ...this.victimAt(index),
      feed: this.feed,
      from: iso(from_ms),
      to: iso(to_ms),
      findings: [this.finding(index)],
      confidence_means: SURE,
      step_minutes: 1,
      // For a quarter of an hour nothing came back.
      timeline: timeline.filter((_, minute) => minute < 60 || minute >= 75),
      watermark: this.watermark,
    };
  }

  findings(query: URLSearchParams): FindingsShape {
    const [detector, state, subject] = ['detector', 'state', 'subject'].map((name) => query.get(name));
    const all = this.isQuiet ? [] : DRAWN.map((_, index) => this.finding(index));
    const fits = (finding: FindingShape): boolean =>
      (detector === null || finding.detector.startsWith(detector)) &&
      (state === null || finding.state === state) &&
      (subject === null || finding.subject.value === subject) &&
      (query.get('open') === null || finding.is_open);
    const limit = Number(query.get('limit'));
    const findings = all.filter(fits);
    return {
      feed: this.feed,
      from: null,
      to: null,
      findings: findings.slice(0, limit),
      cursor: findings.length > limit ? 'next' : null,
      watermark: this.watermark,
    };
  }

  detail(id: string): FindingDetailShape | undefined {
    const index = DRAWN.findIndex((_, each) => idOf(each) === id);
    if (index < 0) return undefined;
    const finding = this.finding(index);
    const { from_ms } = this.times(index);
    return {
      ...finding,
      confidence_means: SURE,
      references: [{ name: 'Moore 2001', where: 'Inferring Internet Denial-of-Service Activity, section 3' }],
      evidence: {
        sql: 'SELECT minute, sum(packets) FROM flows\nWHERE feed = {feed:String} AND src = {src:IPv6}\nGROUP BY minute',
        params: { feed: this.feed, src: finding.subject.value },
      },
      history: [
        { at: iso(from_ms + 2 * MINUTE_MS), actor: 'engine', state: 'candidate', confidence: 0.81, note: '' },
        { at: iso(from_ms + 5 * MINUTE_MS), actor: 'engine', state: 'confirmed', confidence: 0.97, note: HOSTILE },
      ],
      sightings: Array.from({ length: 12 }, (_, minute) => ({
        bin: iso(from_ms + minute * MINUTE_MS),
        first: iso(from_ms + minute * MINUTE_MS + 2000),
        last: iso(from_ms + minute * MINUTE_MS + 58_000),
        confidence: 0.97,
        figures: { packets: 40 + minute, targets: 12, attack_pps: 20_000.123 },
      })),
    };
  }

  detectors(): DetectorsShape {
    const one = { version: 1, references: [], confidence_means: SURE, bin_minutes: 1, gap_minutes: 10, valid_days: 30 };
    const detectors = [
      { ...one, id: 'dos/victim', theme: 'dos', sentence: VICTIM, confirmed_at: 0.95, reasons: [], figures: [] },
      {
        ...one,
        id: 'scan/horizontal',
        theme: 'scan',
        sentence: both('A source looks for one service everywhere.', '1つのサービスを広く探索する送信元。'),
        confirmed_at: null,
        reasons: [],
        figures: [],
      },
    ] as const;
    const counts = { applied: 1440, not_applied: 3, failed: 0 };
    return { feed: this.feed, detectors: detectors.map((each) => ({ ...each, counts })), watermark: this.watermark };
  }

  sources({ from_ms, to_ms, days }: Period): SourceClassesShape {
    const step_hours = days > 31 ? 24 : 1;
    const step_ms = step_hours * HOUR_MS;
    const course = Array.from({ length: (to_ms - from_ms) / step_ms }, (_, index) => {
      const at_ms = from_ms + index * step_ms;
      const size = wave(at_ms, step_ms) * step_hours;
      return {
        at: iso(at_ms),
        sources: CLASSES.map(([, , , hourly]) => Math.round(hourly * wave(at_ms, HOUR_MS))),
        packets: CLASSES.map(([, , , hourly, each], at) =>
          Math.round(hourly * each * size * (1 + 0.2 * noise(at, at_ms))),
        ),
      };
    });
    const hourly = CLASSES.reduce((sum, [, , , sources]) => sum + sources, 0);
    const packets = CLASSES.map((_, at) => course.reduce((sum, step) => sum + step.packets[at], 0));
    const all = packets.reduce((sum, each) => sum + each, 0);
    return {
      feed: this.feed,
      from: iso(from_ms),
      to: iso(to_ms),
      hours: course.length * step_hours,
      classes: CLASSES.map(([name, en, ja, sources], at) => ({
        name,
        sentence: both(en, ja),
        sources_per_hour: sources,
        packets: packets[at],
        share_of_packets: packets[at] / all,
        share_of_sources: sources / hourly,
      })),
      step_hours,
      course,
      tools: TOOLS.map(([name, sources, share]) => ({
        name,
        sentence: both(`The marks of ${name}.`, `${name}の特徴。`),
        sources_per_hour: sources,
        packets: Math.round(all * share),
        share_of_packets: share,
        share_of_sources: sources / hourly,
      })),
      watermark: this.watermark,
    };
  }

  private times(index: number): { readonly from_ms: number; readonly to_ms: number } {
    const to_ms = index < OPEN ? this.now_ms - MINUTE_MS : this.now_ms - (index * 7 + 3) * HOUR_MS;
    return { from_ms: to_ms - (index + 2) * HOUR_MS, to_ms };
  }

  private victimAt(index: number): VictimShape {
    const [address, as_name, country, service, pps] = DRAWN[index];
    const { from_ms, to_ms } = this.times(index);
    return {
      address,
      country,
      asn: as_name === null ? null : 64_500 + index,
      as_name,
      attacks: 1,
      first: iso(from_ms),
      last: iso(to_ms),
      is_open: index < OPEN,
      packets: 48_211 >> index,
      ...rates(pps),
      services: index === 0 ? [service, 'tcp/80'] : [service],
      confidence: 0.99 - index * 0.03,
    };
  }

  private finding(index: number): FindingShape {
    const [address, as_name, country, service, pps] = DRAWN[index];
    const { from_ms, to_ms } = this.times(index);
    const figure = (name: string, value: number, unit: string) => ({ name, value, unit, sentence: both(name, name) });
    return {
      id: idOf(index),
      feed: this.feed,
      detector: 'dos/victim',
      detector_version: 1,
      sentence: VICTIM,
      subject: { kind: 'address', value: address },
      aspect: service,
      country,
      asn: as_name === null ? null : 64_500 + index,
      as_name,
      from: iso(from_ms),
      to: iso(to_ms),
      first: iso(from_ms),
      last: iso(to_ms),
      is_open: index < OPEN,
      state: index === OPEN ? 'candidate' : 'confirmed',
      confidence: 0.99 - index * 0.03,
      reasons: [
        {
          code: 'many_targets',
          sentence: both('It answers to many of our addresses.', '多くの観測用アドレスへ応答しています。'),
          values: { targets: 212, expected: 3.25, marker: HOSTILE },
        },
      ],
      figures: [
        figure('packets', 48_211, 'packets'),
        figure('targets', 212, 'addresses'),
        ...(pps === null ? [] : [figure('attack_pps', pps, 'packets/s')]),
      ],
      revision: 2,
    };
  }
}

type Class = readonly [name: string, en: string, ja: string, hourly: number, packets: number];

const CLASSES: readonly Class[] = [
  ['bogon', 'The source address cannot exist.', '存在しえない送信元。', 12, 2],
  ['backscatter', 'Answers to what we never sent.', '要求していない応答。', 41, 90],
  ['bot', 'An infected device.', '感染した機器。', 1320, 3],
  ['research', 'A scanner for research.', '調査目的のスキャナー。', 210, 64],
  ['horizontal', 'Looks for few services on many addresses.', '少数のサービスを多数のアドレスで探索。', 980, 21],
  ['vertical', 'Looks for many services on few addresses.', '多数のサービスを少数のアドレスで探索。', 33, 40],
  ['mixed', 'Looks for many services on many addresses.', '多数のサービスを多数のアドレスで探索。', 57, 110],
  ['exploit', 'Sends a payload that attacks a weakness.', '脆弱性を突く内容を送信。', 88, 6],
  ['misconfiguration', 'Keeps asking one address.', '1つの宛先に通信を続ける。', 140, 4],
  ['unknown', 'None of these.', '上のいずれでもない。', 620, 2],
];

const TOOLS: readonly (readonly [name: string, sources: number, share: number])[] = [
  ['masscan_head', 130, 0.21],
  ['zmap_3', 92, 0.17],
  ['mirai', 1290, 0.048],
  ['nmap', 14, 0.003],
];
