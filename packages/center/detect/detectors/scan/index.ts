/** The detectors of this theme. */
import type { Detector } from '../../detector.ts';
import { durumeric } from './durumeric.ts';
import { horizontal } from './horizontal.ts';
import { jpcertPorts } from './jpcert-ports.ts';
import { merit } from './merit.ts';
import { npaPorts } from './npa-ports.ts';
import { simpleScan } from './simple-scan.ts';
import { synack } from './synack.ts';
import { trw } from './trw.ts';
import { twoPhase } from './two-phase.ts';
import { vertical } from './vertical.ts';
import { zeek } from './zeek.ts';

export const SCAN: readonly Detector[] = [
  horizontal,
  vertical,
  synack,
  npaPorts,
  jpcertPorts,
  merit,
  durumeric,
  zeek,
  simpleScan,
  trw,
  twoPhase,
];
