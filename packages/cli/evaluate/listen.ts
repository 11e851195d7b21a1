/** Detectors in memory, listened to: which sighting came when. */
import type { Detector } from '@noroshi/center/detect/detector.ts';
import { keyOf } from '@noroshi/center/detect/engine/blocks.ts';
import type { Bin } from '@noroshi/center/detect/flow-batch.ts';
import { detectInMemory, type MemoryResult } from '@noroshi/center/detect/memory/memory.ts';
import { MINUTE_MS } from '@noroshi/center/detect/bins.ts';
import type { Told } from './score.ts';

export interface Heard extends MemoryResult {
  /** By detector: its sightings, each with the end of the minute that first brought it. */
  readonly told: ReadonlyMap<string, readonly Told[]>;
}

/** Runs detectors over bins of captures or simulations. */
export async function listen(
  bins: AsyncIterable<Bin> | Iterable<Bin>,
  detectors: readonly Detector[],
  now_ms?: () => number,
): Promise<Heard> {
  const times = new Map(detectors.map(({ id }) => [id, new Map<string, number>()]));
  const heard = detectors.map((detector) => overheard(detector, times.get(detector.id) ?? new Map<string, number>()));
  const clock = now_ms === undefined ? {} : { now_ms };
  const result = await detectInMemory({ bins, detectors: heard, place: { feed: 'replay' }, ...clock });
  const told = new Map(
    Array.from(result.sightings, ([id, sightings]) => [
      id,
      sightings.map((sighting) => ({ sighting, told_ms: times.get(id)?.get(keyOf(sighting)) ?? sighting.bin_ms })),
    ]),
  );
  return { ...result, told };
}

/** The same detector; the minute that first brings each sighting is noted. */
function overheard(detector: Detector, times: Map<string, number>): Detector {
  return {
    ...detector,
    appliesTo: (bin) => detector.appliesTo(bin),
    evidence: (of) => detector.evidence(of),
    start: (place) => {
      const run = detector.start(place);
      return {
        step: (bin) => {
          const seen = run.step(bin);
          const told_ms = bin.minute_ms + MINUTE_MS;
          for (const sighting of seen.sightings) {
            const key = keyOf(sighting);
            if (!times.has(key)) times.set(key, told_ms);
          }
          return seen;
        },
      };
    },
  };
}
