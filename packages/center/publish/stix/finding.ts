/**
 * One finding → STIX 2.1 objects.
 *
 *   who attacks or scans    indicator, sighting, observed-data; a bot's mark is malware that it indicates
 *   who may be forged       observed-data and a note: a source that is never routed, or asks services that amplify, may be a victim
 *   a victim of attacks     observed-data and a note: it did nothing, and whoever blocks it finishes the attacker's work
 *   a research scanner      identity with the label benign-scanner, observed-data
 *   anything else           observed-data and a note, or the note alone where STIX has no observable
 */
import type { FindingShape } from '@noroshi/wire/api/finding.ts';
import { domainObject, relationship, type StixObject, textOf, timeOf, UNCHANGING, type Versioned } from './objects.ts';
import { researchIdentity, type SubjectObjects, subjectObjects } from './subject.ts';

/** Of observed-data and of sightings (STIX 2.1 §4.14, §5.2). */
export const COUNT_MAX = 999_999_999;
/** Objects into which one count is split; the note has the whole number. */
export const PARTS_MAX = 1000;

/** Detectors of these themes alone tell of somebody who does something. */
const ACTING_THEMES = new Set(['scan']);
/** A state in which nothing of it is claimed any more. */
const REVOKED = new Set(['refuted', 'duplicate', 'superseded']);
/** Families by the names of their marks (wire/classify/marks). */
const FAMILIES: Readonly<Record<string, string>> = { mirai: 'Mirai', hajime: 'Hajime' };
/** Reasons that say that a scanner is one of research (detectors/sources/names.ts). */
const RESEARCH_REASONS = new Set(['scanner_list', 'probe_uri', 'research']);
/** Reasons that say that the address may be somebody else's (detectors/scan/hints.ts). */
const FORGED_REASONS = new Set(['bogon_src', 'forgeable']);

/** @param operator the identity of who publishes it */
export function findingObjects(finding: FindingShape, operator: StixObject): StixObject[] {
  const by = { created_by_ref: operator.id };
  const version = versionOf(finding);
  const said = { ...by, ...(REVOKED.has(finding.state) ? { revoked: true } : {}) };
  const subject = subjectObjects(finding, by);
  if (subject === undefined) return [noteOf(finding, version, said, [operator])];
  const parts = observedData(finding, subject, version, said);
  const base = [...subject.observed, ...subject.around, ...parts];
  const note = noteOf(finding, version, said, [subject.main, ...parts]);
  if (!isActor(finding)) return [...base, note];
  const organisation = researchOf(finding);
  if (organisation !== undefined) {
    const identity = researchIdentity(organisation, by);
    return [...base, identity, relationship('related-to', subject.main, identity, version, said), note];
  }
  return [...base, ...indicatorObjects(finding, subject.main, parts, operator, version, said), note];
}

/** Whether the subject is an address that did something itself. */
function isActor(finding: FindingShape): boolean {
  const isForged = finding.reasons.some(({ code }) => FORGED_REASONS.has(code));
  return ACTING_THEMES.has(themeOf(finding)) && finding.subject.kind === 'address' && !isForged;
}

function themeOf({ detector }: FindingShape): string {
  return detector.split('/', 1)[0];
}

/** A finding that is revised is a later version of the same objects: one millisecond for each revision. */
function versionOf({ from, to, revision }: FindingShape): Versioned {
  const created = timeOf(from);
  return { created, modified: timeOf(Math.max(Date.parse(created), Date.parse(to)) + revision) };
}

type Said = Readonly<Record<string, unknown>>;

function observedData(
  finding: FindingShape,
  { observed }: SubjectObjects,
  version: Versioned,
  said: Said,
): StixObject[] {
  return countsOf(finding).map((number_observed, part) => {
    return domainObject('observed-data', [finding.id, part], version, {
      ...said,
      first_observed: timeOf(finding.first),
      last_observed: timeOf(Math.max(Date.parse(finding.first), Date.parse(finding.last))),
      number_observed,
      object_refs: observed.map(({ id }) => id),
      labels: [themeOf(finding) === 'dos' ? 'denial-of-service' : 'unsolicited-traffic'],
      external_references: [{ source_name: 'noroshi', external_id: textOf(finding.id) }],
    });
  });
}

