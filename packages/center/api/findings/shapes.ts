/** Findings as they are published: a detector's words in the place of codes, times in ISO 8601. */
import type {
  FindingDetailShape,
  FindingFigureShape,
  FindingShape,
  ReasonShape,
  SentenceShape,
} from '@noroshi/wire/api/finding.ts';
import type { Detector } from '../../detect/detector.ts';
import type { Finding, HistoryEntry } from '../../ledger/ledger.ts';
import type { Sighting } from '../../ledger/sighting.ts';
import type { AddressPlace } from '../../query/places.ts';

/** What is known of subjects, by their values. */
export type Places = ReadonlyMap<string, AddressPlace>;

/** Every detector that this program has, also those that do not run here: old findings keep their words. */
export type Catalogue = ReadonlyMap<string, Detector>;

const UNKNOWN_COUNTRY = 'unknown';

export function isoOf(time_ms: number): string {
  return new Date(time_ms).toISOString();
}

export function placeShape(places: Places, value: string): Pick<FindingShape, 'country' | 'asn' | 'as_name'> {
  const { country = '', asn = 0, as_name = '' } = places.get(value) ?? {};
  return {
    country: country === '' ? UNKNOWN_COUNTRY : country,
    asn: asn === 0 ? null : asn,
    as_name: as_name === '' ? null : as_name,
  };
}

export function findingShape(finding: Finding, detector: Detector | undefined, places: Places): FindingShape {
  const { id, feed, subject, aspect, state, confidence, is_open, revision } = finding;
  return {
    id,
    feed,
    detector: finding.detector,
    detector_version: finding.detector_version,
    sentence: detector?.sentence ?? wordless(finding.detector),
    subject: { kind: subject.kind, value: subject.value },
    aspect,
    ...placeShape(places, subject.value),
    from: isoOf(finding.from_ms),
    to: isoOf(finding.to_ms),
    first: isoOf(finding.first_ms),
    last: isoOf(finding.last_ms),
    is_open,
    state,
    confidence,
    reasons: finding.reasons.map(({ code, values = {} }): ReasonShape => {
      return { code, sentence: detector?.reasons[code] ?? wordless(code), values };
    }),
    figures: figureShapes(finding.figures, detector),
    revision,
  };
}

/** In the order in which the detector names them; what it does not name comes last, without words. */
function figureShapes(figures: Readonly<Record<string, number>>, detector: Detector | undefined): FindingFigureShape[] {
  const known = Object.keys(detector?.figures ?? {}).filter((name) => figures[name] !== undefined);
  const others = Object.keys(figures).filter((name) => !known.includes(name));
  return [...known, ...others].map((name) => {
    const { unit, sentence } = detector?.figures[name] ?? { unit: '', sentence: wordless(name) };
    return { name, value: figures[name], unit, sentence };
  });
}

export function detailShape(
  finding: Finding,
  detector: Detector | undefined,
  more: {
    readonly places: Places;
    readonly history: readonly HistoryEntry[];
    readonly sightings: readonly Sighting[];
  },
): FindingDetailShape {
  const evidence = detector?.evidence(finding) ?? { sql: '', params: {} };
  return {
    ...findingShape(finding, detector, more.places),
    confidence_means: detector?.confidence ?? wordless(''),
    references: detector?.references ?? [],
    evidence: { sql: evidence.sql, params: evidence.params },
    history: more.history.map(({ at_ms, actor, state, confidence, note }) => {
      return { at: isoOf(at_ms), actor, state, confidence, note };
    }),
    sightings: more.sightings.map(({ bin_ms, first_ms, last_ms, confidence, figures }) => {
      return { bin: isoOf(bin_ms), first: isoOf(first_ms), last: isoOf(last_ms), confidence, figures };
    }),
  };
}

/** A code that no detector explains any more stands for itself. */
function wordless(code: string): SentenceShape {
  return { ja: code, en: code };
}
