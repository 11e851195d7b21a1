/**
 * source → flow → segment: captures become a sequence of segments, in their event time. Segments with rows leave as they fill;
 * how many addresses listened is known when all packets have been seen, so at the end each UTC day gets its exposure and its
 * filtered packets: in its last segment where that is still open, else in one without rows.
 */
import type { ExposureSpan } from '@noroshi/wire/segment/segment.ts';
import { type Progress, runInline, type SourceOutcome } from '../flow/inline.ts';
import { joined } from '../flow/heard.ts';
import { FlowStage, type StageCounters } from '../flow/stage.ts';
import { ROWS_PER_MINUTE_MAX } from '../flow/table.ts';
import type { TallyData } from '../flow/tally.ts';
import { Telescope } from '../flow/telescope.ts';
import { type DayExtras, NO_EXTRAS, type Outlet, SegmentCutter, spansByDay } from './cutter.ts';
import { DAY_MS, DaySplitter, MINUTE_MS } from './days.ts';
import { Destinations } from './destinations.ts';
import { type Compression, GroupEncoder } from './flow-file.ts';
import { isSeekable } from './flows.ts';
import { runParallel } from './parallel.ts';

export interface CaptureOptions {
  /** Captures; `-` is standard input. */
  readonly paths: readonly string[];
  /** Threads that decode. More than one is used for a single plain file; others come through one thread. */
  readonly workers: number;
  readonly compression: Compression;
  /** Prefixes of the telescope: only packets to them are kept. Without, the different destinations are what listened. */
  readonly prefixes?: readonly string[];
  readonly outlet: Outlet;
  readonly onProgress?: (progress: Progress) => void;
  /** Resolves when the outlet has room for more; undefined when it has. */
  readonly room?: () => Promise<void> | undefined;
}

export interface CaptureOutcome extends SourceOutcome {
  readonly counters: StageCounters;
  /** What listened. */
  readonly addresses: number;
  readonly networks64: number;
  /** False when there were more different destinations than are counted. */
  readonly isExact: boolean;
}

interface Cut extends SourceOutcome {
  readonly counters: StageCounters;
  readonly tally: TallyData;
  readonly destinations: Destinations;
}

/** Throws the file system's errors; damage in a capture is in the outcome, and everything before it in the segments. */
export async function cutCaptures(options: CaptureOptions): Promise<CaptureOutcome> {
  const extras = new Map<number, DayExtras>();
  const cutter = new SegmentCutter(options.outlet, (day) => extras.get(day) ?? NO_EXTRAS);
  try {
    const { tally, destinations, ...outcome } = await run(options, cutter);
    const { addresses, networks64 } = options.prefixes === undefined ? destinations : Telescope.of(options.prefixes);
    for (const [day, own] of extrasByDay(tally, outcome.dropped, addresses, networks64)) extras.set(day, own);
    cutter.closeAll(extras.keys());
    return { ...outcome, addresses, networks64, isExact: options.prefixes !== undefined || !destinations.isAtLeast };
  } catch (error) {
    cutter.abandon();
    throw error;
  }
}

async function run(options: CaptureOptions, cutter: SegmentCutter): Promise<Cut> {
  const { paths, prefixes, onProgress = () => {}, room = () => undefined } = options;
  const [path] = paths;
  const countsDestinations = prefixes === undefined;
  if (options.workers > 1 && paths.length === 1 && path !== undefined && (await isSeekable(path))) {
    const { workers, compression } = options;
    const rowsPerMinuteMax = ROWS_PER_MINUTE_MAX;
    const setup = { path, prefixes, rowsPerMinuteMax, compression, workers, isPerDay: true, countsDestinations };
    return runParallel({ ...setup, onProgress }, (group, facts) => {
      if (facts !== undefined) cutter.add(group, facts);
      return room();
    });
  }
  const encoder = new GroupEncoder(options.compression);
  const splitter = new DaySplitter();
  const destinations = new Destinations();
  const stage = new FlowStage(
    (rows) => {
      if (countsDestinations) destinations.add(rows);
      for (const { facts, store } of splitter.split(rows)) cutter.add(encoder.encode(store), facts);
    },
    prefixes === undefined ? {} : { telescope: Telescope.of(prefixes) },
  );
  const outcome = await runInline(paths, stage, (progress) => {
    onProgress(progress);
    return room();
  });
  return { ...outcome, counters: stage.close(), tally: stage.tally.take(), destinations };
}

/** Packets lost before the capture have no time: they are said of its last day. */
function extrasByDay(
  { heard, filtered }: TallyData,
  lost: number,
  addresses: number,
  networks64: number,
): Map<number, DayExtras> {
  const spans = joined(heard?.stretches ?? []).map(({ from, to }): ExposureSpan => {
    return { from_ms: from * MINUTE_MS, to_ms: (to + 1) * MINUTE_MS, addresses, networks64 };
  });
  const isCountable = ((addresses + networks64) * DAY_MS) / 1000 <= Number.MAX_SAFE_INTEGER;
  const exposure = spansByDay(spans);
  const days = [...new Set([...exposure.keys(), ...filtered.keys()])].toSorted((a, b) => a - b);
  return new Map(
    days.map((day) => {
      const own: DayExtras = {
        // Prefixes too large for a telescope, such as ::/0, only filter: they say nothing about how much listened.
        exposure: isCountable ? (exposure.get(day) ?? []) : [],
        filtered: { ...filtered.get(day) },
        dropped: day === days.at(-1) && lost > 0 ? { before_capture: lost } : {},
      };
      return [day, own];
    }),
  );
}
