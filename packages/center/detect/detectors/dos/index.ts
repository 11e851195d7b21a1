/** The detectors of this theme. */
import type { Detector } from '../../detector.ts';
import { carpet } from './carpet.ts';
import { corsaro2 } from './corsaro2.ts';
import { corsaro3 } from './corsaro3.ts';
import { npa } from './npa.ts';
import { reflection } from './reflection.ts';
import { victim } from './victim.ts';

export const DOS: readonly Detector[] = [victim, carpet, reflection, npa, corsaro2, corsaro3];
