/** The detectors of this theme. */
import type { Detector } from '../../detector.ts';

export const SCAN: readonly Detector[] = [];
