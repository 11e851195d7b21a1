/**
 * The ledger: what was found, and what people decide about it. Detectors' sightings come in bin by bin through `record`; findings
 * are made of them (episodes.ts), revised when a bin comes again, and never doubled.
 *
 * Names follow the one model of the response workflow: an observable (a subject, with an identifier that is the same everywhere), an
 * observation (a sighting, immutable but for its bin's return), a finding with its history.
 */
import type { FindingState } from '@noroshi/wire/api/finding.ts';
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import type { Merge, Reason, Sighting, Subject } from './sighting.ts';

/** What the ledger must know of a detector to make findings of its sightings. */
export interface Rules {
  readonly detector: string;
  readonly version: number;
  readonly bin_minutes: number;
  readonly gap_minutes: number;
  readonly valid_days: number;
  readonly confirmed_at: number;
  /** How each figure of several sightings becomes one; figures without an entry are left out. */
  readonly merges: Readonly<Record<string, Merge>>;
}

/** All that one detector saw in some of its bins: takes the place of what it saw there before. */
export interface Report {
  readonly feed: FeedName;
  readonly rules: Rules;
  /** Bins that begin in [from_ms, to_ms) are answered by this report, also those without a sighting. */
  readonly from_ms: number;
  readonly to_ms: number;
  /** At most 100,000. */
  readonly sightings: readonly Sighting[];
  /** Minute up to which the feed is complete: findings whose gap has passed by then are closed. */
  readonly watermark_ms: number;
  /** Clock time, for history alone. */
  readonly at_ms: number;
}

export interface Finding {
  /** UUID, version 5 over feed, detector, subject, aspect and the first bin when it was first found. */
  readonly id: string;
  readonly feed: FeedName;
  readonly detector: string;
  readonly detector_version: number;
  readonly subject: Subject;
  readonly aspect: string;
  /** Start of its first bin, end of its last. */
  readonly from_ms: number;
  readonly to_ms: number;
  readonly first_ms: number;
  readonly last_ms: number;
  readonly is_open: boolean;
  readonly state: FindingState;
  readonly confidence: number;
  readonly reasons: readonly Reason[];
  readonly figures: Readonly<Record<string, number>>;
  readonly revision: number;
}

export interface HistoryEntry {
  readonly at_ms: number;
  /** `engine`, or who decided. */
  readonly actor: string;
  readonly state: FindingState;
  readonly confidence: number;
  readonly note: string;
}

export interface FindingQuery {
  readonly feed: FeedName;
  /** Findings that overlap [from_ms, to_ms). */
  readonly from_ms?: number;
  readonly to_ms?: number;
  /** `dos` finds all of the theme, `dos/victim` one detector. */
  readonly detectors?: readonly string[];
  /** Without: all, also those that were refuted or are part of another. */
  readonly states?: readonly FindingState[];
  readonly subject?: Subject;
  readonly is_open?: boolean;
  /** At most 1000. */
  readonly limit: number;
  /** From an answer before. */
  readonly cursor?: string;
}

/** Every method throws LedgerError, whose message is one sentence. */
export interface Ledger {
  /** In one transaction. Answers ids of findings that are new, changed or superseded. The same report again changes nothing. */
  record(report: Report): Promise<readonly string[]>;
  findings(
    query: FindingQuery,
  ): Promise<{ readonly findings: readonly Finding[]; readonly cursor: string | undefined }>;
  finding(id: string): Promise<Finding | undefined>;
  history(id: string): Promise<readonly HistoryEntry[]>;
  /** Its sightings, oldest first, at most 20,000; none of a finding that is part of another now. */
  sightings(id: string): Promise<readonly Sighting[]>;
  /** A person's decision stands above the engine's: later revisions change figures, not the state. */
  decide(
    id: string,
    decision: { readonly state: FindingState; readonly actor: string; readonly note: string; readonly at_ms: number },
  ): Promise<Finding>;
  /** What the engine keeps from one start to the next, e.g. how far each detector came. */
  memory(key: string): Promise<string | undefined>;
  remember(key: string, value: string): Promise<void>;
  /** Findings whose validity has passed by `watermark_ms` of their feed expire. Answers how many. */
  expire(feed: FeedName, watermark_ms: number, at_ms: number): Promise<number>;
  close(): Promise<void>;
}
