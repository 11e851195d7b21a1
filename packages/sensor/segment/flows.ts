/** source → flow → segment: captures become one Parquet file of flow rows. */
import type { Segment } from '@noroshi/wire/segment/segment.ts';
import { type Compression, FlowFile, GroupEncoder, type SegmentFacts } from './flow-file.ts';
import { fileBytes, openInput } from '../source/input.ts';
import type { Damage } from '../source/merge.ts';
import { type Progress, runInline, type SourceOutcome } from '../flow/inline.ts';
import { runParallel } from './parallel.ts';
import { FlowStage, type StageCounters } from '../flow/stage.ts';
import { ROWS_PER_MINUTE_MAX } from '../flow/table.ts';
import { Telescope } from '../flow/telescope.ts';

export interface FlowsOptions {
  /** Captures; `-` is standard input. */
  readonly paths: readonly string[];
  /** The file to write; it appears when it is whole. */
  readonly out: string;
  /** Threads that decode. More than one is used for a single plain file; others come through one thread. */
  readonly workers: number;
  readonly compression: Compression;
  /** Name of the sensor in the segment's metadata. */
  readonly sensor?: string;
  readonly sequence?: number;
  /** Prefixes of the telescope: only packets to them are kept, and their size is the exposure. */
  readonly prefixes?: readonly string[];
  readonly rowsPerMinuteMax?: number;
  readonly onProgress?: (progress: Progress) => void;
}

export interface FlowsOutcome {
  readonly counters: StageCounters;
  /** Packets that the captures report as lost before they were written. */
  readonly dropped: number;
  readonly damage: readonly Damage[];
  readonly segment: Segment;
  /** Size of the file. */
  readonly bytes: number;
}

/** Writes `out`. Throws the file system's errors; damage in a capture is in the outcome, and everything before it in the rows. */
export async function writeFlows(options: FlowsOptions): Promise<FlowsOutcome> {
  const file = new FlowFile(options.out, { isDirect: true });
  try {
    const { counters, dropped, damage } = await run(options, file);
    const segment = file.finish(factsOf(options, counters, dropped));
    return { counters, dropped, damage, segment, bytes: file.byteLength };
  } catch (error) {
    file.abandon();
    throw error;
  }
}

async function run(options: FlowsOptions, file: FlowFile): Promise<SourceOutcome & { counters: StageCounters }> {
  const { paths, prefixes, rowsPerMinuteMax = ROWS_PER_MINUTE_MAX, onProgress = () => {}, compression } = options;
  const [path] = paths;
  if (options.workers > 1 && paths.length === 1 && path !== undefined && (await isSeekable(path))) {
    const shape = { isPerDay: false, countsDestinations: false };
    return runParallel(
      { path, prefixes, rowsPerMinuteMax, compression, workers: options.workers, onProgress, ...shape },
      (group) => file.add(group),
    );
  }
  const encoder = new GroupEncoder(compression);
  const stage = new FlowStage((store) => file.add(encoder.encode(store)), {
    rowsPerMinuteMax,
    ...(prefixes === undefined ? {} : { telescope: Telescope.of(prefixes) }),
  });
  const outcome = await runInline(paths, stage, onProgress);
  return { ...outcome, counters: stage.close() };
}

/** Whether several threads may read different parts of it. */
export async function isSeekable(path: string): Promise<boolean> {
  if (fileBytes(path) === undefined) return false;
  const input = await openInput(path);
  input.close();
  return input.isSeekable;
}

/** Losses before the capture count as received and dropped: what arrived is the sum, whoever lost it. */
function factsOf(options: FlowsOptions, counters: StageCounters, lost: number): SegmentFacts {
  // A capture without packets covers no time, but a segment is at least one minute long.
  const from = (counters.minuteFirst ?? 0) * 60_000;
  const to = ((counters.minuteLast ?? 0) + 1) * 60_000;
  return {
    version: 1,
    sensor: options.sensor ?? 'capture',
    sequence: options.sequence ?? 0,
    minute_from_ms: from,
    minute_to_ms: to,
    first_ms: counters.first_ms,
    last_ms: counters.last_ms,
    exposure: exposureOf(options, counters.received, from, to),
    counters: {
      received: counters.received + lost,
      kept: counters.kept,
      filtered: { ...counters.filtered },
      dropped: { before_capture: lost },
    },
  };
}

/**
 * A capture without a packet does not say when anything listened; and prefixes too large for a telescope, such as ::/0, only
 * filter: they say nothing about how much listened.
 */
function exposureOf({ prefixes }: FlowsOptions, received: number, from_ms: number, to_ms: number): Segment['exposure'] {
  if (prefixes === undefined || received === 0) return [];
  const { addresses, networks64 } = Telescope.of(prefixes);
  const isCountable = ((addresses + networks64) * (to_ms - from_ms)) / 1000 <= Number.MAX_SAFE_INTEGER;
  return isCountable ? [{ from_ms, to_ms, addresses, networks64 }] : [];
}
