/**
 * Detectors over bins in memory: a capture, a simulation, a test. The same runner (engine/blocks.ts) and the same making of findings
 * (ledger/episodes.ts) as in a center, so that the same rows give the same findings; no database and no clock.
 */
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import { episodesOf } from '../../ledger/episodes.ts';
import type { Finding } from '../../ledger/ledger.ts';
import type { Sighting } from '../../ledger/sighting.ts';
import type { Detector, SourceHour } from '../detector.ts';
import { BlockRunner, type Failure, keyOf, type RunCounts } from '../engine/blocks.ts';
import { rulesOf } from '../engine/rules.ts';
import type { Bin } from '../flow-batch.ts';

export interface MemoryOptions {
  /** In the order of minutes. */
  readonly bins: AsyncIterable<Bin> | Iterable<Bin>;
  readonly detectors: readonly Detector[];
  readonly place: { readonly feed: FeedName };
  /** Told of each hour of source classes. */
  readonly onSources?: (detector: string, sources: SourceHour) => void;
  /** Without a clock `time_ms` stays 0. */
  readonly now_ms?: () => number;
}

export interface DetectorAccount extends Readonly<RunCounts> {
  /** Time spent in it. */
  readonly time_ms: number;
}

export interface MemoryResult {
  /** Of all detectors, in their order; all closed: nothing comes after the last bin. */
  readonly findings: Finding[];
  /** By detector; one for each bin, subject and aspect. */
  readonly sightings: ReadonlyMap<string, readonly Sighting[]>;
  readonly failures: Failure[];
  /** By detector: minutes that were and were not stepped. */
  readonly applied: ReadonlyMap<string, DetectorAccount>;
}

/** Runs every detector over every bin; one that throws is counted and the others go on. */
export async function detectInMemory(options: MemoryOptions): Promise<MemoryResult> {
  const { bins, place, now_ms = () => 0 } = options;
  const works = options.detectors.map((detector) => new Work(detector, place.feed, options.onSources));
  for await (const bin of bins) {
    for (const work of works) work.during(now_ms, () => work.runner.step(bin));
  }
  for (const work of works) work.during(now_ms, () => work.runner.advance(Number.POSITIVE_INFINITY));
  return {
    findings: works.flatMap((work) => work.findings(place.feed)),
    sightings: new Map(works.map((work) => [work.detector.id, [...work.sightings.values()]])),
    failures: works.flatMap((work) => work.failures),
    applied: new Map(works.map(({ detector, runner, time_ms }) => [detector.id, { ...runner.counts, time_ms }])),
  };
}

/** One detector at work. */
class Work {
  readonly detector: Detector;
  readonly runner: BlockRunner;
  readonly sightings = new Map<string, Sighting>();
  readonly failures: Failure[] = [];
  time_ms = 0;
  private readonly onSources: MemoryOptions['onSources'];

  constructor(detector: Detector, feed: FeedName, onSources: MemoryOptions['onSources']) {
    this.detector = detector;
    this.runner = new BlockRunner(detector, { feed });
    this.onSources = onSources;
  }

  during(now_ms: () => number, act: () => void): void {
    const start_ms = now_ms();
    act();
    this.time_ms += now_ms() - start_ms;
    const { sightings, sources, failures } = this.runner.take();
    for (const sighting of sightings) this.sightings.set(keyOf(sighting), sighting);
    for (const hour of sources) this.onSources?.(this.detector.id, hour);
    this.failures.push(...failures);
  }

  findings(feed: FeedName): Finding[] {
    return [...episodesOf(rulesOf(this.detector), feed, [...this.sightings.values()], Number.POSITIVE_INFINITY)];
  }
}
