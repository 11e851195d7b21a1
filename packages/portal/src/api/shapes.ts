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
import {
  type DetectorCountsShape,
  type DetectorShape,
  type DetectorsShape,
  FINDING_STATES,
  type FindingDetailShape,
  type FindingFigureShape,
  type FindingHistoryShape,
  type FindingShape,
  type FindingsShape,
  type ReasonShape,
  type SentenceShape,
  type SightingShape,
  type SourceClassesShape,
  type SourceClassShape,
  type SourceStepShape,
  type SubjectShape,
  type VictimDetailShape,
  type VictimPointShape,
  type VictimShape,
  type VictimsShape,
} from '@noroshi/wire/api/finding.ts';
import type { LiveMinute, LiveWindow } from '@noroshi/wire/api/live.ts';
import type { Problem } from '@noroshi/wire/api/problem.ts';
import { flag, list, nullable, number, object, oneOf, record, type Shape, text } from './shape.ts';

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
  all_packets: number,
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
  under_way: number,
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

const sentence = object<SentenceShape>({ ja: text, en: text });
const subject = object<SubjectShape>({
  kind: oneOf(['address', 'prefix', 'network', 'port', 'telescope']),
  value: text,
});
const numberOrText: Shape<number | string> = {
  find: (value, path) => (typeof value === 'string' ? undefined : number.find(value, path)),
};
const reason = object<ReasonShape>({ code: text, sentence, values: record(numberOrText) });
const figure = object<FindingFigureShape>({ name: text, value: number, unit: text, sentence });
const reference = object<{ readonly name: string; readonly where: string }>({ name: text, where: text });
const state = oneOf(FINDING_STATES);

const findingFields = {
  id: text,
  feed: feedName,
  detector: text,
  detector_version: number,
  sentence,
  subject,
  aspect: text,
  country: text,
  asn: nullable(number),
  as_name: nullable(text),
  from: text,
  to: text,
  first: text,
  last: text,
  is_open: flag,
  state,
  confidence: number,
  reasons: list(reason),
  figures: list(figure),
  revision: number,
};
const finding = object<FindingShape>(findingFields);

export const findings = object<FindingsShape>({
  feed: feedName,
  from: nullable(text),
  to: nullable(text),
  findings: list(finding),
  cursor: nullable(text),
  watermark: nullable(text),
});

export const findingDetail = object<FindingDetailShape>({
  ...findingFields,
  confidence_means: sentence,
  references: list(reference),
  evidence: object<FindingDetailShape['evidence']>({ sql: text, params: record(numberOrText) }),
  history: list(object<FindingHistoryShape>({ at: text, actor: text, state, confidence: number, note: text })),
  sightings: list(
    object<SightingShape>({ bin: text, first: text, last: text, confidence: number, figures: record(number) }),
  ),
});

const rates = { attack_pps: nullable(number), attack_pps_low: nullable(number), attack_pps_high: nullable(number) };
const victimFields = {
  address: text,
  country: text,
  asn: nullable(number),
  as_name: nullable(text),
  attacks: number,
  first: text,
  last: text,
  is_open: flag,
  packets: number,
  ...rates,
  services: list(text),
  confidence: number,
};

export const victims = object<VictimsShape>({
  feed: feedName,
  from: text,
  to: text,
  total: number,
  is_complete: flag,
  victims: list(object<VictimShape>(victimFields)),
  watermark: nullable(text),
});

export const victimDetail = object<VictimDetailShape>({
  ...victimFields,
  feed: feedName,
  from: text,
  to: text,
  findings: list(finding),
  confidence_means: sentence,
  step_minutes: number,
  timeline: list(object<VictimPointShape>({ at: text, packets: number, ...rates })),
  watermark: nullable(text),
});

const sourceClass = object<SourceClassShape>({
  name: text,
  sentence,
  sources_per_hour: number,
  packets: number,
  share_of_packets: number,
  share_of_sources: number,
});

export const sourceClasses = object<SourceClassesShape>({
  feed: feedName,
  from: text,
  to: text,
  hours: number,
  classes: list(sourceClass),
  step_hours: number,
  course: list(object<SourceStepShape>({ at: text, sources: list(number), packets: list(number) })),
  tools: list(sourceClass),
  watermark: nullable(text),
});

export const detectors = object<DetectorsShape>({
  feed: feedName,
  detectors: list(
    object<DetectorShape>({
      id: text,
      version: number,
      theme: oneOf(['dos', 'scan', 'sources']),
      sentence,
      references: list(reference),
      confidence_means: sentence,
      confirmed_at: nullable(number),
      bin_minutes: number,
      gap_minutes: number,
      valid_days: number,
      reasons: list(object<DetectorShape['reasons'][number]>({ code: text, sentence })),
      figures: list(object<DetectorShape['figures'][number]>({ name: text, unit: text, sentence })),
      counts: nullable(object<DetectorCountsShape>({ applied: number, not_applied: number, failed: number })),
    }),
  ),
  watermark: nullable(text),
});
