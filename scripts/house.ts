/** House rules that no linter knows: a long file says why it is long, and nothing is left for later in a comment. */
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sourceFiles } from './boundaries.ts';

const ROOT = resolve(import.meta.dirname, '..');
const LINES_MAX = 400;
const HEAD_LINES = 20;

const REASON = /\bLong because\s+\S/;
// A character class each, so that this file does not find itself.
const LEFTOVER = /\b(TO[D]O|FIX[M]E|XX[X])\b/;

/** What breaks a house rule in one file, in words. */
export function inspectSource(file: string, source: string): string[] {
  const lines = source.split('\n');
  const found = lines.flatMap((line, index) => {
    const word = LEFTOVER.exec(line)?.[1];
    return word === undefined ? [] : [`${file}:${index + 1}: ${word} in the tree: do it or file it`];
  });
  if (!/\.[cm]?[jt]s$/.test(file)) return found;
  // A final line break ends the last line, it does not begin another.
  const count = lines.at(-1) === '' ? lines.length - 1 : lines.length;
  if (count > LINES_MAX && !REASON.test(lines.slice(0, HEAD_LINES).join('\n'))) {
    found.push(`${file}: ${count} lines and no "Long because …" in its head comment (more than ${LINES_MAX} need it)`);
  }
  return found;
}

function proseFiles(): string[] {
  return globSync(['*.md', '.ci/*', '{docs,packages,bench,cases}/**/*.md'], {
    cwd: ROOT,
    exclude: (path) => path.includes('node_modules'),
  });
}

if (import.meta.main) {
  const broken = [...sourceFiles(), ...proseFiles()].flatMap((file) =>
    inspectSource(file, readFileSync(join(ROOT, file), 'utf8')),
  );
  for (const sentence of broken) console.log(sentence);
  process.exitCode = broken.length === 0 ? 0 : 1;
}
