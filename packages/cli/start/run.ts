/** The work of `npm start`: a first look at captures, or at a simulated one, and where to go from there. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AnalyzeValues, runAnalyze } from '../analyze/run.ts';
import type { Io } from '../io/io.ts';
import { writeCapture } from '../simulate/run.ts';

/** Ten minutes of a /20 telescope: every part of the report has something to show, in a few seconds. */
const DEMO = { seed: 1, packets: 300_000 };

export async function runStart(io: Io, files: readonly string[], values: AnalyzeValues): Promise<number> {
  const shown = files.length > 0 ? files : [await simulated(io, values.json)];
  const code = await runAnalyze(io, shown, values);
  if (!values.json) io.out.write(nextSteps(shown[0], io));
  return code;
}

async function simulated(io: Io, isQuiet: boolean): Promise<string> {
  const capture = join(mkdtempSync(join(tmpdir(), 'noroshi-')), 'telescope.pcap');
  await writeCapture(io, capture, DEMO);
  if (!isQuiet) {
    io.out.write(
      `No capture was given, so here is a simulated one: ${capture}\nIts truth lies beside it in telescope.truth.jsonl.\n\n`,
    );
  }
  return capture;
}

function nextSteps(file: string, { style }: Io): string {
  const quoted = /^[\w./:@%+=,-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`;
  const steps = [
    [`npx noroshi packets --count 20 ${quoted}`, 'packet by packet'],
    [`npx noroshi analyze --top 25 ${quoted}`, 'longer lists'],
    [`npx noroshi flows ${quoted} --out flows.parquet`, 'for DuckDB, ClickHouse, pandas'],
    ['npx noroshi help marks', 'what the words mean'],
    ['npx noroshi analyze your.pcap', 'a capture of yours'],
  ];
  const lines = steps.map(([command, sentence]) => `  ${command}\n      ${style.dim(sentence)}`);
  return `\n${style.bold('Try next')}\n${lines.join('\n')}\n`;
}
