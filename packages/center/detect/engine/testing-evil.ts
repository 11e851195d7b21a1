/** Detectors that misbehave, for a real thread. */
import type { Detector } from '../detector.ts';
import { detectorOf, remembering } from '../testing.ts';

/** Minute at which they do. */
export const EVIL_MINUTE = 12;
const MINUTE_MS = 60_000;

const evil = (id: string, act: () => void): Detector =>
  detectorOf({
    id,
    start: () => ({
      step({ minute_ms }) {
        if (minute_ms === EVIL_MINUTE * MINUTE_MS) act();
        return { sightings: [] };
      },
    }),
  });

export const DETECTORS: readonly Detector[] = [
  remembering({ id: 'scan/good', block_minutes: 10, warmup_minutes: 3 }),
  evil('scan/throws', () => {
    throw new Error('it cannot');
  }),
  evil('scan/hangs', () => {
    for (;;);
  }),
  evil('scan/eats', () => {
    const eaten: string[][] = [];
    for (;;) eaten.push(new Array<string>(10_000).fill('x'));
  }),
  evil('scan/exits', () => {
    // In a thread it ends the thread alone.
    // oxlint-disable-next-line unicorn/no-process-exit
    process.exit(3);
  }),
];
