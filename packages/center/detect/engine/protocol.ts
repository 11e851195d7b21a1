/** What the engine and its thread say to each other. */
import type { SourceHour } from '../detector.ts';
import type { BinExposure } from '../flow-batch.ts';
import type { Sighting } from '../../ledger/sighting.ts';
import type { Failure, RunCounts } from './blocks.ts';

/** Where the thread finds its detectors: a module that exports `DETECTORS`. */
export interface ThreadData {
  readonly module: string;
  /** Words of `ThreadState`. */
  readonly state: SharedArrayBuffer;
}

/** What the thread is at, in shared memory: somebody who hangs cannot answer a question. */
export const STATE_WORDS = 2;
/** Grows with every step of a detector. */
export const STATE_STEPS = 0;
/** Task whose detector is at work; 0 for none. */
export const STATE_TASK = 1;

export interface ThreadTask {
  readonly id: number;
  readonly detector: string;
  readonly feed: string;
}

/** Minutes [from_ms, to_ms) of one feed, for some tasks that stand at `from_ms`. */
export interface ThreadRequest {
  readonly tasks: readonly ThreadTask[];
  /** The answer of `rowsQuery`; its memory goes over. Undefined: nothing came. */
  readonly rows: Uint8Array<ArrayBuffer> | undefined;
  readonly exposures: ReadonlyMap<number, BinExposure>;
  /** Blocks that end by then are closed; Infinity closes all. */
  readonly close_ms: number;
  /** Tasks that are no more. */
  readonly ended: readonly number[];
}

export interface TaskHarvest {
  readonly id: number;
  readonly sightings: readonly Sighting[];
  readonly sources: readonly SourceHour[];
  readonly failures: readonly Failure[];
  /** Since the answer before. */
  readonly counts: RunCounts;
  readonly time_ms: number;
}

export interface ThreadAnswer {
  readonly harvests: readonly TaskHarvest[];
  readonly rows: number;
  readonly minutes: number;
  /** Why the rows could not be read, one sentence; nothing was stepped then. */
  readonly fault?: string;
}
