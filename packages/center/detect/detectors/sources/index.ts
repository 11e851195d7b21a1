/** The detectors of this theme. */
import type { Detector } from '../../detector.ts';
import { classes } from './classes.ts';

export const SOURCES: readonly Detector[] = [classes];
