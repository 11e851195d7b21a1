/** Every verb. To add one: its file beside this one, its name here. */
import type { Verb } from '../verb.ts';
import { analyze } from './analyze.ts';
import { completion } from './completion.ts';
import { detect } from './detect.ts';
import { evaluate } from './evaluate.ts';
import { evidence } from './evidence.ts';
import { findings } from './findings.ts';
import { flows } from './flows.ts';
import { help } from './help.ts';
import { packets } from './packets.ts';
import { replay } from './replay.ts';
import { report } from './report.ts';
import { respond } from './respond.ts';
import { sensor } from './sensor.ts';
import { simulate } from './simulate.ts';
import { start } from './start.ts';
import { up } from './up.ts';

export const VERBS: readonly Verb[] = [
  analyze,
  detect,
  packets,
  flows,
  simulate,
  evaluate,
  replay,
  report,
  findings,
  sensor,
  respond,
  evidence,
  start,
  up,
  help,
  completion,
];
