/** Sightings of one task until their block has ended: a detector may tell of a bin before it has ended, and again. */
import type { Report } from '../../ledger/ledger.ts';
import type { Sighting } from '../../ledger/sighting.ts';
import { MINUTE_MS } from '../bins.ts';
import { keyOf, startOfBlock } from './blocks.ts';
import type { Task } from './plan.ts';

/** Sightings that are held; with more those of bins that have ended are told for good. */
export const KEPT_MAX = 100_000;
/** With more, a bin is told when it ends, and not again and again before. */
export const AT_ONCE_MAX = 2000;
/** Sightings of one report: half of what the ledger takes. */
export const REPORT_SIGHTINGS_MAX = 50_000;

export type Part = Pick<Report, 'from_ms' | 'to_ms' | 'sightings'>;

export class Book {
  private readonly task: Task;
  private readonly kept = new Map<string, Sighting>();
  /** The earliest bin of which something is known that was not reported. */
  private untold_ms = Number.POSITIVE_INFINITY;

  constructor(task: Task) {
    this.task = task;
  }

  /**
   * What is to be reported when minutes [from_ms, to_ms) have given `sightings`: the bins that begin in them, and those before of
   * which something new is told, with everything that is known of them. A report of no bins says that nothing changed. Empty while
   * the task only warms up.
   */
  take(sightings: readonly Sighting[], from_ms: number, to_ms: number): Part[] {
    const { detector, answer_ms } = this.task;
    const size_ms = detector.bin_minutes * MINUTE_MS;
    const binOf = (time_ms: number): number => Math.floor(time_ms / size_ms) * size_ms;
    const isAnswer = to_ms > answer_ms;
    for (const sighting of sightings) {
      this.kept.set(keyOf(sighting), sighting);
      // What was told of a bin that was open when somebody stopped is not known.
      const isNew = isAnswer || sighting.bin_ms >= binOf(answer_ms);
      if (isNew) this.untold_ms = Math.min(this.untold_ms, sighting.bin_ms);
    }
    const parts = isAnswer ? this.tell(binOf(Math.max(from_ms, answer_ms) + size_ms - 1), to_ms, binOf(to_ms)) : [];
    this.forget(startOfBlock(detector, to_ms));
    if (this.kept.size > KEPT_MAX) this.forget(binOf(to_ms));
    return parts;
  }

  /** @param open_ms start of the bin that has not ended by `to_ms`; `to_ms` when none is open */
  private tell(begins_ms: number, to_ms: number, open_ms: number): Part[] {
    const waits = this.kept.size > AT_ONCE_MAX && this.untold_ms >= open_ms;
    const begin_ms = waits ? begins_ms : Math.min(begins_ms, this.untold_ms);
    if (begin_ms >= to_ms) return [{ from_ms: to_ms, to_ms, sightings: [] }];
    if (begin_ms <= this.untold_ms) this.untold_ms = Number.POSITIVE_INFINITY;
    return partsOf([...this.kept.values()], begin_ms, to_ms);
  }

  private forget(before_ms: number): void {
    for (const [key, { bin_ms }] of this.kept) if (bin_ms < before_ms) this.kept.delete(key);
  }
}

/** Cut between bins where there are too many for one report; of one bin with too many the rest is left out. */
function partsOf(kept: readonly Sighting[], from_ms: number, to_ms: number): Part[] {
  const own = kept.filter(({ bin_ms }) => bin_ms >= from_ms && bin_ms < to_ms).sort((a, b) => a.bin_ms - b.bin_ms);
  const parts: Part[] = [];
  let begin_ms = from_ms;
  let start = 0;
  while (own.length - start > REPORT_SIGHTINGS_MAX) {
    let end = start + REPORT_SIGHTINGS_MAX;
    const bin_ms = own[end].bin_ms;
    while (end > start && own[end - 1].bin_ms === bin_ms) end--;
    if (end === start) {
      // One bin alone is more than a report.
      while (end < own.length && own[end].bin_ms === own[start].bin_ms) end++;
    }
    const next_ms = own[end]?.bin_ms ?? to_ms;
    parts.push({
      from_ms: begin_ms,
      to_ms: next_ms,
      sightings: own.slice(start, Math.min(end, start + REPORT_SIGHTINGS_MAX)),
    });
    begin_ms = next_ms;
    start = end;
  }
  if (begin_ms < to_ms) parts.push({ from_ms: begin_ms, to_ms, sightings: own.slice(start) });
  return parts;
}
