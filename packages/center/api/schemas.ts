/** Schemas of what the API answers: the types of wire/api with sentences, for checking answers and for OpenAPI. */
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
import type { Health } from '@noroshi/wire/api/health.ts';
import type { LiveMinute, LiveWindow } from '@noroshi/wire/api/live.ts';
import type { Problem } from '@noroshi/wire/api/problem.ts';
import type { Report } from '@noroshi/wire/api/report.ts';
import { z } from 'zod';
import { shapeOf } from './shape.ts';

const count = z.number();
const time_ms = z.number().meta({ description: 'Unix time, ms.' });
const amount = z.number().nullable();
const isSimulated = z.boolean().meta({ description: 'True when the traffic was invented.' });
const feed = z.enum(FEEDS);
const countByReason = z.record(z.string(), z.number());

const oneFeed = shapeOf<Feed>(
  'Feed',
  'What the center holds of one feed.',
)({
  feed,
  is_simulated: isSimulated,
  from_ms: time_ms,
  to_ms: time_ms,
  sensors: count,
});

const text = shapeOf<Text>('Text', 'Japanese and English.')({ ja: z.string(), en: z.string() });

const period = shapeOf<Period>(
  'Period',
  'Days, from inclusive to exclusive.',
)({
  name: z.string(),
  from_ms: time_ms,
  to_ms: time_ms,
  days: count,
});

const exposure = shapeOf<Exposure>(
  'Exposure',
  'How much listened, for how long, and what was lost.',
)({
  sensors: count,
  addresses: count,
  networks64: count,
  address_seconds: count,
  uptime: count,
  received: count,
  kept: count,
  filtered: count,
  dropped: count,
  loss: count,
});

const interval = shapeOf<Interval>('Interval', '95 % confidence interval.')({ low: count, high: count });

const measured = shapeOf<Measured>(
  'Measured',
  'A value beside that of the previous period.',
)({
  value: amount,
  interval: interval.nullable(),
  previous: amount,
  change: amount,
  change_percent: amount,
});

const definition = shapeOf<FigureDefinition>(
  'FigureDefinition',
  'What a figure means.',
)({
  id: z.string(),
  name: text,
  sentence: text,
  unit: text,
  denominator: z.enum(DENOMINATORS),
  digits: count,
  is_share: z.boolean(),
  steps: z.array(z.enum(STEPS)),
});

export const definitionsSchema = shapeOf<DefinitionList>(
  'DefinitionList',
  'What the figures mean, as published.',
)({
  figures: z.array(definition),
});

export const feedsSchema = shapeOf<FeedList>(
  'FeedList',
  'Whose center this is, and the feeds that hold data.',
)({
  title: text.nullable(),
  offset_minutes: count,
  feeds: z.array(oneFeed),
});

const figure = shapeOf<Figure>(
  'Figure',
  'With and without acknowledged scanners.',
)({
  id: z.string(),
  all: measured,
  without_scanners: measured,
});

export const summarySchema = shapeOf<Summary>(
  'Summary',
  'All figures of a period.',
)({
  feed,
  is_simulated: isSimulated,
  period,
  previous: period,
  exposure,
  previous_exposure: exposure,
  figures: z.array(figure),
});

const rankRow = shapeOf<RankRow>(
  'RankRow',
  'One row of a ranking; key and label are foreign text.',
)({
  key: z.string(),
  label: text,
  packets: count,
  rate: amount,
  sources: amount,
  share: count,
  rank: count,
  previous_rank: amount,
  previous_rate: amount,
  change: amount,
  change_percent: amount,
});

export const rankingSchema = shapeOf<Ranking>(
  'Ranking',
  'The first rows of a dimension.',
)({
  feed,
  is_simulated: isSimulated,
  dimension: z.enum(DIMENSIONS),
  without_scanners: z.boolean(),
  period,
  previous: period,
  exposure,
  all_packets: count,
  total_packets: count,
  total_rows: count,
  rows: z.array(rankRow),
});

const seriesPoint = shapeOf<SeriesPoint>(
  'SeriesPoint',
  'Null where nothing listened.',
)({
  from_ms: time_ms,
  value: amount,
  without_scanners: amount,
});

export const seriesSchema = shapeOf<Series>(
  'Series',
  'A figure over time.',
)({
  feed,
  is_simulated: isSimulated,
  figure: z.string(),
  step: z.enum(STEPS),
  period,
  points: z.array(seriesPoint),
});

export const conservationSchema = shapeOf<Conservation>(
  'Conservation',
  'What became of every packet.',
)({
  feed,
  segments: count,
  received: count,
  kept: count,
  filtered: countByReason,
  dropped: countByReason,
  stored: count,
  under_way: count,
  expired: count,
  rolled_up: count,
  refused: countByReason,
  is_conserved: z.boolean(),
});

const liveMinute = shapeOf<LiveMinute>(
  'LiveMinute',
  'One minute of event time.',
)({
  minute_ms: time_ms,
  packets: count,
  accesses: count,
  backscatter: count,
  mirai: count,
  scanner_accesses: count,
  address_seconds: count,
  dropped: count,
});

export const liveSchema = shapeOf<LiveWindow>(
  'LiveWindow',
  'The last 24 hours.',
)({
  feed,
  is_simulated: isSimulated,
  from_ms: time_ms,
  to_ms: time_ms,
  addresses: count,
  sensors: count,
  minutes: z.array(liveMinute),
});

export const problemSchema = shapeOf<Problem>(
  'Problem',
  'A refusal, RFC 9457.',
)({
  type: z.string().meta({ examples: ['urn:noroshi:problem:not_found'] }),
  title: z.string(),
  status: count,
  detail: z.string(),
});

export const healthSchema = shapeOf<Health>(
  'Health',
  'Whether the center is well.',
)({
  state: z.enum(['ok', 'waiting']),
  sentence: z.string(),
  version: z.string(),
});

const tableNames = shapeOf<Report['tables']>(
  'TableNames',
  'Tables in use, by name, day and digest; empty for none.',
)({
  country: z.string(),
  asn: z.string(),
  scanners: z.string(),
});

const reportRankings = shapeOf<Report['rankings']>(
  'ReportRankings',
  'What a report ranks.',
)({
  ports: rankingSchema,
  countries: rankingSchema,
  networks: rankingSchema,
  marks: rankingSchema,
  scanners: rankingSchema,
});

export const reportSchema = shapeOf<Report>(
  'Report',
  'All figures of a period with their definitions.',
)({
  title: text.nullable(),
  summary: summarySchema,
  definitions: z.array(definition),
  rankings: reportRankings,
  tables: tableNames,
});
