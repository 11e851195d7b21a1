/** Two network namespaces, joined by one pair of interfaces, for as long as some work takes. */
import { spawnSync } from 'node:child_process';

export interface Spaces {
  readonly outside: string;
  readonly inside: string;
}

/** Interface of either end. */
export const OUTSIDE = 'out0';
export const INSIDE = 'in0';

/** Throws Error with what `ip` said. */
export async function inNamespaces(work: (spaces: Spaces) => Promise<void>): Promise<void> {
  const spaces = { outside: `nrs-bench-${process.pid}o`, inside: `nrs-bench-${process.pid}i` };
  try {
    for (const name of Object.values(spaces)) ip('netns', 'add', name);
    ip('link', 'add', OUTSIDE, 'netns', spaces.outside, 'type', 'veth', 'peer', 'name', INSIDE, 'netns', spaces.inside);
    ip('-n', spaces.outside, 'link', 'set', OUTSIDE, 'up');
    ip('-n', spaces.inside, 'link', 'set', INSIDE, 'up');
    await work(spaces);
  } finally {
    for (const name of Object.values(spaces)) spawnSync('ip', ['netns', 'delete', name]);
  }
}

function ip(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Cannot run ip ${args.join(' ')}: ${stderr}`);
}
