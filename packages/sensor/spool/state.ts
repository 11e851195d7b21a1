/**
 * What a spool remembers beside its segments: the next sequence number, until when everything is in segments, and packets that were
 * lost and that no segment has reported yet.
 */
import { readFileSync } from 'node:fs';
import { writeDurablySync } from './disk.ts';

/** Packets by reason. */
export type Counts = Readonly<Record<string, number>>;

/** Packets that are in no row of any segment. */
export interface Losses {
  readonly filtered: Counts;
  readonly dropped: Counts;
}

export interface SpoolState {
  readonly version: 1;
  readonly sensor: string;
  /** The number of the next segment; all before it were finished. */
  readonly next_sequence: number;
  /** End of the listening that finished segments say, Unix ms; null before the first. */
  readonly covered_to_ms: number | null;
  /** For the next segment to report. */
  readonly losses: Losses;
  /** Taken by the segment that is being finished; it counts again when that file never got its name. */
  readonly claimed: Losses;
  /** The segment that was given up for room; its packets are among the losses, even if its file is still there. */
  readonly dropped_sequence: number | null;
}

export const NO_LOSSES: Losses = { filtered: {}, dropped: {} };

export function newState(sensor: string): SpoolState {
  return {
    version: 1,
    sensor,
    next_sequence: 0,
    covered_to_ms: null,
    losses: NO_LOSSES,
    claimed: NO_LOSSES,
    dropped_sequence: null,
  };
}

/** Undefined when there is none. Throws Error when it is of another sensor or not a state. */
export function loadState(path: string, sensor: string): SpoolState | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const state = parse(text);
  if (state === undefined) throw new Error(`Cannot use the spool: ${path} is not a spool's state`);
  if (state.sensor !== sensor) throw new Error(`Cannot use the spool: it belongs to sensor ${state.sensor}`);
  return state;
}

export function saveState(path: string, state: SpoolState): void {
  writeDurablySync(path, `${JSON.stringify(state)}\n`);
}

export function addLosses(a: Losses, b: Losses): Losses {
  return { filtered: addCounts(a.filtered, b.filtered), dropped: addCounts(a.dropped, b.dropped) };
}

/** Reasons without packets are left out. */
export function addCounts(a: Counts, b: Counts): Counts {
  const sum: Record<string, number> = {};
  for (const [reason, count] of [...Object.entries(a), ...Object.entries(b)]) {
    if (count > 0) sum[reason] = (sum[reason] ?? 0) + count;
  }
  return sum;
}

export function sumOf(counts: Counts): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

export function isNothing({ filtered, dropped }: Losses): boolean {
  return sumOf(filtered) + sumOf(dropped) === 0;
}

function parse(text: string): SpoolState | undefined {
  try {
    const json = JSON.parse(text) as Partial<SpoolState> | null;
    const isState =
      json?.version === 1 &&
      typeof json.sensor === 'string' &&
      Number.isSafeInteger(json.next_sequence) &&
      (json.covered_to_ms === null || Number.isFinite(json.covered_to_ms)) &&
      isLosses(json.losses) &&
      isLosses(json.claimed) &&
      (json.dropped_sequence === null || Number.isSafeInteger(json.dropped_sequence));
    return isState ? (json as SpoolState) : undefined;
  } catch {
    return undefined;
  }
}

function isLosses(losses: Losses | undefined): boolean {
  return isCounts(losses?.filtered) && isCounts(losses?.dropped);
}

function isCounts(counts: Counts | undefined): boolean {
  return typeof counts === 'object' && counts !== null && Object.values(counts).every(Number.isSafeInteger);
}
