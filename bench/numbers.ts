/** Numbers as the progress and the report write them. */

export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

export function decimals(value: number, places: number): string {
  return value.toFixed(places);
}

/** Three figures or so. */
export function seconds(value: number): string {
  return value.toFixed(value < 10 ? 2 : 1);
}

/** Megabytes, as file sizes are told. */
export function megabytes(bytes: number): string {
  const value = bytes / 1e6;
  return value.toFixed(value > 0 && value < 10 ? 1 : 0);
}
