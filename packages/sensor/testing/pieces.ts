/** Encoded rows without a capture on disk, for tests of what happens to segments. */
import { simulateToBytes } from '@noroshi/simulate/main.ts';
import { CaptureReader } from '@noroshi/wire/capture/reader.ts';
import { joinChunks } from '@noroshi/wire/segment/parquet.ts';
import { FlowStage } from '../flow/stage.ts';
import type { CutFacts, Outlet } from '../segment/cutter.ts';
import { DaySplitter, type RowFacts } from '../segment/days.ts';
import { type EncodedGroup, GroupEncoder } from '../segment/flow-file.ts';

export interface Rows {
  readonly group: EncodedGroup;
  readonly facts: RowFacts;
}

/** 2025-01-01T00:00:00Z, where simulations begin. */
export const BEGIN_MS = Date.UTC(2025, 0, 1);

/** Rows of so many packets within one minute. */
export function rowsOf(packets: number, seed = 1): Rows {
  const all: Rows[] = [];
  const encoder = new GroupEncoder('none');
  const stage = new FlowStage((rows) => {
    for (const { facts, store } of new DaySplitter().split(rows)) {
      const { chunks, meta, digest } = encoder.encode(store);
      const bytes = joinChunks({ chunks: [...chunks], byteLength: meta.byteLength, meta });
      all.push({ group: { chunks: [bytes], meta, digest }, facts });
    }
  });
  const reader = new CaptureReader();
  reader.push(simulateToBytes({ seed, packets, duration_s: 50, mix: { mirai: 1 }, only: true }).bytes);
  reader.finish();
  stage.take(reader);
  stage.close();
  return all[0];
}

/** The facts of a segment of one minute, listened to by ten addresses. */
export function factsOf(rows: Rows | undefined, filtered: Readonly<Record<string, number>> = {}): CutFacts {
  const from_ms = BEGIN_MS;
  const kept = rows?.facts.packets ?? 0;
  const sum = Object.values(filtered).reduce((total, count) => total + count, 0);
  return {
    minute_from_ms: from_ms,
    minute_to_ms: from_ms + 60_000,
    first_ms: rows?.facts.first_ms ?? null,
    last_ms: rows?.facts.last_ms ?? null,
    exposure: [{ from_ms, to_ms: from_ms + 60_000, addresses: 10, networks64: 0 }],
    counters: { received: kept + sum, kept, filtered, dropped: {} },
  };
}

/** Puts one segment into an outlet. */
export function commitRows(
  outlet: Outlet,
  rows: Rows | undefined,
  filtered: Readonly<Record<string, number>> = {},
): void {
  const file = outlet.begin();
  if (rows !== undefined) file.add(rows.group);
  outlet.commit(file, factsOf(rows, filtered));
}
