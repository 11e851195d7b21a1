/** What the figures were measured on. */
import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import { findProgram } from '@noroshi/kit/programs.ts';
import { FLOOR, TOOLS } from './tools.ts';

/** Lines of a Markdown list. `load` is what the machine did before we began. */
export function describeMachine(load: number): string[] {
  return [
    `- ${availableParallelism()} cores, ${cpus()[0]?.model ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    `- Linux ${release()}, Node ${process.versions.node}`,
    `- ${versions().join(', ')}`,
    `- load average before the run: ${load.toFixed(2)}`,
  ];
}

export function currentLoad(): number {
  return loadavg()[0];
}

function versions(): string[] {
  const packages = new Set([FLOOR, ...TOOLS].map(({ debian }) => debian).filter((name) => name !== null));
  return [...packages].map((name) => `${name} ${versionOf(name)}`);
}

function versionOf(name: string): string {
  const query = findProgram('dpkg-query');
  if (query === undefined) return '(version unknown)';
  try {
    return execFileSync(query, ['-W', '-f', '${Version}', name], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return '(no Debian package installed)';
  }
}
