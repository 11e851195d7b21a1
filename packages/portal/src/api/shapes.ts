/** The shapes of every answer that the page reads, one for each interface of `@noroshi/wire/api`. */
import type { DefinitionList, FeedList } from '@noroshi/wire/api/center.ts';
import { FEEDS, type Feed } from '@noroshi/wire/api/feed.ts';
import {
  type Conservation,
  DENOMINATORS,
  DIMENSIONS,
  type Exposure,
  type Figure,
  type FigureDefinition,
  type Interval,
  type Measured,
  type Period,
  type Ranking,
  type RankRow,
  type Series,
  type SeriesPoint,
  STEPS,
  type Summary,
  type Text,
} from '@noroshi/wire/api/figures.ts';
import type { LiveMinute, LiveWindow } from '@noroshi/wire/api/live.ts';
import type { Problem } from '@noroshi/wire/api/problem.ts';
import { flag, list, nullable, number, object, oneOf, record, text } from './shape.ts';

const feedName = oneOf(FEEDS);
const bilingual = object<Text>({ ja: text, en: text });

export const problem = object<Problem>({ type: text, title: text, status: number, detail: text });

export const feedList = object<FeedList>({
  title: nullable(bilingual),
  offset_minutes: number,
  feeds: list(object<Feed>({ feed: feedName, is_simulated: flag, from_ms: number, to_ms: number, sensors: number })),
});

export const definitionList = object<DefinitionList>({
  figures: list(
    object<FigureDefinition>({
      id: text,
      name: bilingual,
      sentence: bilingual,
      unit: bilingual,
      denominator: oneOf(DENOMINATORS),
      digits: number,
      is_share: flag,
      steps: list(oneOf(STEPS)),
    }),
  ),
});

const period = object<Period>({ name: text, from_ms: number, to_ms: number, days: number });

const exposure = object<Exposure>({
  sensors: number,
  addresses: number,
  networks64: number,
  address_seconds: number,
  uptime: number,
  received: number,
  kept: number,
  filtered: number,
  dropped: number,
  loss: number,
});

const measured = object<Measured>({
  value: nullable(number),
  interval: nullable(object<Interval>({ low: number, high: number })),
  previous: nullable(number),
  change: nullable(number),
  change_percent: nullable(number),
});

export const summary = object<Summary>({
  feed: feedName,
  is_simulated: flag,
  period,
  previous: period,
  exposure,
  previous_exposure: exposure,
  figures: list(object<Figure>({ id: text, all: measured, without_scanners: measured })),
});

export const ranking = object<Ranking>({
  feed: feedName,
  is_simulated: flag,
  dimension: oneOf(DIMENSIONS),
  without_scanners: flag,
  period,
  previous: period,
  exposure,
  total_packets: number,
  total_rows: number,
  rows: list(
    object<RankRow>({
      key: text,
      label: bilingual,
      packets: number,
      rate: nullable(number),
      sources: nullable(number),
      share: number,
      rank: number,
      previous_rank: nullable(number),
      previous_rate: nullable(number),
      change: nullable(number),
      change_percent: nullable(number),
    }),
  ),
});

export const series = object<Series>({
  feed: feedName,
  is_simulated: flag,
  figure: text,
  step: oneOf(STEPS),
  period,
  points: list(object<SeriesPoint>({ from_ms: number, value: nullable(number), without_scanners: nullable(number) })),
});

export const conservation = object<Conservation>({
  feed: feedName,
  segments: number,
  received: number,
  kept: number,
  filtered: record(number),
  dropped: record(number),
  stored: number,
  expired: number,
  rolled_up: number,
  refused: record(number),
  is_conserved: flag,
});

export const liveMinute = object<LiveMinute>({
  minute_ms: number,
  packets: number,
  accesses: number,
  backscatter: number,
  mirai: number,
  scanner_accesses: number,
  address_seconds: number,
  dropped: number,
});

export const liveWindow = object<LiveWindow>({
  feed: feedName,
  is_simulated: flag,
  from_ms: number,
  to_ms: number,
  addresses: number,
  sensors: number,
  minutes: list(liveMinute),
});
