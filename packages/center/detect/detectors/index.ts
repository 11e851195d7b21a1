/** All detectors, theme by theme. To add one: a file in its theme's folder, and its line in the theme's index. */
import type { Detector } from '../detector.ts';
import { DOS } from './dos/index.ts';
import { SCAN } from './scan/index.ts';
import { SOURCES } from './sources/index.ts';

export const DETECTORS: readonly Detector[] = [...DOS, ...SCAN, ...SOURCES];