/** Packets, in pieces that STIX takes; once where packets are not counted. */
function countsOf({ figures }: FindingShape): number[] {
  const packets = figures.find(({ name }) => name === 'packets')?.value ?? 1;
  const counts: number[] = [];
  let left = Math.max(1, Math.round(Number.isFinite(packets) ? packets : 1));
  while (left > 0 && counts.length < PARTS_MAX) {
    const count = Math.min(left, COUNT_MAX);
    counts.push(count);
    left -= count;
  }
  return counts;
}

function indicatorObjects(
  finding: FindingShape,
  main: StixObject,
  parts: readonly StixObject[],
  operator: StixObject,
  version: Versioned,
  said: Said,
): StixObject[] {
  const indicator = domainObject('indicator', [finding.id], version, {
    ...said,
    name: textOf(`${finding.sentence.en} ${finding.subject.value}`),
    indicator_types: ['anomalous-activity'],
    // An address that was checked: nothing in it ends the text.
    pattern: `[${main.type}:value = '${finding.subject.value}']`,
    pattern_type: 'stix',
    pattern_version: '2.1',
    valid_from: timeOf(finding.from),
    confidence: confidenceOf(finding),
  });
  const sightings = parts.map((part, place) => {
    return domainObject('sighting', [finding.id, place], version, {
      ...said,
      first_seen: part.first_observed,
      last_seen: part.last_observed,
      count: part.number_observed,
      sighting_of_ref: indicator.id,
      observed_data_refs: [part.id],
      where_sighted_refs: [operator.id],
      summary: true,
    });
  });
  const based = parts.map((part) => relationship('based-on', indicator, part, version, said));
  const families = familiesOf(finding).flatMap((name) => {
    const family = domainObject('malware', [name], UNCHANGING, {
      created_by_ref: operator.id,
      name,
      is_family: true,
      malware_types: ['bot'],
    });
    return [family, relationship('indicates', indicator, family, version, said)];
  });
  return [indicator, ...sightings, ...based, ...families];
}

/** Families whose mark is among the reasons, by its code or as a value. */
function familiesOf({ reasons }: FindingShape): string[] {
  const words = new Set(reasons.flatMap(({ code, values }) => [code, ...Object.values(values)]));
  return Object.keys(FAMILIES).flatMap((mark) => (words.has(mark) ? [FAMILIES[mark]] : []));
}

/** Who the research scanner is, as far as that is known; undefined when it is none. */
function researchOf({ reasons }: FindingShape): string | undefined {
  const reason = reasons.find(({ code }) => RESEARCH_REASONS.has(code));
  if (reason === undefined) return undefined;
  const { organisation, scanner } = reason.values;
  return String(organisation ?? scanner ?? 'research scanner');
}

function confidenceOf({ confidence }: FindingShape): number {
  return Math.min(100, Math.max(0, Math.round(confidence * 100)));
}

function noteOf(finding: FindingShape, version: Versioned, said: Said, about: readonly StixObject[]): StixObject {
  return domainObject('note', [finding.id], version, {
    ...said,
    abstract: textOf(finding.sentence.en),
    content: textOf(contentOf(finding)),
    object_refs: about.map(({ id }) => id),
    confidence: confidenceOf(finding),
    lang: 'en',
    external_references: [{ source_name: 'noroshi', external_id: textOf(finding.id) }],
  });
}

function contentOf(finding: FindingShape): string {
  const { detector, detector_version, sentence, state, from, to, subject, aspect } = finding;
  const about = [subject.kind, subject.value, aspect].filter((word) => word !== '').join(' ');
  const figures = finding.figures.map(({ name, value, unit }) => `${name}: ${value}${unit === '' ? '' : ` ${unit}`}`);
  return [
    `${sentence.en} (${detector}, version ${detector_version})`,
    `${about}, ${from} to ${to}, ${state}`,
    ...(themeOf(finding) === 'dos' ? ['It is a victim of attacks. It must not be blocked.'] : []),
    ...finding.reasons.map((reason) => reason.sentence.en),
    ...figures,
  ].join('\n');
}
