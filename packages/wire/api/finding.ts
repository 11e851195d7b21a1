/**
 * Findings as the center publishes them: GET /v1/findings, /v1/findings/{id}, /v1/victims, /v1/victims/{address}, /v1/sources,
 * /v1/detectors. Times are ISO 8601 in UTC.
 */
import type { FeedName } from './feed.ts';

/** candidate → confirmed | refuted | duplicate; later expired | superseded. */
export const FINDING_STATES = ['candidate', 'confirmed', 'refuted', 'duplicate', 'expired', 'superseded'] as const;
export type FindingState = (typeof FINDING_STATES)[number];

/** Both languages of the portal. */
export interface SentenceShape {
  readonly ja: string;
  readonly en: string;
}

export interface SubjectShape {
  readonly kind: 'address' | 'prefix' | 'network' | 'port' | 'telescope';
  readonly value: string;
}

export interface ReasonShape {
  readonly code: string;
  readonly sentence: SentenceShape;
  readonly values: Readonly<Record<string, number | string>>;
}

export interface FindingFigureShape {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly sentence: SentenceShape;
}

export interface FindingShape {
  readonly id: string;
  readonly feed: FeedName;
  readonly detector: string;
  readonly detector_version: number;
  readonly sentence: SentenceShape;
  readonly subject: SubjectShape;
  /** What of the subject, e.g. `tcp/80`; '' when there is but one thing. */
  readonly aspect: string;
  /** Of the subject; 'unknown' and null when not known. */
  readonly country: string;
  readonly asn: number | null;
  readonly as_name: string | null;
  /** Start of the first bin, end of the last one. */
  readonly from: string;
  readonly to: string;
  /** First and last packet. */
  readonly first: string;
  readonly last: string;
  /** Whether sightings may still come: its last bin is younger than the detector's gap. */
  readonly is_open: boolean;
  readonly state: FindingState;
  /** 0 … 1. */
  readonly confidence: number;
  readonly reasons: readonly ReasonShape[];
  readonly figures: readonly FindingFigureShape[];
  /** How often it was revised. */
  readonly revision: number;
}

export interface FindingHistoryShape {
  readonly at: string;
  readonly actor: string;
  readonly state: FindingState;
  readonly confidence: number;
  readonly note: string;
}

export interface SightingShape {
  readonly bin: string;
  readonly first: string;
  readonly last: string;
  readonly confidence: number;
  readonly figures: Readonly<Record<string, number>>;
}

/** One finding, explained. */
export interface FindingDetailShape extends FindingShape {
  readonly confidence_means: SentenceShape;
  readonly references: readonly { readonly name: string; readonly where: string }[];
  /** The query that reproduces it, on the center's own database; addresses of sensors are never in it. */
  readonly evidence: { readonly sql: string; readonly params: Readonly<Record<string, string | number>> };
  readonly history: readonly FindingHistoryShape[];
  /** One a bin, oldest first. */
  readonly sightings: readonly SightingShape[];
}

export interface FindingsShape {
  readonly feed: FeedName;
  readonly from: string | null;
  readonly to: string | null;
  /** Newest first. */
  readonly findings: readonly FindingShape[];
  /** For the next page; null on the last. */
  readonly cursor: string | null;
  /** Minute up to which detectors have seen everything that live sensors sent; null before any. */
  readonly watermark: string | null;
}

/** A victim of attacks in a period: its findings of theme `dos`, gathered by address. */
export interface VictimShape {
  readonly address: string;
  readonly country: string;
  readonly asn: number | null;
  readonly as_name: string | null;
  readonly attacks: number;
  readonly first: string;
  readonly last: string;
  readonly is_open: boolean;
  readonly packets: number;
  /** Greatest estimated attack rate, packets per second, with its 95 % interval; null where no estimate is made. */
  readonly attack_pps: number | null;
  readonly attack_pps_low: number | null;
  readonly attack_pps_high: number | null;
  /** `tcp/80`, most packets first. */
  readonly services: readonly string[];
  readonly confidence: number;
}

export interface VictimsShape {
  readonly feed: FeedName;
  readonly from: string;
  readonly to: string;
  /** Victims in the period, also those not listed. */
  readonly total: number;
  /** False when there were more findings than were looked at, the newest ones: `total` is then too small. */
  readonly is_complete: boolean;
  readonly victims: readonly VictimShape[];
  readonly watermark: string | null;
}

export interface VictimDetailShape extends VictimShape {
  readonly feed: FeedName;
  readonly from: string;
  readonly to: string;
  readonly findings: readonly FindingShape[];
  readonly confidence_means: SentenceShape;
  readonly step_minutes: number;
  /** What came back from it, by `step_minutes`, oldest first; stretches without a sighting are left out. */
  readonly timeline: readonly VictimPointShape[];
  readonly watermark: string | null;
}

export interface VictimPointShape {
  readonly at: string;
  readonly packets: number;
  /** Greatest within the step. */
  readonly attack_pps: number | null;
  readonly attack_pps_low: number | null;
  readonly attack_pps_high: number | null;
}

/** Sources of one class, or with one tool. */
export interface SourceClassShape {
  readonly name: string;
  readonly sentence: SentenceShape;
  /** Mean distinct sources an hour. */
  readonly sources_per_hour: number;
  readonly packets: number;
  readonly share_of_packets: number;
  readonly share_of_sources: number;
}

/** Sources and packets of each class, in the order of `classes`. */
export interface SourceStepShape {
  readonly at: string;
  /** Mean distinct sources an hour. */
  readonly sources: readonly number[];
  readonly packets: readonly number[];
}

/** Sources by class, of a period. */
export interface SourceClassesShape {
  readonly feed: FeedName;
  readonly from: string;
  readonly to: string;
  /** Hours of the period that were classified. */
  readonly hours: number;
  /** Exclusive, in the order in which they are decided; together they are all sources. */
  readonly classes: readonly SourceClassShape[];
  /** 1, or 24 in long periods. */
  readonly step_hours: number;
  /** Oldest first; steps that were not classified are left out. */
  readonly course: readonly SourceStepShape[];
  /** A source may show several tools, most show none; most packets first. */
  readonly tools: readonly SourceClassShape[];
  readonly watermark: string | null;
}

/** How often a detector ran since the center started, in bins. */
export interface DetectorCountsShape {
  readonly applied: number;
  readonly not_applied: number;
  readonly failed: number;
}

/** A detector that runs. */
export interface DetectorShape {
  readonly id: string;
  readonly version: number;
  readonly theme: 'dos' | 'scan' | 'sources';
  readonly sentence: SentenceShape;
  readonly references: readonly { readonly name: string; readonly where: string }[];
  readonly confidence_means: SentenceShape;
  /** Confidence from which its findings are confirmed; null: people confirm. */
  readonly confirmed_at: number | null;
  readonly bin_minutes: number;
  readonly gap_minutes: number;
  readonly valid_days: number;
  readonly reasons: readonly { readonly code: string; readonly sentence: SentenceShape }[];
  readonly figures: readonly { readonly name: string; readonly unit: string; readonly sentence: SentenceShape }[];
  /** Null when the engine has not counted yet. */
  readonly counts: DetectorCountsShape | null;
}

export interface DetectorsShape {
  readonly feed: FeedName;
  readonly detectors: readonly DetectorShape[];
  readonly watermark: string | null;
}

/** The event `findings` of the live stream: findings, classes or the watermark of the feed changed. */
export interface FindingsEvent {
  readonly watermark: string | null;
}
