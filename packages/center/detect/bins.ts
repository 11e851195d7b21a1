/** Rows of any minutes into bins, in the order of minutes. */
import type { ColumnData } from '@noroshi/wire/segment/columns.ts';
import { EMPTY_BATCH, gatherBatch, joinBatches, sliceBatch } from './batch-columns.ts';
import { type BatchLookups, flowBatchOf, minutesOf } from './flow-batch-of.ts';
import type { Bin, BinExposure, FlowBatch } from './flow-batch.ts';

export const MINUTE_MS = 60_000;
const NOBODY_LISTENS: BinExposure = { addresses: 0, networks64: 0 };

/** A minute without rows. */
export function emptyBin(minute_ms: number, exposure: BinExposure = NOBODY_LISTENS): Bin {
  return { minute_ms, exposure, flows: EMPTY_BATCH };
}

/** The rows of each minute, ascending; rows keep their order. `minutes` says when each row was, Unix ms. */
export function splitByMinute(batch: FlowBatch, minutes: Float64Array): { minute_ms: number; flows: FlowBatch }[] {
  if (batch.rows === 0) return [];
  if (isAscending(minutes, batch.rows)) return cutBatch(batch, minutes);
  const counts = new Map<number, number>();
  for (let row = 0; row < batch.rows; row++) counts.set(minutes[row], (counts.get(minutes[row]) ?? 0) + 1);
  const starts = new Map<number, number>();
  let start = 0;
  for (const minute_ms of [...counts.keys()].sort((a, b) => a - b)) {
    starts.set(minute_ms, start);
    start += counts.get(minute_ms) ?? 0;
  }
  const order = new Uint32Array(batch.rows);
  const sorted = new Float64Array(batch.rows);
  for (let row = 0; row < batch.rows; row++) {
    const at = starts.get(minutes[row]) ?? 0;
    starts.set(minutes[row], at + 1);
    order[at] = row;
    sorted[at] = minutes[row];
  }
  return cutBatch(gatherBatch(batch, order), sorted);
}

function isAscending(minutes: Float64Array, rows: number): boolean {
  for (let row = 1; row < rows; row++) if (minutes[row] < minutes[row - 1]) return false;
  return true;
}

function cutBatch(batch: FlowBatch, minutes: Float64Array): { minute_ms: number; flows: FlowBatch }[] {
  const parts: { minute_ms: number; flows: FlowBatch }[] = [];
  for (let from = 0; from < batch.rows; ) {
    let to = from + 1;
    while (to < batch.rows && minutes[to] === minutes[from]) to++;
    const flows = from === 0 && to === batch.rows ? batch : sliceBatch(batch, from, to);
    parts.push({ minute_ms: minutes[from], flows });
    from = to;
  }
  return parts;
}

/** Gathers what comes of each minute until the minute is complete. */
export class BinCollector {
  private readonly parts = new Map<number, FlowBatch[]>();

  add(batch: FlowBatch, minutes: Float64Array): void {
    for (const { minute_ms, flows } of splitByMinute(batch, minutes)) {
      const known = this.parts.get(minute_ms);
      if (known === undefined) this.parts.set(minute_ms, [flows]);
      else known.push(flows);
    }
  }

  /**
   * The bins before `to_ms`, ascending, and no longer kept here. A minute is there when it has rows or stands in `exposures`.
   */
  take(to_ms: number, exposures: ReadonlyMap<number, BinExposure>): Bin[] {
    const minutes = new Set([...this.parts.keys(), ...exposures.keys()]);
    const ready = [...minutes].filter((minute_ms) => minute_ms < to_ms).sort((a, b) => a - b);
    return ready.map((minute_ms) => {
      const flows = joinBatches(this.parts.get(minute_ms) ?? []);
      this.parts.delete(minute_ms);
      return { minute_ms, exposure: exposures.get(minute_ms) ?? NOBODY_LISTENS, flows };
    });
  }
}

export interface ColumnChunk {
  readonly columns: Readonly<Record<string, ColumnData>>;
  readonly rows: number;
}

/** Memory of a minute's rows is held until all chunks are read: for captures and simulations that fit. */
export function binsOf(
  chunks: Iterable<ColumnChunk>,
  exposures: ReadonlyMap<number, BinExposure>,
  lookups?: BatchLookups,
): Bin[] {
  const collector = new BinCollector();
  for (const { columns, rows } of chunks) {
    collector.add(flowBatchOf(columns, rows, lookups), minutesOf(columns, rows));
  }
  return collector.take(Number.POSITIVE_INFINITY, exposures);
}
