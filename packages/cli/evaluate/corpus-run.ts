/** The work of `noroshi evaluate --corpus`. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { DETECTORS } from '@noroshi/center/detect/detectors/index.ts';
import { sharedFile } from '@noroshi/kit/testing.ts';
import { EXIT, Refusal } from '../io/exit.ts';
import type { Io } from '../io/io.ts';
import { CORPUS_LIST, corpusFiles, corpusFindings, difference, EXPECTED_FILE, expectedText } from './corpus.ts';

const SHOWN_MAX = 200;

/** Holds the findings against the expected ones; with `isAccepted` writes them. */
export async function runCorpus(io: Io, isAccepted: boolean): Promise<number> {
  const { missing } = sharedFile(...CORPUS_LIST);
  if (missing !== undefined) throw new Refusal('io', `Cannot run over the corpus: ${missing}`);
  const found = await io.interrupt.orStop(corpusFindings(corpusFiles(), DETECTORS, () => io.interrupt.check()));
  for (const failure of found.failures) io.errors.write(`Failed: ${failure}\n`);
  const text = expectedText(found, DETECTORS);
  const before = existsSync(EXPECTED_FILE) ? readFileSync(EXPECTED_FILE, 'utf8') : '';
  const changes = difference(before, text);
  for (const line of changes.slice(0, SHOWN_MAX)) io.out.write(`${line}\n`);
  if (changes.length > SHOWN_MAX) io.out.write(`… and ${changes.length - SHOWN_MAX} lines more\n`);
  if (isAccepted) writeFileSync(EXPECTED_FILE, text);
  io.out.write(sentence(changes.length, found.lines.length, found.captures, isAccepted));
  io.out.flush();
  return found.failures.length > 0 || (changes.length > 0 && !isAccepted) ? EXIT.damaged.code : EXIT.ok.code;
}

function sentence(changes: number, lines: number, captures: number, isAccepted: boolean): string {
  const all = `${lines} lines of findings in ${captures} captures`;
  if (changes === 0) return `${all}, as expected.\n`;
  return isAccepted ? `${all}; ${changes} changes written.\n` : `${all}; ${changes} differ (--write accepts them).\n`;
}
