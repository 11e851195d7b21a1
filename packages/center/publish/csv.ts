/** Tables as CSV (RFC 4180): CRLF, a header row, quotes where they are needed. */

/** A spreadsheet takes what begins like this for a formula (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
const NEEDS_QUOTES = /[",\r\n]/;
/** Tells spreadsheets that the text is UTF-8; other readers take it for a part of the first name. */
const BOM = '\uFEFF';

export type Cell = string | number | boolean | null;

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Null is an empty field; a text that a spreadsheet would execute gets a quotation mark in front. */
export function csvOf({ head, rows }: Table, hasBom: boolean): string {
  const lines = [head, ...rows].map((cells) => `${cells.map(fieldOf).join(',')}\r\n`);
  return `${hasBom ? BOM : ''}${lines.join('')}`;
}

function fieldOf(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  const harmless = FORMULA.test(cell) ? `'${cell}` : cell;
  return NEEDS_QUOTES.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
