/** Bars and sparklines from Unicode's block elements: eighths of a column, eighths of a line. */

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
const LEVELS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** A bar of `value / most` × `width` columns; the least value above zero still shows. */
export function bar(value: number, most: number, width: number): string {
  if (!(value > 0) || most <= 0) return '';
  const eighths = Math.max(1, Math.round((value / most) * width * 8));
  return '█'.repeat(eighths >> 3) + EIGHTHS[eighths & 7];
}

/** One character a value: a blank for nothing, then eight heights up to the largest value. */
export function sparkline(values: readonly number[]): string {
  const most = Math.max(0, ...values);
  return values.map((value) => (value > 0 ? LEVELS[Math.min(7, Math.floor((value / most) * 8))] : ' ')).join('');
}

/**
 * Values of equal steps from `at` on, spread over `width` columns that stand for `from … to`: several sparklines drawn so share
 * one time axis.
 */
export function onAxis(
  { at, step, values }: { readonly at: number; readonly step: number; readonly values: readonly number[] },
  from: number,
  to: number,
  width: number,
): number[] {
  const columns = new Array<number>(width).fill(0);
  const scale = to > from ? width / (to - from) : 0;
  for (const [index, value] of values.entries()) {
    const begin = (at + index * step - from) * scale;
    if (value > 0) spread(columns, value, begin, begin + step * scale);
  }
  return columns;
}

/** Adds a value to the columns that it lies over, to each its share. */
function spread(columns: number[], value: number, begin: number, end: number): void {
  const last = columns.length - 1;
  const first = Math.min(last, Math.max(0, Math.floor(begin)));
  if (end - begin <= 0 || end <= first + 1) columns[first] += value;
  else {
    for (let column = first; column <= last && column < end; column++) {
      columns[column] += (value * (Math.min(end, column + 1) - Math.max(begin, column))) / (end - begin);
    }
  }
}

/** Neighbours summed until at most `width` are left, and how many went into each. */
export function squeeze(values: readonly number[], width: number): { values: number[]; each: number } {
  const each = Math.max(1, Math.ceil(values.length / width));
  const sums = new Array<number>(Math.ceil(values.length / each)).fill(0);
  for (const [index, value] of values.entries()) sums[Math.floor(index / each)] += value;
  return { values: sums, each };
}
