/**
 * Text that others wrote, made harmless for a terminal: what would move the cursor, change colours, title or clipboard, or turn
 * the reading direction round is shown as an escape instead.
 */

/** C0 and C1 controls, DEL, zero-width and bidirectional format characters, line separators, lone surrogates, BOM. */
const HARMFUL =
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb]/gu;

export function safe(text: string): string {
  return text.replaceAll(HARMFUL, escaped);
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
