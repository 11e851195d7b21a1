/**
 * Runs one detector over bins that come in the order of minutes, block by block as detector.ts says: a fresh state begins
 * `warmup_minutes` in front of each block and ends with it, so that near the end of a block there are two at a time. Of what a
 * state gives only the sightings whose bin begins in its own block count, and of source hours those that end in it.
 *
 * Minutes that are missing, and those to which the detector does not apply, are not stepped. The last minute of a block in which
 * any was stepped always is, with an empty bin if need be: so that what is open ends, whatever comes after the block.
 *
 * A throw ends the state: what the block had given by then counts, the rest of the block is not answered, the next block begins
 * anew. That depends on the block's minutes alone, as everything here does.
 */
import type { Sighting } from '../../ledger/sighting.ts';
import { emptyBin, MINUTE_MS } from '../bins.ts';
import type { Detector, Place, Run, Seen, SourceHour } from '../detector.ts';
import type { Bin } from '../flow-batch.ts';

/** Sightings that one step may give; more are cut, and counted. */
export const SIGHTINGS_PER_STEP_MAX = 20_000;
const MESSAGE_CHARS_MAX = 200;

export interface RunCounts {
  /** Minutes of blocks that were stepped. */
  applied: number;
  /** Minutes to which the detector's question does not apply. */
  not_applied: number;
  /** Throws. */
  failed: number;
  /** Minutes without an answer because of a throw before. */
  unanswered: number;
  /** Sightings that were cut, or had no place in the block. */
  dropped: number;
}

export interface Failure {
  readonly detector: string;
  readonly minute_ms: number;
  readonly message: string;
}

/** What came of some bins. */
export interface Harvest {
  readonly sightings: Sighting[];
  readonly sources: SourceHour[];
  readonly failures: Failure[];
}

interface Block {
  readonly start_ms: number;
  readonly end_ms: number;
  /** Undefined after a throw. */
  run: Run | undefined;
  /** The block's last minute that was stepped. */
  last_ms: number | undefined;
}

export function startOfBlock({ block_minutes }: Pick<Detector, 'block_minutes'>, time_ms: number): number {
  const block_ms = block_minutes * MINUTE_MS;
  return Math.floor(time_ms / block_ms) * block_ms;
}

export class BlockRunner {
  readonly counts: RunCounts = { applied: 0, not_applied: 0, failed: 0, unanswered: 0, dropped: 0 };
  private readonly detector: Detector;
  private readonly place: Place;
  private readonly blocks = new Map<number, Block>();
  private harvest: Harvest = { sightings: [], sources: [], failures: [] };

  constructor(detector: Detector, place: Place) {
    this.detector = detector;
    this.place = place;
  }

  /** The next minute. Bins come in order, beginning with the first there is in front of a block (warm-up and all). */
  step(bin: Bin): void {
    this.advance(bin.minute_ms);
    const applies = this.applies(bin);
    for (const block of this.blocksOf(bin.minute_ms)) this.stepBlock(block, bin, applies);
  }

  /** Everything before `to_ms` has come: blocks that end by then are closed. Infinity closes all. */
  advance(to_ms: number): void {
    for (const block of [...this.blocks.values()].sort((a, b) => a.start_ms - b.start_ms)) {
      if (block.end_ms > to_ms) continue;
      this.blocks.delete(block.start_ms);
      const end_ms = block.end_ms - MINUTE_MS;
      if (block.last_ms !== undefined && block.last_ms < end_ms) this.run(block, emptyBin(end_ms));
    }
  }

  /** What has come since it was asked last. */
  take(): Harvest {
    const { harvest } = this;
    this.harvest = { sightings: [], sources: [], failures: [] };
    return harvest;
  }

