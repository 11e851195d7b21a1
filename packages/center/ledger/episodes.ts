/**
 * Sightings → findings, without any database: the one place that says which sightings belong together and what they add up to.
 * The ledger does it bin by bin, the engine in memory does it at once, and both come to the same.
 *
 * An episode is folded up from its oldest bin to its newest, so that one more bin at its end is one more step, and an episode of
 * a month need not be read again each minute.
 */
import { uuidV5 } from '@noroshi/kit/uuid.ts';
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import type { Finding, Rules } from './ledger.ts';
import type { Merge, Reason, Sighting, Subject } from './sighting.ts';

const MINUTE_MS = 60_000;

/** Of ours: uuidV5(STIX_NAMESPACE, 'noroshi finding'). */
const FINDING_NAMESPACE = 'd600e1a2-8463-53f4-a24b-968ffe6762f8';

/** What the sightings of one stretch of bins add up to. */
export interface Episode {
  /** Start of its first bin, end of its last. */
  readonly from_ms: number;
  readonly to_ms: number;
  readonly first_ms: number;
  readonly last_ms: number;
  /**
   * The greatest of its sightings. What speaks for an episode in one bin is not independent of what speaks for it in the next, so
   * probabilities are not multiplied up.
   */
  readonly confidence: number;
  /** One of each code, in the order in which they came up, with the latest values. */
  readonly reasons: readonly Reason[];
  /** Those alone that the rules merge. */
  readonly figures: Readonly<Record<string, number>>;
}

type Timing = Pick<Rules, 'bin_minutes' | 'gap_minutes'>;

/** Whether a bin that begins at `bin_ms` goes on with an episode that ends at `to_ms`: no more than the gap lies between them. */
function isJoined(rules: Timing, to_ms: number, bin_ms: number): boolean {
  return bin_ms - to_ms <= rules.gap_minutes * MINUTE_MS;
}

/** From this watermark on no bin can come any more, in order, that goes on with an episode which ends at `to_ms`. */
export function closesAt_ms({ bin_minutes, gap_minutes }: Timing, to_ms: number): number {
  return to_ms + (Math.floor(gap_minutes / bin_minutes) + 1) * bin_minutes * MINUTE_MS;
}

/** One more bin, younger than all before. `episode` is undefined for the first. */
function extend(rules: Rules, episode: Episode | undefined, sighting: Sighting): Episode {
  const to_ms = sighting.bin_ms + rules.bin_minutes * MINUTE_MS;
  const { bin_ms, first_ms, last_ms, confidence, reasons, figures } = sighting;
  if (episode === undefined) {
    const merged = mergeFigures(rules.merges, {}, figures);
    return { from_ms: bin_ms, to_ms, first_ms, last_ms, confidence, reasons: unite([], reasons), figures: merged };
  }
  return {
    from_ms: episode.from_ms,
    to_ms,
    first_ms: Math.min(episode.first_ms, first_ms),
    last_ms: Math.max(episode.last_ms, last_ms),
    confidence: Math.max(episode.confidence, confidence),
    reasons: unite(episode.reasons, reasons),
    figures: mergeFigures(rules.merges, episode.figures, figures),
  };
}

/** A code that comes again keeps its place and takes the new values. */
function unite(before: readonly Reason[], now: readonly Reason[]): Reason[] {
  const byCode = new Map<string, Reason>();
  for (const reason of before) byCode.set(reason.code, reason);
  for (const reason of now) byCode.set(reason.code, reason);
  return [...byCode.values()];
}

function mergeFigures(
  merges: Rules['merges'],
  before: Episode['figures'],
  now: Episode['figures'],
): Record<string, number> {
  const merged: Record<string, number> = {};
  // In the order of the rules, so that equal figures are equal texts.
  for (const [name, merge] of Object.entries(merges)) {
    const value = mergeFigure(merge, figureOf(before, name), figureOf(now, name));
    if (value !== undefined) merged[name] = value;
  }
  return merged;
}

function figureOf(figures: Episode['figures'], name: string): number | undefined {
  return Object.hasOwn(figures, name) ? figures[name] : undefined;
}

