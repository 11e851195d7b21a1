/** The page, ready to be served. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Refusal } from '../io/exit.ts';

const BUILD = fileURLToPath(import.meta.resolve('@noroshi/portal/build.ts'));
const DIST = fileURLToPath(import.meta.resolve('@noroshi/portal/dist'));
/** A build takes a few seconds; one that takes this long hangs. */
const BUILD_MS_MAX = 120_000;
const SAID_CHARS_MAX = 10_000;

/**
 * Builds the page when its sources changed; the folder to serve. A process of its own builds, for what a build needs in memory
 * should not stay. Throws Refusal.
 */
export async function preparePortal(signal: AbortSignal): Promise<string> {
  const stdio = ['ignore', 'ignore', 'pipe'] as const;
  const child = spawn(process.execPath, [BUILD], { stdio: [...stdio], timeout: BUILD_MS_MAX });
  const leave = (): void => void child.kill();
  signal.addEventListener('abort', leave);
  let said = '';
  child.stderr?.on('data', (part: Buffer) => (said = `${said}${part.toString()}`.slice(0, SAID_CHARS_MAX)));
  const [code] = (await once(child, 'close')) as [number | null];
  signal.removeEventListener('abort', leave);
  if (code === 0) return DIST;
  const state = said.split('\n').find((line) => /error/i.test(line)) ?? `the build ended with ${code ?? 'a signal'}`;
  throw new Refusal('io', `Cannot build the page: ${state.trim()}`);
}
