/** The account of all packets: what stands on each side, and how far apart they are. */
import type { Conservation } from '@noroshi/wire/api/figures.ts';

export interface Account {
  readonly filtered: number;
  readonly dropped: number;
  /** received − kept − filtered − dropped. */
  readonly unexplained: number;
  /** kept − stored − expired, and kept − rolled up. */
  readonly unstored: number;
  readonly unrolled: number;
}

export function accountOf(conservation: Conservation): Account {
  const { received, kept, stored, expired, rolled_up } = conservation;
  const [filtered, dropped] = [sum(conservation.filtered), sum(conservation.dropped)];
  return {
    filtered,
    dropped,
    unexplained: received - kept - filtered - dropped,
    unstored: kept - stored - expired,
    unrolled: kept - rolled_up,
  };
}

/** Reasons with their counts, the largest first; those that never happened are left out. */
export function reasonsOf(counts: Readonly<Record<string, number>>): (readonly [reason: string, count: number])[] {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .toSorted(([, a], [, b]) => b - a);
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