function mergeFigure(merge: Merge, before: number | undefined, now: number | undefined): number | undefined {
  if (before === undefined || now === undefined) return now ?? before;
  switch (merge) {
    case 'sum':
      return before + now;
    case 'max':
      return Math.max(before, now);
    case 'min':
      return Math.min(before, now);
    case 'first':
      return before;
    case 'last':
      return now;
    default:
      return merge satisfies never;
  }
}

/** What the engine says by itself. */
export function stateOf({ confirmed_at }: Rules, { confidence }: Episode): 'candidate' | 'confirmed' {
  return confidence >= confirmed_at ? 'confirmed' : 'candidate';
}

export interface FindingName {
  readonly feed: FeedName;
  readonly detector: string;
  readonly subject: Subject;
  readonly aspect: string;
  readonly from_ms: number;
}

/**
 * UUID, version 5, of a finding that was first found with its first bin at `from_ms`.
 * @param copy of an identifier that another finding of the same first bin still has: it grew backwards, and was split
 */
export function findingId({ feed, detector, subject, aspect, from_ms }: FindingName, copy = 0): string {
  const name = [feed, detector, subject.kind, subject.value, aspect, from_ms, ...(copy === 0 ? [] : [copy])];
  return uuidV5(FINDING_NAMESPACE, JSON.stringify(name));
}

/**
 * Findings of all sightings of one detector, oldest first; those that begin together in the order of their subjects and aspects. The
 * order of the sightings does not matter. Of several of the same subject, aspect and bin the last one counts.
 */
export function episodesOf(
  rules: Rules,
  feed: FeedName,
  sightings: readonly Sighting[],
  watermark_ms: number,
): Finding[] {
  const findings: Finding[] = [];
  for (const bins of bySubject(sightings).values()) {
    const sorted = [...bins.values()].toSorted((a, b) => a.bin_ms - b.bin_ms);
    const { subject, aspect } = sorted[0];
    for (const episode of foldAll(rules, sorted)) {
      findings.push({
        id: findingId({ feed, detector: rules.detector, subject, aspect, from_ms: episode.from_ms }),
        feed,
        detector: rules.detector,
        detector_version: rules.version,
        subject,
        aspect,
        ...episode,
        is_open: watermark_ms < closesAt_ms(rules, episode.to_ms),
        state: stateOf(rules, episode),
        revision: 0,
      });
    }
  }
  return findings.toSorted(compareFindings);
}

/** Sightings of one subject and aspect, oldest first, one a bin → its episodes, oldest first. */
function foldAll(rules: Rules, sightings: Iterable<Sighting>): Episode[] {
  const episodes: Episode[] = [];
  for (const sighting of sightings) fold(rules, episodes, sighting);
  return episodes;
}

/** Takes one more bin, younger than all before, into the last of the episodes, or makes a new one of it. */
export function fold(rules: Rules, episodes: Episode[], sighting: Sighting): void {
  const last = episodes.at(-1);
  const isMore = last !== undefined && isJoined(rules, last.to_ms, sighting.bin_ms);
  episodes.splice(isMore ? -1 : episodes.length, 1, extend(rules, isMore ? last : undefined, sighting));
}

/** One text for subject and aspect, whatever they hold. */
function keyOf(subject: Subject, aspect: string): string {
  return JSON.stringify([subject.kind, subject.value, aspect]);
}

function bySubject(sightings: readonly Sighting[]): Map<string, Map<number, Sighting>> {
  const subjects = new Map<string, Map<number, Sighting>>();
  for (const sighting of sightings) {
    const key = keyOf(sighting.subject, sighting.aspect);
    const bins = subjects.get(key) ?? new Map<number, Sighting>();
    subjects.set(key, bins.set(sighting.bin_ms, sighting));
  }
  return subjects;
}

function compareFindings(a: Finding, b: Finding): number {
  if (a.from_ms !== b.from_ms) return a.from_ms - b.from_ms;
  const [left, right] = [keyOf(a.subject, a.aspect), keyOf(b.subject, b.aspect)];
  return left < right ? -1 : Number(left > right);
}
