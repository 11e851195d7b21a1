/** Captures to flow rows in one thread, from any input. */
import { setImmediate } from 'node:timers/promises';
import type { Damage } from '../source/merge.ts';
import { MergedSource } from '../source/merge.ts';
import type { FlowStage } from './stage.ts';

/** How far the work is; bytes as on disk, `bytesTotal` undefined when an input's size is not known. */
export interface Progress {
  readonly packets: number;
  readonly bytesRead: number;
  readonly bytesTotal: number | undefined;
}

export interface SourceOutcome {
  /** Packets that the captures themselves report as lost before they were written. */
  readonly dropped: number;
  readonly damage: readonly Damage[];
}

/**
 * Puts every packet of the captures through `stage`, which the caller closes.
 * @param onProgress called about once a megabyte; a promise that it gives is waited for
 */
export async function runInline(
  paths: readonly string[],
  stage: FlowStage,
  onProgress: (progress: Progress) => void | Promise<void> = () => {},
): Promise<SourceOutcome> {
  const source = await MergedSource.open(paths);
  let packets = 0;
  try {
    for (;;) {
      const reader = source.next();
      if (reader === undefined) break;
      if (reader === null) {
        stage.release();
        await source.refill();
        // Plain files answer at once; without a turn of the event loop nobody could interrupt the work.
        await setImmediate();
        await onProgress({ packets, bytesRead: source.bytesRead, bytesTotal: source.bytesTotal });
        continue;
      }
      packets++;
      stage.takeOne(reader);
    }
    return { dropped: source.dropped, damage: source.damage };
  } finally {
    source.close();
  }
}
