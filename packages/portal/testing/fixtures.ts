/** Answers of a center that never was, of the shapes in wire/api: large enough to fill every part of the page, and always the same. */
import type { DefinitionList, FeedList } from '@noroshi/wire/api/center.ts';
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import type {
  Conservation,
  Dimension,
  Exposure,
  Figure,
  FigureDefinition,
  Measured,
  Period,
  Ranking,
  RankRow,
  Series,
  Step,
  Summary,
} from '@noroshi/wire/api/figures.ts';
import type { LiveMinute, LiveWindow } from '@noroshi/wire/api/live.ts';
import { Found } from './found.ts';
import { noise, wave } from './noise.ts';
import { RANKED } from './ranked.ts';

export const OFFSET_MINUTES = 540;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ADDRESSES = 256;

const TITLE = { ja: '狼煙 観測センター', en: 'Noroshi observation centre' };

const texts = (en: string, ja: string) => ({ en, ja });
const PER_ADDRESS = texts('per day and address', '件/日・IPアドレス');
const PER_DAY = texts('per day', '件/日');
const A_DAY = texts('addresses per day', 'IPアドレス/日');
const PERCENT = texts('%', '%');

type Drawn = readonly [
  id: string,
  en: string,
  ja: string,
  unit: FigureDefinition['unit'],
  value: number,
  scanners: number,
];

/** Values, and which part of each the acknowledged scanners have. */
const FIGURES: readonly Drawn[] = [
  ['accesses', 'Accesses', 'アクセス件数', PER_ADDRESS, 9520.2, 0.31],
  ['access_spacing', 'One access every', 'アクセスの間隔', texts('seconds', '秒'), 9.0755, 0],
  ['sources', 'Source addresses', '送信元IPアドレス数', A_DAY, 45_808, 0.03],
  ['low_port_accesses', 'Accesses to ports up to 1023', '1023番以下のポートへのアクセス', PER_ADDRESS, 2104.6, 0.22],
  ['high_port_accesses', 'Accesses to ports from 1024', '1024番以上のポートへのアクセス', PER_ADDRESS, 7286.4, 0.34],
  ['mirai_accesses', 'Accesses with Mirai’s mark', 'Miraiの特徴を有するアクセス', PER_ADDRESS, 257.3, 0],
  ['mirai_sources', 'Sources with Mirai’s mark', 'Miraiの特徴を有する送信元', A_DAY, 6412.7, 0],
  ['marked_accesses', 'Signature detections', '検知件数(ツール・ボットの特徴)', PER_ADDRESS, 1071.4, 0.4],
  ['many_port_sources', 'Sources touching 100 ports or more', '100ポート以上に接続した送信元', A_DAY, 341.8, 0.35],
  ['backscatter', 'Backscatter packets', '跳ね返りパケット件数', PER_DAY, 13_283.3, 0],
  ['victims', 'Victim addresses', '跳ね返りパケットの送信元(被害)IPアドレス数', A_DAY, 684.9, 0],
  ['scanner_share', 'Share of acknowledged scanners', '調査目的スキャナーの割合', PERCENT, 0.3112, 0],
  ['ipv6_share', 'Share of IPv6', 'IPv6の割合', PERCENT, 0.0121, 0],
  ['ipv6_accesses', 'Accesses over IPv6', 'IPv6アクセス件数', texts('per day and /64', '件/日・/64'), 3.4, 0],
];

const SENTENCE = texts(
  'Packets that one IPv4 address gets in a day although it offers nothing; answers to forged packets are counted apart.',
  '何のサービスも提供していない1つのIPv4アドレスに1日に届くパケットの数。詐称パケットへの応答は別に数える。',
);

/** The center's answers at `now_ms`, as the API would give them. */
export class FakeCenter {
  readonly feeds: readonly FeedName[];
  readonly now_ms: number;
  /** Nobody is or was under attack. */
  isQuiet = false;

  constructor(now_ms: number, feeds: readonly FeedName[] = ['simulation']) {
    this.now_ms = Math.floor(now_ms / MINUTE_MS) * MINUTE_MS;
    this.feeds = feeds;
  }

