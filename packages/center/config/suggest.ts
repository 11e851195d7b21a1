/** "Did you mean": the right key nearest to a wrong one. */
import { configKeys } from './keys.ts';

/** More changes than this, or than half of the letters, are no slip of the fingers. */
const CHANGES_MAX = 3;
/** Longer names are compared by their beginning. */
const CHARS_MAX = 64;

/**
 * The path of the key that was probably meant, `listen.port`; undefined when nothing is near. Keys of the same map win over equal
 * ones elsewhere.
 * @param path of the map that holds the wrong key, its list entries as `[]`, '' for the whole
 */
export function nearestKey(path: string, wrong: string): string | undefined {
  const inner = path === '' ? '' : `${path}.`;
  const found = configKeys()
    .map((key) => {
      const name = key.path.slice(key.path.lastIndexOf('.') + 1);
      const isHere = key.path === `${inner}${name}`;
      return { path: key.path, changes: changesBetween(wrong.slice(0, CHARS_MAX), name) + (isHere ? 0 : 0.5) };
    })
    .toSorted((a, b) => a.changes - b.changes)[0];
  const most = Math.min(CHANGES_MAX, wrong.length / 2) + 0.5;
  return found.changes <= most ? found.path : undefined;
}

/** Least number of letters to insert, delete, replace, or swap with a neighbour (optimal string alignment). */
export function changesBetween(from: string, to: string): number {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const isSame = from[i - 1] === to[j - 1];
      let least = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (isSame ? 0 : 1));
      const isSwapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (isSwapped) least = Math.min(least, before[j - 2] + 1);
      next.push(least);
    }
    before = row;
    row = next;
  }
  return row[to.length];
}
