/** Findings, victims and sources as tables, for `format=csv`. */
import type {
  DetectorsShape,
  FindingShape,
  FindingsShape,
  SourceClassesShape,
  VictimDetailShape,
  VictimsShape,
} from '@noroshi/wire/api/finding.ts';
import type { Cell, Table } from '../publish/csv.ts';

const FINDING =
  'feed,id,detector,detector_version,subject_kind,subject,aspect,country,asn,as_name,from,to,first,last,is_open,state,confidence,' +
  'reasons,packets,attack_pps,attack_pps_low,attack_pps_high,figures,revision';

export function findingsTable({ findings }: Pick<FindingsShape, 'findings'>): Table {
  return { head: FINDING.split(','), rows: findings.map(findingRow) };
}

function findingRow(finding: FindingShape): Cell[] {
  const { subject, figures, reasons } = finding;
  const figure = (wanted: string): number | null => figures.find(({ name }) => name === wanted)?.value ?? null;
  return [
    finding.feed,
    finding.id,
    finding.detector,
    finding.detector_version,
    subject.kind,
    subject.value,
    finding.aspect,
    finding.country,
    finding.asn,
    finding.as_name,
    finding.from,
    finding.to,
    finding.first,
    finding.last,
    finding.is_open,
    finding.state,
    finding.confidence,
    reasons.map(({ code }) => code).join(' '),
    ...['packets', 'attack_pps', 'attack_pps_low', 'attack_pps_high'].map(figure),
    figures.map(({ name, value }) => `${name}=${value}`).join(' '),
    finding.revision,
  ];
}

export function victimsTable({ feed, victims }: VictimsShape): Table {
  const rows = victims.map((victim): Cell[] => [
    feed,
    victim.address,
    victim.country,
    victim.asn,
    victim.as_name,
    victim.attacks,
    victim.first,
    victim.last,
    victim.is_open,
    victim.packets,
    victim.attack_pps,
    victim.attack_pps_low,
    victim.attack_pps_high,
    victim.services.join(' '),
    victim.confidence,
  ]);
  const head =
    'feed,address,country,asn,as_name,attacks,first,last,is_open,packets,attack_pps,attack_pps_low,attack_pps_high,services,confidence';
  return { head: head.split(','), rows };
}

export function timelineTable({ feed, address, step_minutes, timeline }: VictimDetailShape): Table {
  const rows = timeline.map((point): Cell[] => [
    feed,
    address,
    point.at,
    step_minutes,
    point.packets,
    point.attack_pps,
    point.attack_pps_low,
    point.attack_pps_high,
  ]);
  const head = 'feed,address,at,step_minutes,packets,attack_pps,attack_pps_low,attack_pps_high';
  return { head: head.split(','), rows };
}

/** One row a step and class, then one a tool. */
export function sourcesTable({ feed, from, classes, step_hours, course, tools }: SourceClassesShape): Table {
  const rows = course.flatMap(({ at, sources, packets }) =>
    classes.map(({ name }, index): Cell[] => [feed, at, step_hours, 'class', name, sources[index], packets[index]]),
  );
  const shown = tools.map(({ name, sources_per_hour, packets }): Cell[] => {
    return [feed, from, null, 'tool', name, sources_per_hour, packets];
  });
  return { head: 'feed,at,step_hours,kind,name,sources_per_hour,packets'.split(','), rows: [...rows, ...shown] };
}

export function detectorsTable({ feed, detectors }: DetectorsShape): Table {
  const rows = detectors.map((detector): Cell[] => [
    feed,
    detector.id,
    detector.version,
    detector.theme,
    detector.sentence.ja,
    detector.sentence.en,
    detector.confirmed_at,
    detector.bin_minutes,
    detector.gap_minutes,
    detector.valid_days,
    detector.counts?.applied ?? null,
    detector.counts?.not_applied ?? null,
    detector.counts?.failed ?? null,
  ]);
  const head =
    'feed,detector,version,theme,sentence_ja,sentence_en,confirmed_at,bin_minutes,gap_minutes,valid_days,applied,not_applied,failed';
  return { head: head.split(','), rows };
}
