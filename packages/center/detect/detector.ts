/**
 * What a detector is: metadata first, then whether it applies, then how it runs. One detector is one file below
 * detectors/<theme> and its test; detectors/index.ts lists them.
 *
 * A detector reads minutes in order and keeps what it needs in a state of its own. Its answer for a minute depends on nothing but
 * the minutes since the start of its block and the `warmup_minutes` in front of it, so that a minute that comes again (a late
 * segment), a restart and a replay give the same answer: the engine starts a fresh state `warmup_minutes` before each block, throws
 * the sightings of the warm-up away, and keeps those of the block: sightings whose `bin_ms` lies in it. Blocks begin at multiples of
 * `block_minutes` since 1970 (UTC) and are made of whole bins.
 *
 * Minutes that are missing, and those to which the detector does not apply, are not stepped; but the last minute of a block is, once
 * any of it was, with an empty bin if need be. So what ends with a bin or an hour is told at the next step at the latest, and a
 * detector whose bins are hours may wait for one. Of sightings of one subject, aspect and bin the one told last counts: a detector may
 * tell of a bin before it has ended, and again.
 *
 * Sightings of one subject that are no more than `gap_minutes` apart are one finding (ledger/episodes.ts).
 */
import type { FigureMeaning, Sentence, Sighting, Subject } from '../ledger/sighting.ts';
import type { Bin } from './flow-batch.ts';

export interface Reference {
  /** Short, e.g. `Moore 2001`, `CAIDA corsaro 3`. */
  readonly name: string;
  /** What it says there; an address or a section of the literature, ours never. */
  readonly where: string;
}

/** Sources with their class, of one hour; columns like FlowBatch. */
export interface SourceHour {
  readonly hour_ms: number;
  readonly rows: number;
  /** 4 words a row. */
  readonly src: Uint32Array;
  /** Places in SOURCE_CLASSES (detectors/sources/classes.ts). */
  readonly class: Uint8Array;
  /** Bits: places in SOURCE_REASONS. */
  readonly reasons: Uint32Array;
  /** Bits: places in TOOLS (detectors/sources/tools.ts), decided over the source's packets. */
  readonly tools: Uint32Array;
  readonly packets: Float64Array;
  readonly targets: Uint32Array;
  readonly ports: Uint32Array;
  readonly asn: Uint32Array;
  /** Places in `countryNames`. */
  readonly country: Uint16Array;
  readonly countryNames: readonly string[];
  /** Packets of sources that found no room any more, and so have no row. */
  readonly packets_left_out?: number;
}

/** What one step gives. */
export interface Seen {
  readonly sightings: readonly Sighting[];
  /** Classes of the sources of an hour that has ended with this minute. */
  readonly sources?: SourceHour;
}

export const NOTHING_SEEN: Seen = { sightings: [] };

/** A detector at work: from one minute to the next. */
export interface Run {
  /** Minutes come in order; one that is missing had no rows and nobody listening. The batch is the caller's and not kept. */
  step(bin: Bin): Seen;
}

/** What the place is like: fixed for a run. */
export interface Place {
  readonly feed: string;
}

/** What of the flow rows a sighting rests on: conditions for ClickHouse, values as parameters. Reads `flows`. */
export interface Evidence {
  readonly sql: string;
  readonly params: Readonly<Record<string, string | number>>;
}

/** Finding as far as a detector must know it to say what it rests on. */
export interface EvidenceOf {
  readonly feed: string;
  readonly subject: Subject;
  readonly aspect: string;
  readonly from_ms: number;
  readonly to_ms: number;
}

export interface Detector {
  /** `<theme>/<name>`, as its file: `dos/victim`. Never changes its meaning. */
  readonly id: string;
  /** Grows when the same rows may give other sightings. */
  readonly version: number;
  readonly theme: 'dos' | 'scan' | 'sources';
  readonly sentence: Sentence;
  readonly references: readonly Reference[];
  /** What `confidence` means here. */
  readonly confidence: Sentence;
  /** At this confidence a finding is confirmed; below it is a candidate. Infinity: people confirm. */
  readonly confirmed_at: number;
  /** Size of its bins. */
  readonly bin_minutes: number;
  readonly block_minutes: number;
  readonly warmup_minutes: number;
  /** Sightings of one subject so far apart still are one finding. */
  readonly gap_minutes: number;
  /** A finding expires so long after its last sighting. */
  readonly valid_days: number;
  readonly reasons: Readonly<Record<string, Sentence>>;
  readonly figures: Readonly<Record<string, FigureMeaning>>;
  /** Whether its question makes sense for such a bin, e.g. whether anybody listened; "does not apply" is counted apart from "nothing seen". */
  appliesTo(bin: Bin): boolean;
  start(place: Place): Run;
  evidence(of: EvidenceOf): Evidence;
}
