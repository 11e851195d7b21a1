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
  for (const [index, value] of values.entries()) {
    const share = to > from ? (at + (index + 0.5) * step - from) / (to - from) : 0;
    columns[Math.min(width - 1, Math.max(0, Math.floor(share * width)))] += value;
  }
  return columns;
}

/** Neighbours summed until at most `width` are left, and how many went into each. */
export function squeeze(values: readonly number[], width: number): { values: number[]; each: number } {
  const each = Math.max(1, Math.ceil(values.length / width));
  const sums = new Array<number>(Math.ceil(values.length / each)).fill(0);
  for (const [index, value] of values.entries()) sums[Math.floor(index / each)] += value;
  return { values: sums, each };
}
