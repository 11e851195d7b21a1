/** The work of `noroshi analyze`. */
import { Telescope } from '@noroshi/sensor/flow/telescope.ts';
import { Refusal } from '../io/exit.ts';
import type { Io } from '../io/io.ts';
import { damageSentence, readCaptures, reportDamage } from '../io/read-captures.ts';
import type { Values } from '../verb.ts';
import type { analyzeOptions } from '../verbs/analyze.ts';
import { buildAnalysis } from './build.ts';
import { Places } from './places.ts';
import { renderReport } from './report.ts';
import { Survey } from './survey.ts';
import { openTables } from './tables.ts';

export type AnalyzeValues = Values<typeof analyzeOptions>;

/** Reads the captures and prints the report, or the JSON; damage is part of both, and makes the exit code. */
export async function runAnalyze(io: Io, files: readonly string[], values: AnalyzeValues): Promise<number> {
  const telescope = telescopeOf(values.prefixes);
  const tables = openTables(values.geo, values.asn, io.env);
  const places = new Places(tables);
  const survey = new Survey(telescope);
  survey.onStranger = (packet) => places.addStranger(packet);
  const reading = await readCaptures(io, files, (reader) => {
    survey.take(reader);
    return true;
  });
  survey.close();
  places.addSources(survey.sources4);
  places.addSources(survey.sources6);
  const analysis = buildAnalysis(survey, places, tables, { files, reading, top: values.top });
  io.out.write(
    values.json
      ? `${JSON.stringify(analysis)}\n`
      : renderReport(analysis, io, reading.damage.map(damageSentence), values.top),
  );
  io.out.flush();
  return reportDamage(io, reading.damage);
}

/** The prefixes of `--prefixes`; undefined without any. Throws Refusal. */
export function telescopeOf(prefixes: readonly string[]): Telescope | undefined {
  if (prefixes.length === 0) return undefined;
  try {
    return Telescope.of(prefixes);
  } catch (error) {
    if (error instanceof RangeError) throw new Refusal('usage', error.message);
    throw error;
  }
}
