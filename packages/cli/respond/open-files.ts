/** How many files a process may have open. */
import { readFileSync } from 'node:fs';

/** Soft limit of this process; Node has raised it to the hard one. */
export function filesMax(): number {
  const found = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
  return Number(found?.[1] ?? Number.MAX_SAFE_INTEGER);
}
