/** Medians and spreads: on a machine that others use too, neither the best run nor the mean says much. */

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Throws RangeError without values. */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError('Cannot take a median of nothing');
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const central = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median: central, least: sorted[0], most: sorted[sorted.length - 1] };
}

export function median(values: readonly number[]): number {
  return spreadOf(values).median;
}