  /** The states that read this minute: its own block's, and those that warm up on it. */
  private blocksOf(minute_ms: number): Block[] {
    const { detector, blocks } = this;
    const block_ms = detector.block_minutes * MINUTE_MS;
    const last_ms = startOfBlock(detector, minute_ms + detector.warmup_minutes * MINUTE_MS);
    const found: Block[] = [];
    for (let start_ms = startOfBlock(detector, minute_ms); start_ms <= last_ms; start_ms += block_ms) {
      let block = blocks.get(start_ms);
      if (block === undefined) {
        block = { start_ms, end_ms: start_ms + block_ms, run: undefined, last_ms: undefined };
        blocks.set(start_ms, block);
        this.guard(minute_ms, () => {
          if (block !== undefined) block.run = detector.start(this.place);
        });
      }
      found.push(block);
    }
    return found;
  }

  private stepBlock(block: Block, bin: Bin, applies: boolean | undefined): void {
    const isOwn = bin.minute_ms >= block.start_ms;
    if (applies === undefined) block.run = undefined;
    if (block.run === undefined) {
      if (isOwn) this.counts.unanswered++;
    } else if (applies !== true) {
      if (isOwn) this.counts.not_applied++;
    } else {
      if (isOwn) {
        this.counts.applied++;
        block.last_ms = bin.minute_ms;
      }
      this.run(block, bin);
    }
  }

  private applies(bin: Bin): boolean | undefined {
    return this.guard(bin.minute_ms, () => this.detector.appliesTo(bin));
  }

  private run(block: Block, bin: Bin): void {
    const { run } = block;
    if (run === undefined) return;
    const seen = this.guard(bin.minute_ms, () => run.step(bin));
    if (seen === undefined) block.run = undefined;
    else if (bin.minute_ms >= block.start_ms) this.keep(block, seen);
  }

  private keep(block: Block, { sightings, sources }: Seen): void {
    if (sources !== undefined && sources.hour_ms >= block.start_ms) this.harvest.sources.push(sources);
    if (sightings.length === 0) return;
    const own = sightings.filter(({ bin_ms }) => bin_ms >= block.start_ms && bin_ms < block.end_ms);
    const kept = own.length > SIGHTINGS_PER_STEP_MAX ? own.sort(bySubject).slice(0, SIGHTINGS_PER_STEP_MAX) : own;
    this.counts.dropped += sightings.length - kept.length;
    for (const sighting of kept) this.harvest.sightings.push(tidied(sighting));
  }

  private guard<T>(minute_ms: number, ask: () => T): T | undefined {
    try {
      return ask();
    } catch (error) {
      this.counts.failed++;
      const message = (error instanceof Error ? error.message : String(error)).slice(0, MESSAGE_CHARS_MAX);
      this.harvest.failures.push({ detector: this.detector.id, minute_ms, message });
      return undefined;
    }
  }
}

/** Times in whole milliseconds; figures that are no number are left out, and -0 is 0. Most sightings are as they should be. */
function tidied(sighting: Sighting): Sighting {
  const { first_ms, last_ms, figures } = sighting;
  const isPlain = (value: number): boolean => Number.isFinite(value) && !Object.is(value, -0);
  const isTidy = Number.isInteger(first_ms) && Number.isInteger(last_ms) && Object.values(figures).every(isPlain);
  if (isTidy) return sighting;
  const finite = Object.entries(figures).filter(([, value]) => Number.isFinite(value));
  return {
    ...sighting,
    first_ms: Math.floor(first_ms),
    last_ms: Math.floor(last_ms),
    figures: Object.fromEntries(finite.map(([name, value]) => [name, value + 0])),
  };
}

/** What tells sightings of one detector apart: of two with the same key the later counts. */
export function keyOf({ bin_ms, subject, aspect }: Sighting): string {
  return `${bin_ms} ${subject.kind} ${subject.value} ${aspect}`;
}

function bySubject(a: Sighting, b: Sighting): number {
  const [one, other] = [keyOf(a), keyOf(b)];
  return one < other ? -1 : one > other ? 1 : 0;
}
