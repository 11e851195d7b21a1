/** Columns that text takes in a terminal: East Asian wide characters take two, combining marks and colours none. */

/** Hangul, CJK, kana, full-width forms, emoji (Unicode UAX #11, W and F, in blocks). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const NOTHING = /\p{Mn}|\p{Me}/u;
// oxlint-disable-next-line no-control-regex -- the escape sequences of style.ts
const STYLE = /\u001b\[[\d;]*m/g;
// oxlint-disable-next-line no-control-regex -- the same
const BLANK_END = / +(?=(?:\u001b\[[\d;]*m| )*$)/g;
const ASCII = /^[\u0020-\u007e]*$/;

export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text.replaceAll(STYLE, '')) width += widthOfCharacter(character);
  return width;
}

/** Text without styles cut to at most `width` columns, the last one an ellipsis when something is missing. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const character of text) {
    used += widthOfCharacter(character);
    if (used > width - 1) break;
    kept += character;
  }
  return width < 1 ? '' : `${kept}…`;
}

/** Without the blanks at its end, also those inside a style that ends there. */
export function trimEnd(text: string): string {
  return text.replaceAll(BLANK_END, '');
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - widthOf(text))) + text;
}

function widthOfCharacter(character: string): number {
  if (WIDE.test(character)) return 2;
  return NOTHING.test(character) ? 0 : 1;
}
