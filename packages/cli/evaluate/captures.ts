/**
 * Captures to bins, for detectors in memory: the sensor's own path (source → stage → table → columns), then the center's batches.
 *
 * How many addresses listened: those of the prefixes, where these are given; else the different destinations of what nobody had
 * asked for (conversations.ts), which is known only when everything has been read. So without prefixes rows are held in memory, and
 * a capture that has too many is read a second time.
 */
import type { BatchLookups } from '@noroshi/center/detect/flow-batch-of.ts';
import { BinCollector, emptyBin, MINUTE_MS } from '@noroshi/center/detect/bins.ts';
import { gatherBatch } from '@noroshi/center/detect/batch-columns.ts';
import { flowBatchOf, minutesOf } from '@noroshi/center/detect/flow-batch-of.ts';
import type { Bin, BinExposure, FlowBatch } from '@noroshi/center/detect/flow-batch.ts';
import { type Progress, runInline, type SourceOutcome } from '@noroshi/sensor/flow/inline.ts';
import { FlowStage, type StageCounters } from '@noroshi/sensor/flow/stage.ts';
import { Telescope } from '@noroshi/sensor/flow/telescope.ts';
import { ColumnWriter } from '@noroshi/wire/flow/to-columns.ts';
import { Channel } from './channel.ts';
import { Conversations } from './conversations.ts';

/** Rows held in memory until it is known who listened: about 170 bytes each. */
const ROWS_HELD_MAX = 1 << 20;
/** A packet so many minutes behind the newest one still finds its minute open while a capture streams. */
const LATENESS_MINUTES = 2;
/** A silence longer than this is no listening: the capture was made in pieces. */
const GAP_MINUTES_MAX = 120;

export interface CaptureBinsOptions {
  /** Captures; `-` is standard input. */
  readonly paths: readonly string[];
  /** The telescope: only what is sent to it counts. */
  readonly prefixes?: readonly string[] | undefined;
  readonly lookups?: BatchLookups;
  readonly onProgress?: (progress: Progress) => void | Promise<void>;
  readonly rowsHeldMax?: number;
}

/** What is known when the last bin has been given. */
export interface CaptureAccount extends SourceOutcome {
  readonly counters: StageCounters;
  readonly exposure: BinExposure;
  /** Rows that answered what was asked in the capture, left out. */
  readonly answered: number;
  /** Rows that came too late for their minute, left out. */
  readonly late: number;
  /** False when there were more addresses or pairs than are counted. */
  readonly isExact: boolean;
}

