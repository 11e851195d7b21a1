/** Text in lines of a terminal's columns: between words, or anywhere between Japanese characters. */
import { widthOf } from '@noroshi/kit/width.ts';

/** What must not stand at the beginning of a line (JIS X 4051, in short). */
const CLOSING = /^[、。，．・：；？！）」』】〉》％ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ]/u;
/** A Japanese character is a piece of its own, with the closing ones behind it; a word has the blank in front of it. */
const PIECES = /\s*[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]|\s*[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+/gu;

/** Lines of at most `width` columns; a word that is longer stands alone. */
export function wrapWide(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of text.match(PIECES) ?? []) {
    const longer = line === '' ? piece.trimStart() : line + piece;
    if (line === '' || widthOf(longer) <= width || CLOSING.test(piece.trimStart())) {
      line = longer;
      continue;
    }
    lines.push(line);
    line = piece.trimStart();
  }
  return line === '' ? lines : [...lines, line];
}
