/** Ports that scanners ask for, more often the ones asked for more often (TSUBAME 2026-Q1 top: 23, 443, 22, 80, 8080). */
import type { Random } from './random.ts';

const POPULAR = [
  443, 22, 80, 8080, 3389, 5900, 8443, 8000, 8888, 6379, 1433, 3306, 5432, 9200, 2222, 5555, 8081, 81, 25, 110, 143,
  993, 995, 21, 5060, 7547, 9000, 10_000, 27_017, 2375, 5985, 6443, 11_211, 502, 47_808, 1723, 1194, 4443,
];

/** Earlier entries of the list are drawn more often. */
export function popularPort(random: Random): number {
  return POPULAR[Math.floor(POPULAR.length * random.unit() ** 2)];
}

/** `count` different ports: popular ones first, then any. */
export function portList(random: Random, count: number): number[] {
  const ports = new Set<number>();
  while (ports.size < Math.min(count, POPULAR.length / 2)) ports.add(popularPort(random));
  while (ports.size < count) ports.add(random.between(1, 65_535));
  return [...ports];
}
