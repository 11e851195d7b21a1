/** Shades of the map: fixed limits, so that two maps of different periods can be compared. */

/** Shares of all accesses at which a darker shade begins. */
export const LIMITS = [0.001, 0.01, 0.03, 0.1] as const;
export const SHADES = LIMITS.length + 1;

/** 0 for nothing, else 1 … SHADES. */
export function shade(share: number | undefined): number {
  if (share === undefined || share <= 0) return 0;
  return 1 + LIMITS.filter((limit) => share >= limit).length;
}
