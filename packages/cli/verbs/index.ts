/** Every verb. To add one: its file beside this one, its name here. */
import type { Verb } from '../verb.ts';
import { analyze } from './analyze.ts';
import { completion } from './completion.ts';
import { flows } from './flows.ts';
import { help } from './help.ts';
import { packets } from './packets.ts';
import { replay } from './replay.ts';
import { report } from './report.ts';
import { simulate } from './simulate.ts';
import { start } from './start.ts';
import { up } from './up.ts';

export const VERBS: readonly Verb[] = [analyze, packets, flows, simulate, replay, report, start, up, help, completion];
