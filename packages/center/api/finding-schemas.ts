/** Schemas of what the API answers about findings: the types of wire/api/finding.ts with sentences. */
import { FEEDS } from '@noroshi/wire/api/feed.ts';
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
import { z } from 'zod';
import { SUBJECT_KINDS } from './parameters.ts';
import { shapeOf } from './shape.ts';

const count = z.number();
const amount = z.number().nullable();
const time = z.string().meta({ description: 'ISO 8601, UTC.', examples: ['2021-02-03T04:05:00.000Z'] });
const watermark = time
  .nullable()
  .meta({ description: 'Minute up to which detectors have seen everything; null before any.' });
const confidence = z.number().meta({ description: '0 to 1; the detector says what it means.' });
const feed = z.enum(FEEDS);
const state = z.enum(FINDING_STATES);

const sentence = shapeOf<SentenceShape>('Sentence', 'In Japanese and English.')({ ja: z.string(), en: z.string() });
const subject = shapeOf<SubjectShape>(
  'Subject',
  'Whom it is about.',
)({ kind: z.enum(SUBJECT_KINDS), value: z.string() });
const values = z.record(z.string(), z.union([z.number(), z.string()]));
const reference = z.object({ name: z.string(), where: z.string() });

const reason = shapeOf<ReasonShape>('Reason', 'Why, with its numbers.')({ code: z.string(), sentence, values });
const figure = shapeOf<FindingFigureShape>(
  'FindingFigure',
  'A number of a finding.',
)({ name: z.string(), value: count, unit: z.string(), sentence });

const place = { country: z.string(), asn: amount, as_name: z.string().nullable() };

const findingFields = {
  id: z.string(),
  feed,
  detector: z.string(),
  detector_version: count,
  sentence,
  subject,
  aspect: z.string(),
  ...place,
  from: time,
  to: time,
  first: time,
  last: time,
  is_open: z.boolean(),
  state,
  confidence,
  reasons: z.array(reason),
  figures: z.array(figure),
  revision: count,
};
const finding = shapeOf<FindingShape>('Finding', 'What a detector found.')(findingFields);

export const findingsSchema = shapeOf<FindingsShape>(
  'Findings',
  'Newest first.',
)({
  feed,
  from: time.nullable(),
  to: time.nullable(),
  findings: z.array(finding),
  cursor: z.string().nullable(),
  watermark,
});

const history = shapeOf<FindingHistoryShape>(
  'FindingHistory',
  'What became of a finding, and who decided.',
)({ at: time, actor: z.string(), state, confidence, note: z.string() });

const sighting = shapeOf<SightingShape>(
  'Sighting',
  'What was seen in one bin.',
)({ bin: time, first: time, last: time, confidence, figures: z.record(z.string(), z.number()) });

export const findingSchema = shapeOf<FindingDetailShape>(
  'FindingDetail',
  'A finding, explained.',
)({
  ...findingFields,
  confidence_means: sentence,
  references: z.array(reference),
  evidence: z.object({ sql: z.string(), params: values }),
  history: z.array(history),
  sightings: z.array(sighting),
});

const rate = { attack_pps: amount, attack_pps_low: amount, attack_pps_high: amount };
const victimFields = {
  address: z.string(),
  ...place,
  attacks: count,
  first: time,
  last: time,
  is_open: z.boolean(),
  packets: count,
  ...rate,
  services: z.array(z.string()),
  confidence,
};
const victim = shapeOf<VictimShape>(
  'Victim',
  'An address that answered forged packets; whoever it belongs to suffers the attack.',
)(victimFields);

export const victimsSchema = shapeOf<VictimsShape>(
  'Victims',
  'Under attack first, then by estimated attack rate.',
)({
  feed,
  from: time,
  to: time,
  total: count,
  is_complete: z.boolean(),
  victims: z.array(victim),
  watermark,
});

const point = shapeOf<VictimPointShape>(
  'VictimPoint',
  'One step of a timeline.',
)({ at: time, packets: count, ...rate });

export const victimSchema = shapeOf<VictimDetailShape>(
  'VictimDetail',
  'A victim, and what came back from it.',
)({
  ...victimFields,
  feed,
  from: time,
  to: time,
  findings: z.array(finding),
  confidence_means: sentence,
  step_minutes: count,
  timeline: z.array(point),
  watermark,
});

const sourceClass = shapeOf<SourceClassShape>(
  'SourceClass',
  'Sources of one class, or with one tool.',
)({
  name: z.string(),
  sentence,
  sources_per_hour: count,
  packets: count,
  share_of_packets: count,
  share_of_sources: count,
});

const sourceStep = shapeOf<SourceStepShape>(
  'SourceStep',
  'In the order of the classes.',
)({ at: time, sources: z.array(count), packets: z.array(count) });

export const sourcesSchema = shapeOf<SourceClassesShape>(
  'SourceClasses',
  'Sources by class and by tool; the unknown ones have a class of their own.',
)({
  feed,
  from: time,
  to: time,
  hours: count,
  classes: z.array(sourceClass),
  step_hours: count,
  course: z.array(sourceStep),
  tools: z.array(sourceClass),
  watermark,
});

const counts = shapeOf<DetectorCountsShape>(
  'DetectorCounts',
  'Bins since the center started.',
)({ applied: count, not_applied: count, failed: count });

const detector = shapeOf<DetectorShape>(
  'Detector',
  'What looks for what, and what its numbers mean.',
)({
  id: z.string(),
  version: count,
  theme: z.enum(['dos', 'scan', 'sources']),
  sentence,
  references: z.array(reference),
  confidence_means: sentence,
  confirmed_at: amount,
  bin_minutes: count,
  gap_minutes: count,
  valid_days: count,
  reasons: z.array(z.object({ code: z.string(), sentence })),
  figures: z.array(z.object({ name: z.string(), unit: z.string(), sentence })),
  counts: counts.nullable(),
});

export const detectorsSchema = shapeOf<DetectorsShape>(
  'Detectors',
  'Those that run here.',
)({ feed, detectors: z.array(detector), watermark });
