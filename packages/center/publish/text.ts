/** A report as text in columns, for terminals, mail and paper; full-width characters take two. */
import { safe } from '@noroshi/kit/safe.ts';
import { cut, padEnd, padStart, widthOf } from '@noroshi/kit/width.ts';
import type { Layout, Table } from './layout.ts';

const GAP = '  ';
/** Foreign names are cut to this. */
const CELL_WIDTH_MAX = 44;

/** Ends with a line break. Foreign text holds nothing that a terminal would obey. */
export function renderText({ title, notice, facts, sections, notes }: Layout): string {
  const width = facts.reduce((most, [name]) => Math.max(most, widthOf(name)), 0);
  const lines = [
    safe(title),
    '='.repeat(widthOf(safe(title))),
    ...(notice === '' ? [] : [`*** ${notice} ***`]),
    '',
    ...facts.map(([name, text]) => `${padEnd(name, width)}${GAP}${safe(text)}`),
  ];
  for (const section of sections) {
    lines.push('', section.title, '-'.repeat(widthOf(section.title)), section.sentence);
    for (const table of section.tables) if (table.rows.length > 0) lines.push('', ...tableLines(table));
  }
  return `${[...lines, '', ...notes.map((note) => `* ${note}`)].join('\n')}\n`;
}

function tableLines({ columns, rows }: Table): string[] {
  const texts = rows.map((row) => row.map((cell) => cut(safe(cell), CELL_WIDTH_MAX)));
  const widths = columns.map(({ head }, index) => {
    return texts.reduce((most, row) => Math.max(most, widthOf(row[index])), widthOf(head));
  });
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => (columns[index].isNumber ? padStart(cell, widths[index]) : padEnd(cell, widths[index])))
      .join(GAP)
      .trimEnd();
  return [line(columns.map(({ head }) => head)), ...texts.map(line)];
}
