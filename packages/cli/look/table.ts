/**
 * Tables that fit a width: numbers to the right, text to the left, the text columns give way first, then the columns marked
 * `optional` go, then any text is cut; what is left over goes to the bar.
 */
import { bar } from './bars.ts';
import type { Style } from './style.ts';
import { cut, padEnd, padStart, trimEnd, widthOf } from '@noroshi/kit/width.ts';

export interface Column<Row> {
  readonly head: string;
  readonly text: (row: Row) => string;
  readonly align?: 'left' | 'right';
  /** May be cut, down to this many columns. */
  readonly least?: number;
  /** Left out when there is no room, the greatest number first. */
  readonly optional?: number;
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
/** Text that has to be cut for want of room keeps this much. */
const TEXT_LEAST = 8;

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
    return trimEnd(`${INDENT}${cells.join(GAP)}${tail === '' ? '' : GAP + tail}`);
  });
  return [style.dim(`${INDENT}${heads.join(GAP)}`.trimEnd()), ...lines];
}

interface Shown {
  readonly index: number;
  size: number;
}

/** Which columns are shown, and how wide. */
function fit<Row>(columns: readonly Column<Row>[], texts: readonly (readonly string[])[], room: number): Shown[] {
  let shown = columns.map((column, index) => ({ index, size: naturalSize(column, texts[index]) }));
  for (;;) {
    const sized = shown.map((one) => ({ ...one }));
    shrink(sized, room, ({ index }) => columns[index].least);
    if (totalOf(sized) <= room) return sized;
    const drop = greatest(shown, ({ index }) => columns[index].optional ?? 0);
    if (drop === undefined) {
      shrink(sized, room, ({ index }) => (columns[index].align === 'right' ? undefined : TEXT_LEAST));
      return sized;
    }
    shown = shown.filter((one) => one !== drop);
  }
}

/** Makes columns narrower, last first, down to the least width that each allows. */
function shrink(shown: Shown[], room: number, leastOf: (one: Shown) => number | undefined): void {
  for (const one of shown.toReversed()) {
    const least = Math.min(one.size, leastOf(one) ?? one.size);
    one.size = Math.max(least, one.size - Math.max(0, totalOf(shown) - room));
  }
}

/** The column with the greatest number above zero. */
function greatest(shown: readonly Shown[], numberOf: (one: Shown) => number): Shown | undefined {
  const candidates = shown.filter((one) => numberOf(one) > 0);
  return candidates.sort((a, b) => numberOf(b) - numberOf(a))[0];
}

function totalOf(shown: readonly Shown[]): number {
  return shown.reduce((sum, { size }) => sum + size + GAP.length, -GAP.length);
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
