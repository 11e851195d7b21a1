/**
 * Expected findings: what every detector finds in the third-party captures, one line each, sorted, committed in cases/detectors. A
 * change of a detector is a difference that can be read. Captures in which nothing is found have no line; how many there were, and how many
 * are damaged, stands at the top. No look-up tables take part: their data change by themselves.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Detector } from '@noroshi/center/detect/detector.ts';
import { sharedData } from '@noroshi/kit/testing.ts';
import { CaptureBins } from './captures.ts';
import { listen } from './listen.ts';

/** The file of expected findings. */
export const EXPECTED_FILE = resolve(import.meta.dirname, '../../../cases/detectors/expected.txt');
/** Where the captures are listed, below ../shared: a line of JSON each. */
export const CORPUS_LIST = ['data', 'pcap', 'profile.jsonl'] as const;
/** Lines of one capture and detector; of what is more, only the number is told. */
const LINES_MAX = 20;

export interface CorpusFindings {
  /** Sorted. */
  readonly lines: readonly string[];
  readonly captures: number;
  readonly damaged: number;
  /** What detectors threw: `capture: detector: message`. */
  readonly failures: readonly string[];
}

/** Paths of the captures below `data`, in order. */
export function corpusFiles(): string[] {
  const text = readFileSync(sharedData(...CORPUS_LIST), 'utf8');
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => (JSON.parse(line) as { file: string }).file).sort();
}

/** Runs the detectors over captures, one after the other. */
export async function corpusFindings(
  files: readonly string[],
  detectors: readonly Detector[],
  onCapture: (done: number) => void = () => {},
): Promise<CorpusFindings> {
  const lines: string[] = [];
  const failures: string[] = [];
  let damaged = 0;
  for (const [index, file] of files.entries()) {
    const bins = new CaptureBins({ paths: [sharedData('data', file)] });
    const heard = await listen(bins, detectors);
    if (bins.outcome.damage.length > 0) damaged++;
    failures.push(...heard.failures.map(({ detector, message }) => `${file}: ${detector}: ${message}`));
    for (const { id } of detectors) {
      const own = heard.findings.filter(({ detector }) => detector === id);
      const texts = own.map(({ subject, aspect, state }) => {
        return [file, id, `${subject.kind} ${subject.value}`, aspect === '' ? '-' : aspect, state].join('\t');
      });
      lines.push(...shortened(texts, `${file}\t${id}`));
    }
    onCapture(index + 1);
  }
  return { lines: lines.sort(), captures: files.length, damaged, failures };
}

/** Each line once, with how often when more than once, and not too many of them. */
function shortened(texts: readonly string[], head: string): string[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  const lines = [...counts].map(([text, count]) => (count === 1 ? text : `${text}\t×${count}`)).sort();
  if (lines.length <= LINES_MAX) return lines;
  return [...lines.slice(0, LINES_MAX), `${head}\t~ and ${lines.length - LINES_MAX} more`];
}

export function expectedText({ lines, captures, damaged }: CorpusFindings, detectors: readonly Detector[]): string {
  const head = [
    '# What the detectors find in the captures below ../shared/data. Written by `noroshi evaluate --corpus --write`; do not edit.',
    '# capture, detector, subject, aspect, state; ×n: n findings. Captures in which nothing is found are not listed.',
    `# ${captures} captures, ${damaged} of them damaged; ${detectors.length} detectors: ${detectors.map(({ id, version }) => `${id} ${version}`).join(', ')}`,
  ];
  return `${[...head, ...lines].join('\n')}\n`;
}

/** What one text has and the other has not: lines with `-` and `+`, in order. */
export function difference(before: string, after: string): string[] {
  const [old, now] = [new Set(before.split('\n')), new Set(after.split('\n'))];
  const gone = [...old].filter((line) => !now.has(line)).map((line) => `- ${line}`);
  const come = [...now].filter((line) => !old.has(line)).map((line) => `+ ${line}`);
  return [...gone, ...come].sort((a, b) => (a.slice(2) < b.slice(2) ? -1 : 1));
}
