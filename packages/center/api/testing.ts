/** An API over figures that were made up, for tests of everything but the figures. */
import { Metrics } from '@noroshi/kit/metrics.ts';
import { SILENT } from '@noroshi/kit/log.ts';
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import type { Exposure, Measured, Period, Ranking, Series, Summary } from '@noroshi/wire/api/figures.ts';
import type { LiveMinute, LiveWindow } from '@noroshi/wire/api/live.ts';
import type { ApiDeps, Figures } from './deps.ts';

const DAY_MS = 86_400_000;
const PERIOD: Period = { name: '2021-02', from_ms: 0, to_ms: 28 * DAY_MS, days: 28 };
const EXPOSURE: Exposure = {
  sensors: 1,
  addresses: 256,
  networks64: 0,
  address_seconds: 1,
  uptime: 1,
  received: 10,
  kept: 9,
  filtered: 1,
  dropped: 0,
  loss: 0,
};
const MEASURED: Measured = {
  value: 1.5,
  interval: { low: 1, high: 2 },
  previous: 3,
  change: -1.5,
  change_percent: -50,
};
const COMMON = { feed: 'simulation', is_simulated: true, period: PERIOD, previous: PERIOD } as const;

const SUMMARY: Summary = {
  ...COMMON,
  exposure: EXPOSURE,
  previous_exposure: EXPOSURE,
  figures: [{ id: 'accesses', all: MEASURED, without_scanners: { ...MEASURED, interval: null } }],
};

const RANKING: Ranking = {
  ...COMMON,
  dimension: 'scanners',
  without_scanners: false,
  exposure: EXPOSURE,
  all_packets: 10,
  total_packets: 10,
  total_rows: 1,
  rows: [
    {
      key: '=HYPERLINK("http://evil.example","x")',
      label: { ja: '<b>名</b>', en: 'a, b' },
      packets: 10,
      rate: 1,
      sources: null,
      share: 1,
      rank: 1,
      previous_rank: null,
      previous_rate: null,
      change: -2,
      change_percent: null,
    },
  ],
};

const SERIES: Series = {
  ...COMMON,
  figure: 'accesses',
  step: 'day',
  points: [
    { from_ms: 0, value: 1, without_scanners: 0.5 },
    { from_ms: DAY_MS, value: null, without_scanners: null },
  ],
};

export function liveMinute(minute_ms: number, packets: number): LiveMinute {
  return {
    minute_ms,
    packets,
    accesses: packets,
    backscatter: 0,
    mirai: 0,
    scanner_accesses: 0,
    address_seconds: 60,
    dropped: 0,
  };
}

function liveWindow(minutes: readonly LiveMinute[]): LiveWindow {
  return { feed: 'simulation', is_simulated: true, from_ms: 0, to_ms: DAY_MS, addresses: 256, sensors: 1, minutes };
}

interface Fake extends ApiDeps {
  /** Changes what the last 24 hours hold, and says so. */
  readonly store: (minutes: readonly LiveMinute[]) => void;
}

export function fakeDeps(more: Partial<ApiDeps> = {}, figures: Partial<Figures> = {}): Fake {
  const listeners = new Set<(feed: FeedName) => void>();
  let minutes: readonly LiveMinute[] = [];
  return {
    figures: { ...FIGURES, live: () => Promise.resolve(liveWindow(minutes)), ...figures },
    uploads: async () => {},
    onStored: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    store: (now) => {
      minutes = now;
      for (const listener of listeners) listener('simulation');
    },
    ailment: () => Promise.resolve(''),
    version: '0.0.0',
    portal: undefined,
    proxies: ['127.0.0.1'],
    requests_per_minute: 1000,
    event_clients: 2,
    log: SILENT,
    metrics: new Metrics(),
    now_ms: () => 0,
    ...more,
  };
}

const TEXT = { ja: '件', en: 'count' };
const FIGURES: Omit<Figures, 'live'> = {
  definitions: [
    {
      id: 'accesses',
      name: TEXT,
      sentence: TEXT,
      unit: TEXT,
      denominator: 'address_day',
      digits: 1,
      is_share: false,
      steps: ['hour', 'day'],
    },
  ],
  feeds: () => Promise.resolve({ title: null, offset_minutes: 0, feeds: [] }),
  summary: () => Promise.resolve(SUMMARY),
  series: () => Promise.resolve(SERIES),
  ranking: () => Promise.resolve(RANKING),
  conservation: (feed) =>
    Promise.resolve({
      feed,
      segments: 1,
      received: 1,
      kept: 1,
      filtered: {},
      dropped: {},
      stored: 1,
      under_way: 0,
      expired: 0,
      rolled_up: 1,
      refused: {},
      is_conserved: true,
    }),
  report: (feed, period, format, language) =>
    Promise.resolve({
      body: JSON.stringify([feed, period, format, language]),
      contentType: format === 'html' ? 'text/html; charset=utf-8' : 'application/json',
      policy: format === 'html' ? "default-src 'none'" : undefined,
    }),
};
