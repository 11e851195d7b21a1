/** Our addresses: consecutive from 25.37.0.0 on, as the packet simulator's are by default (options.ts). */
const BASE = (25 << 24) | (37 << 16);

/** Most addresses of a telescope of rows. */
export const ADDRESSES_MAX = 65_536;

/** Address number `index`. */
export function addressAt(index: number): number {
  return (BASE + index) | 0;
}
