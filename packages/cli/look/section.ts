/** Parts of a report: a heading, a sentence, lines; all within a width. */
import { count } from './numbers.ts';
import type { Style } from './style.ts';

/** What a section needs to draw itself. */
export interface Canvas {
  readonly style: Style;
  readonly width: number;
}

/** A heading, what it says in a sentence, and the lines below it; nothing when there are none. */
export function section({ style, width }: Canvas, title: string, sentence: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const words = wrap(sentence, width - 2).map((line) => style.dim(`  ${line}`));
  return [style.bold(title), ...words, ...lines];
}

/** Says that a list goes on, and how to see the rest. */
export function moreLine(more: number, { style }: Canvas): string[] {
  return more > 0 ? [style.dim(`  and ${count(more)} more (--top shows more rows)`)] : [];
}

/** Text in lines of at most `width` columns, broken at blanks. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}