  feedList(): FeedList {
    const from_ms = this.now_ms - 75 * DAY_MS;
    const feeds = this.feeds.map((feed) => {
      return { feed, is_simulated: feed === 'simulation', from_ms, to_ms: this.now_ms, sensors: 4 };
    });
    return { title: TITLE, offset_minutes: OFFSET_MINUTES, feeds };
  }

  definitions(): DefinitionList {
    const figures = FIGURES.map(([id, en, ja, unit]): FigureDefinition => {
      const is_share = id.endsWith('_share');
      const steps: Step[] = id.endsWith('sources') || id === 'victims' ? ['day'] : ['hour', 'day'];
      const denominator = unit === PER_ADDRESS ? 'address_day' : 'day';
      return { id, name: { en, ja }, sentence: SENTENCE, unit, denominator, digits: 1, is_share, steps };
    });
    return { figures };
  }

  /** `from/to`, a month, a day, or nothing for the last seven days. */
  period(name: string | null): Period {
    const today_ms = Math.floor((this.now_ms + OFFSET_MINUTES * MINUTE_MS) / DAY_MS) * DAY_MS;
    const [from_ms, to_ms] = name === null ? [today_ms - 7 * DAY_MS, today_ms] : span(name);
    return periodOf(from_ms, to_ms);
  }

  summary(feed: FeedName, name: string | null): Summary {
    const period = this.period(name);
    const figures = FIGURES.map(([id, , , , value, scanners], index): Figure => {
      const part = 1 - scanners;
      const factor = 1 + 0.12 * noise(index, period.from_ms);
      return { id, all: measured(value, factor), without_scanners: measured(value * part, 1 + (factor - 1) * 0.7) };
    });
    const [exposure, previous_exposure] = [exposureOf(period), exposureOf(period)];
    return {
      feed,
      is_simulated: feed === 'simulation',
      period,
      previous: before(period),
      exposure,
      previous_exposure,
      figures,
    };
  }

  series(feed: FeedName, figure: string, step: Step, name: string | null): Series {
    const period = this.period(name);
    const drawn = FIGURES.find(([id]) => id === figure) ?? FIGURES[0];
    const step_ms = step === 'hour' ? HOUR_MS : DAY_MS;
    const points = Array.from({ length: (period.to_ms - period.from_ms) / step_ms }, (_, index) => {
      const from_ms = period.from_ms + index * step_ms;
      const value = drawn[4] * wave(from_ms, step_ms);
      return { from_ms, value, without_scanners: value * (1 - drawn[5] * (0.85 + 0.3 * noise(7, from_ms))) };
    });
    return { feed, is_simulated: feed === 'simulation', figure, step, period, points };
  }

  ranking(feed: FeedName, dimension: Dimension, name: string | null, limit: number, scanners: string): Ranking {
    const period = this.period(name);
    const all = RANKED[dimension].map(([key, ja, en, rate], index): RankRow => {
      const factor = index === 3 ? 2.31 : 1 + 0.3 * noise(index, dimension.length * 977 + period.days);
      const value = scanners === 'exclude' ? rate * 0.8 : rate;
      const previous = index === 6 ? null : value / factor;
      return {
        key,
        label: { ja, en },
        packets: Math.round(value * ADDRESSES * period.days),
        rate: value,
        sources: dimension === 'victims' ? null : Math.round(value * 3.1 + 4),
        share: value / (dimension === 'victims' ? 13_283 : 9520.2),
        rank: index + 1,
        previous_rank:
          previous === null ? null : index === 3 ? 9 : Math.max(1, index + 1 + Math.round(1.4 * noise(index, 5))),
        previous_rate: previous,
        change: previous === null ? null : value - previous,
        change_percent: previous === null ? null : (100 * (value - previous)) / previous,
      };
    });
    const rows = all.slice(0, limit);
    const about = { feed, is_simulated: feed === 'simulation', dimension, without_scanners: scanners === 'exclude' };
    const total = { all_packets: 18_104_331, total_packets: 17_060_198, total_rows: all.length };
    return { ...about, period, previous: before(period), exposure: exposureOf(period), ...total, rows };
  }

