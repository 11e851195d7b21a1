/** The work of `npm start`: with captures a first look at them, without any an observation centre. */
import { runAnalyze } from '../analyze/run.ts';
import type { Io } from '../io/io.ts';
import type { StartValues } from '../verbs/start.ts';
import { nextSteps } from './words.ts';

export async function runStart(io: Io, files: readonly string[], values: StartValues): Promise<number> {
  if (files.length === 0) return (await import('./observatory.ts')).runObservatory(io, values);
  const code = await runAnalyze(io, files, values);
  if (!values.json) io.out.write(nextSteps(files[0], io.style));
  return code;
}
