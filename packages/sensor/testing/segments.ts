/** Segments as they lie in a folder, for tests. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Segment } from '@noroshi/wire/segment/segment.ts';
import { addressSeconds, conserves } from '@noroshi/wire/segment/segment.ts';
import { readSegment } from './rows.ts';

export interface Found {
  readonly path: string;
  readonly segment: Segment;
  readonly sha256: string;
}

/** All finished segments of a spool's folder by sequence. */
export function segmentsIn(folder: string): Found[] {
  return readdirSync(folder)
    .filter((name) => /^\d{16}\.parquet$/.test(name))
    .toSorted()
    .map((name) => {
      const path = join(folder, name);
      const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex');
      return { path, segment: readSegment(path).segment, sha256 };
    });
}

const DAY_MS = 86_400_000;

/** What is wrong with a sequence of segments that nobody may cut so; empty when nothing is. */
export function complaints(segments: readonly Segment[]): string[] {
  return segments.flatMap((segment, index) => {
    const { sequence, minute_from_ms, minute_to_ms, counters, rows } = segment;
    const wrong = [
      [sequence !== (segments[0]?.sequence ?? 0) + index, 'the sequence has a gap'],
      [Math.floor(minute_from_ms / DAY_MS) !== Math.floor((minute_to_ms - 1) / DAY_MS), 'it crosses a day'],
      [!conserves(counters), 'it does not conserve'],
      [rows > 1_048_576, 'it has too many rows'],
    ] as const;
    return wrong.flatMap(([isWrong, sentence]) => (isWrong ? [`segment ${sequence}: ${sentence}`] : []));
  });
}

export interface Sums {
  received: number;
  kept: number;
  rows: number;
  filtered: Record<string, number>;
  dropped: Record<string, number>;
  address_seconds: number;
}

/** Everything that segments say, added up. Reasons without packets are left out. */
export function sumsOf(segments: readonly Segment[]): Sums {
  const sums: Sums = { received: 0, kept: 0, rows: 0, filtered: {}, dropped: {}, address_seconds: 0 };
  for (const { counters, rows, exposure } of segments) {
    sums.received += counters.received;
    sums.kept += counters.kept;
    sums.rows += rows;
    addTo(sums.filtered, counters.filtered);
    addTo(sums.dropped, counters.dropped);
    sums.address_seconds += addressSeconds(exposure);
  }
  return sums;
}

function addTo(sum: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [reason, count] of Object.entries(counts)) if (count > 0) sum[reason] = (sum[reason] ?? 0) + count;
}
