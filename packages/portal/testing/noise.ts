/** Numbers that look like traffic and are always the same. */
const DAY_MS = 86_400_000;

/** −1 … 1, by two integers (a mix after Murmur3's finaliser). */
export function noise(series: number, index: number): number {
  let hash = Math.imul(series + 1, 0x9e3779b1) ^ Math.imul(Math.floor(index / 1000) | 0, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 31 - 1;
}

/** Around 1: a day's swell, a week's trend, and the more noise the shorter the step. */
export function wave(ms: number, step_ms: number): number {
  const swell = step_ms < DAY_MS ? 0.12 * Math.sin((2 * Math.PI * ms) / DAY_MS) : 0;
  const trend = 0.06 * Math.sin((2 * Math.PI * ms) / (11 * DAY_MS));
  const rough = step_ms < 3_600_000 ? 0.16 : 0.07;
  const burst = noise(5, Math.floor(ms / 7_200_000) * 1000) > 0.93 && step_ms < DAY_MS ? 0.45 : 0;
  return 1 + swell + trend + burst + rough * noise(1, ms);
}
