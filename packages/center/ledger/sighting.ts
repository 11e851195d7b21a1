/** What detectors tell the ledger: sightings, and what their numbers mean. */

/** A sentence in the languages of the portal. */
export interface Sentence {
  readonly ja: string;
  readonly en: string;
}

/** How a figure of several sightings becomes one of the finding. */
export type Merge = 'sum' | 'max' | 'min' | 'first' | 'last';

/** A number that a detector gives with a sighting, e.g. `packets`. Its name is its key in `figures`, units last. */
export interface FigureMeaning {
  readonly unit: string;
  readonly merge: Merge;
  readonly sentence: Sentence;
}

/** Why: a code, and the numbers that belong to it. Codes are listed in the detector's `reasons`. */
export interface Reason {
  readonly code: string;
  readonly values?: Readonly<Record<string, number | string>>;
}

/** Whom it is about. `value`: an address (RFC 5952), a prefix, `AS64500`, `23/tcp`, or `*` for the whole telescope. */
export interface Subject {
  readonly kind: 'address' | 'prefix' | 'network' | 'port' | 'telescope';
  readonly value: string;
}

/** What a detector saw of one subject in one of its bins. */
export interface Sighting {
  readonly subject: Subject;
  /** Tells sightings of one subject apart that are different things, such as `tcp/80`; '' when there is but one. Part of the identity. */
  readonly aspect: string;
  /** Start of the bin; a multiple of `bin_minutes`. */
  readonly bin_ms: number;
  /** Event time of the first and the last packet that speaks for it, within the bin. */
  readonly first_ms: number;
  readonly last_ms: number;
  /** Probability that it is what the detector says, 0 … 1, as the detector's `confidence` sentence explains. */
  readonly confidence: number;
  readonly reasons: readonly Reason[];
  readonly figures: Readonly<Record<string, number>>;
}