  conservation(feed: FeedName, missing = 0): Conservation {
    const [kept, elsewhere, not_ip, malformed, spool_full, before_capture] = [
      184_220_117, 731_204, 18_211, 402, 1022, 311,
    ];
    return {
      feed,
      segments: 433_312,
      received: kept + elsewhere + not_ip + malformed + spool_full + before_capture,
      kept,
      filtered: { not_ip, malformed, elsewhere },
      dropped: { spool_full, before_capture },
      stored: kept - missing,
      under_way: 0,
      expired: 0,
      rolled_up: kept - missing,
      refused: { 'digest-differs': 2 },
      is_conserved: missing === 0,
    };
  }

  /** What detectors found in the feed. */
  found(feed: FeedName): Found {
    const found = new Found(this.now_ms, feed);
    found.isQuiet = this.isQuiet;
    return found;
  }

  live(feed: FeedName): LiveWindow {
    const from_ms = this.now_ms - DAY_MS;
    const minutes = Array.from({ length: 24 * 60 }, (_, index) => minuteAt(from_ms + index * MINUTE_MS));
    const about = { feed, is_simulated: feed === 'simulation', addresses: ADDRESSES, sensors: 4 };
    // Between 05:10 and 05:30 UTC nothing listened.
    const heard = minutes.filter(({ minute_ms }) => !isPause(minute_ms));
    return { ...about, from_ms, to_ms: this.now_ms, minutes: heard };
  }
}

export function minuteAt(minute_ms: number): LiveMinute {
  const accesses = Math.round((9520 / 1440) * ADDRESSES * wave(minute_ms, MINUTE_MS));
  const storm = Math.floor(minute_ms / HOUR_MS) % 24 === 16 ? 60 : 0;
  const backscatter = Math.round((9 + storm) * (1 + 0.8 * noise(3, minute_ms)));
  return {
    minute_ms,
    packets: accesses + backscatter,
    accesses,
    backscatter,
    mirai: Math.round(accesses * 0.027),
    scanner_accesses: Math.round(accesses * (0.31 + 0.06 * noise(9, minute_ms))),
    address_seconds: ADDRESSES * 60,
    dropped: 0,
  };
}

function isPause(minute_ms: number): boolean {
  const minute = (minute_ms / MINUTE_MS) % 1440;
  return minute >= 310 && minute < 330;
}

function measured(value: number, factor: number): Measured {
  const previous = value / factor;
  const interval = { low: value * 0.981, high: value * 1.02 };
  return { value, interval, previous, change: value - previous, change_percent: 100 * (factor - 1) };
}

function exposureOf({ from_ms, to_ms }: Period): Exposure {
  const received = 17_209_334;
  const [filtered, dropped] = [148_021, 1115];
  const kept = received - filtered - dropped;
  const address_seconds = (ADDRESSES * (to_ms - from_ms)) / 1000;
  const loss = dropped / received;
  return {
    sensors: 4,
    addresses: ADDRESSES,
    networks64: 2,
    address_seconds,
    uptime: 0.9991,
    received,
    kept,
    filtered,
    dropped,
    loss,
  };
}

function span(name: string): readonly [from_ms: number, to_ms: number] {
  const [first, last] = name.split('/');
  if (last !== undefined) return [Date.parse(first), Date.parse(last)];
  if (first.length > 7) return [Date.parse(first), Date.parse(first) + DAY_MS];
  const from = new Date(`${first}-01`);
  return [from.getTime(), Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1)];
}

/** Of days on the center's calendar, given as if they were UTC days. */
function periodOf(from_day_ms: number, to_day_ms: number): Period {
  const [from, to] = [from_day_ms, to_day_ms].map((ms) => new Date(ms).toISOString().slice(0, 10));
  const offset_ms = OFFSET_MINUTES * MINUTE_MS;
  const days = (to_day_ms - from_day_ms) / DAY_MS;
  const name = days === 1 ? from : `${from}/${to}`;
  return { name, from_ms: from_day_ms - offset_ms, to_ms: to_day_ms - offset_ms, days };
}

function before({ from_ms, days }: Period): Period {
  const day_ms = from_ms + OFFSET_MINUTES * MINUTE_MS;
  return periodOf(day_ms - days * DAY_MS, day_ms);
}
