/**
 * Tables that fit a width: numbers to the right, text to the left, the text columns give way first, then the columns marked
 * `optional`, last first; what is left over goes to the bar.
 */
import { bar } from './bars.ts';
import type { Style } from './style.ts';
import { cut, padEnd, padStart, widthOf } from './width.ts';

export interface Column<Row> {
  readonly head: string;
  readonly text: (row: Row) => string;
  readonly align?: 'left' | 'right';
  /** May be cut, down to this many columns. */
  readonly least?: number;
  /** Left out when there is no room. */
  readonly optional?: boolean;
  readonly paint?: (text: string, row: Row) => string;
}

export interface BarColumn<Row> {
  readonly value: (row: Row) => number;
  readonly most: number;
  readonly paint?: (text: string, row: Row) => string;
}

const INDENT = '  ';
const GAP = '  ';
/** A bar narrower than this says nothing. */
const BAR_LEAST = 6;
const BAR_MOST = 30;

/** The lines of a table, heads first; none when there are no rows. */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  width: number,
  style: Style,
  bars?: BarColumn<Row>,
): string[] {
  if (rows.length === 0) return [];
  const texts = columns.map((column) => rows.map((row) => column.text(row)));
  const shown = fit(columns, texts, width - INDENT.length);
  const used = INDENT.length + shown.reduce((sum, { size }) => sum + size + GAP.length, 0);
  const room = Math.min(BAR_MOST, width - used);
  const heads = shown.map(({ index, size }) => aligned(columns[index], cut(columns[index].head, size), size));
  const lines = rows.map((row, at) => {
    const cells = shown.map(({ index, size }) => cell(columns[index], cut(texts[index][at], size), size, row));
    const tail = bars === undefined || room < BAR_LEAST ? '' : barOf(bars, row, room, style);
    return `${INDENT}${cells.join(GAP)}${tail === '' ? '' : GAP + tail}`.trimEnd();
  });
  return [style.dim(`${INDENT}${heads.join(GAP)}`.trimEnd()), ...lines];
}

interface Shown {
  readonly index: number;
  readonly size: number;
}

/** Which columns are shown, and how wide. */
function fit<Row>(columns: readonly Column<Row>[], texts: readonly (readonly string[])[], room: number): Shown[] {
  let shown = columns.map((column, index) => ({ index, size: naturalSize(column, texts[index]) }));
  const total = (): number => shown.reduce((sum, { size }) => sum + size + GAP.length, -GAP.length);
  const cuttable = shown.filter(({ index }) => columns[index].least !== undefined).reverse();
  for (;;) {
    for (const one of cuttable) {
      if (!shown.includes(one)) continue;
      const least = Math.min(one.size, columns[one.index].least ?? one.size);
      one.size = Math.max(least, one.size - Math.max(0, total() - room));
    }
    const last = shown.findLast(({ index }) => columns[index].optional === true);
    if (total() <= room || last === undefined) return shown;
    shown = shown.filter((one) => one !== last);
    for (const one of shown) one.size = naturalSize(columns[one.index], texts[one.index]);
  }
}

function naturalSize<Row>(column: Column<Row>, texts: readonly string[]): number {
  return texts.reduce((size, text) => Math.max(size, widthOf(text)), widthOf(column.head));
}

function cell<Row>(column: Column<Row>, text: string, size: number, row: Row): string {
  const placed = aligned(column, text, size);
  return column.paint === undefined ? placed : column.paint(placed, row);
}

function aligned<Row>(column: Column<Row>, text: string, size: number): string {
  return column.align === 'right' ? padStart(text, size) : padEnd(text, size);
}

function barOf<Row>(bars: BarColumn<Row>, row: Row, room: number, style: Style): string {
  const drawn = bar(bars.value(row), bars.most, room);
  return bars.paint === undefined ? style.bar(drawn) : bars.paint(drawn, row);
}