/** Standard input cannot be read a second time. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

export class CaptureBins implements AsyncIterable<Bin> {
  private readonly options: CaptureBinsOptions;
  private account: CaptureAccount | undefined;

  /** Throws RangeError for a prefix that is none. */
  constructor(options: CaptureBinsOptions) {
    this.options = options;
    if (options.prefixes !== undefined) Telescope.of(options.prefixes);
  }

  /** Good after the last bin. */
  get outcome(): CaptureAccount {
    if (this.account === undefined) throw new TypeError('Cannot say what a capture was: it is still being read');
    return this.account;
  }

  /** Bins in order. Throws the file system's errors, TooLarge, and what `onProgress` throws. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Bin, void, void> {
    const { prefixes, paths, rowsHeldMax = ROWS_HELD_MAX } = this.options;
    if (prefixes !== undefined) {
      const { addresses, networks64 } = Telescope.of(prefixes);
      yield* this.stream({ addresses, networks64 }, true);
      return;
    }
    const held = await this.hold(rowsHeldMax);
    if (held.isWhole) {
      const bins = held.collector.take(Number.POSITIVE_INFINITY, new Map());
      yield* listening(bins, held.outcome.exposure, undefined);
      return;
    }
    if (paths.includes('-')) {
      throw new TooLarge(`Cannot hold more than ${rowsHeldMax} rows of standard input: --prefixes says who listened`);
    }
    yield* this.stream(held.outcome.exposure, held.outcome.isExact);
  }

  /** Reads everything; rows are kept while they are few enough. */
  private async hold(
    rowsHeldMax: number,
  ): Promise<{ collector: BinCollector; outcome: CaptureAccount; isWhole: boolean }> {
    const talk = new Conversations();
    let collector = new BinCollector();
    let rows = 0;
    const stage = this.stage(talk, undefined, (batch, minutes) => {
      rows += batch.rows;
      if (rows <= rowsHeldMax) collector.add(batch, minutes);
      else collector = new BinCollector();
    });
    const source = await runInline(this.options.paths, stage, this.options.onProgress);
    const counters = stage.close();
    const exposure = talk.listeners;
    const account = { ...source, counters, exposure, answered: talk.answered, late: 0, isExact: !talk.isFull };
    this.account = account;
    return { collector, outcome: account, isWhole: rows <= rowsHeldMax };
  }

  /** Bins as their minutes are over. */
  private async *stream(exposure: BinExposure, isExact: boolean): AsyncGenerator<Bin, void, void> {
    const { prefixes, paths, onProgress = () => {} } = this.options;
    const talk = prefixes === undefined ? new Conversations() : undefined;
    const collector = new BinCollector();
    const channel = new Channel<Bin>();
    let given_ms = Number.NEGATIVE_INFINITY;
    let late = 0;
    const stage = this.stage(talk, prefixes, (batch, minutes) => {
      const kept = rowsFrom(minutes, given_ms);
      late += batch.rows - kept.length;
      collector.add(...chosen(batch, minutes, kept));
    });
    const give = (to_ms: number): void => {
      const before_ms = given_ms === Number.NEGATIVE_INFINITY ? undefined : given_ms;
      for (const bin of listening(collector.take(to_ms, new Map()), exposure, before_ms)) {
        given_ms = bin.minute_ms;
        channel.put(bin);
      }
    };
    const work = async (): Promise<void> => {
      const source = await runInline(paths, stage, async (progress) => {
        give((stage.minute - LATENESS_MINUTES) * MINUTE_MS);
        await onProgress(progress);
        await channel.drained();
      });
      const counters = stage.close();
      give(Number.POSITIVE_INFINITY);
      this.account = { ...source, counters, exposure, answered: talk?.answered ?? 0, late, isExact };
    };
    const done = work().then(
      () => channel.end(),
      (error: unknown) => channel.fail(error),
    );
    try {
      yield* channel;
    } finally {
      channel.abandon();
      await done;
    }
  }

  /** A stage whose rows come as batches, without answers to what was asked. */
  private stage(
    talk: Conversations | undefined,
    prefixes: readonly string[] | undefined,
    take: (batch: FlowBatch, minutes: Float64Array) => void,
  ): FlowStage {
    const writer = new ColumnWriter();
    const { lookups } = this.options;
    return new FlowStage(
      (store) => {
        const columns = writer.columns(store);
        const minutes = minutesOf(columns, store.count);
        const batch = flowBatchOf(columns, store.count, lookups);
        const kept = talk?.unasked(batch);
        take(...chosen(batch, minutes, kept));
      },
      prefixes === undefined ? {} : { telescope: Telescope.of(prefixes) },
    );
  }
}

/** The same bins with who listened, and with the empty minutes between them: a capture listens from its beginning to its end. */
function* listening(
  bins: Iterable<Bin>,
  exposure: BinExposure,
  before_ms: number | undefined,
): Generator<Bin, void, void> {
  let last_ms = before_ms;
  for (const { minute_ms, flows } of bins) {
    if (last_ms !== undefined && minute_ms - last_ms <= GAP_MINUTES_MAX * MINUTE_MS) {
      for (let gap_ms = last_ms + MINUTE_MS; gap_ms < minute_ms; gap_ms += MINUTE_MS) yield emptyBin(gap_ms, exposure);
    }
    last_ms = minute_ms;
    yield { minute_ms, exposure, flows };
  }
}

/** Numbers of the rows that do not lie before or in the minute given last. */
function rowsFrom(minutes: Float64Array, given_ms: number): Uint32Array {
  const kept = new Uint32Array(minutes.length);
  let count = 0;
  for (let row = 0; row < minutes.length; row++) if (minutes[row] > given_ms) kept[count++] = row;
  return kept.subarray(0, count);
}

/** The rows with these numbers, and their minutes; all without numbers. */
function chosen(
  batch: FlowBatch,
  minutes: Float64Array,
  kept: Uint32Array | undefined,
): [batch: FlowBatch, minutes: Float64Array] {
  if (kept === undefined || kept.length === batch.rows) return [batch, minutes];
  return [gatherBatch(batch, kept), Float64Array.from(kept, (row) => minutes[row])];
}
