/**
 * One process at a time in a folder: a file with the number of the process that uses it. When that process is gone, however it
 * ended, the next one takes the file over.
 */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Times that a file left behind is cleared away before somebody else is taken to be quicker every time. */
const ATTEMPTS_MAX = 10;

interface Holder {
  readonly pid: number;
  /** When the process began, in the kernel's clock ticks since boot; '' where nobody tells. A number may be given out again. */
  readonly began: string;
}

/** Another process uses the folder. */
export class LockedError extends Error {
  override readonly name = 'LockedError';
  readonly pid: number;

  constructor(folder: string, pid: number) {
    super(`Cannot use ${folder}: process ${pid} does`);
    this.pid = pid;
  }
}

/**
 * Takes the folder for this process; the answer gives it back.
 * @param name of the file, e.g. `center.lock`
 * @throws LockedError, or the file system's error
 */
export function lockFolder(folder: string, name: string): () => void {
  const file = join(folder, name);
  const own = JSON.stringify({ pid: process.pid, began: beganAt(process.pid) });
  const ready = `${file}.${process.pid}`;
  writeFileSync(ready, own);
  try {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      if (linked(ready, file)) return () => release(file, own);
      const holder = holderOf(file);
      if (holder !== undefined && isAlive(holder)) throw new LockedError(folder, holder.pid);
      clearAway(file, `${ready}.old`);
    }
    throw new LockedError(folder, holderOf(file)?.pid ?? 0);
  } finally {
    rmSync(ready, { force: true });
  }
}

/** A link appears whole or not at all, and only where there was none. */
function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined when the file is gone or says nothing. */
function holderOf(file: string): Holder | undefined {
  try {
    const { pid, began } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Holder>;
    return Number.isSafeInteger(pid) && typeof began === 'string' ? { pid: pid ?? 0, began } : undefined;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, began }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return beganAt(pid) === began;
}

/** The 22nd field of /proc/<pid>/stat; the second is a name in brackets that may hold anything (proc_pid_stat(5)). */
function beganAt(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function clearAway(file: string, aside: string): void {
  try {
    // Moved, not removed: whoever else clears away at this moment moves nothing.
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  rmSync(aside, { force: true });
}

function release(file: string, own: string): void {
  try {
    if (readFileSync(file, 'utf8') === own) rmSync(file, { force: true });
  } catch {
    // Gone already, with its folder perhaps.
  }
}
