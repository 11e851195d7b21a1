/** What the operating system refused, in words: the end of a sentence `Cannot read x: …`. */
import { readFileSync } from 'node:fs';

const STATES: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EISDIR: 'is a directory',
  ENOTDIR: 'a part of the path is no directory',
  EEXIST: 'exists already',
  ENOSPC: 'no space left on the device',
  EROFS: 'the file system is read-only',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'too many symbolic links',
  EIO: 'input/output error',
  EDQUOT: 'the disk quota is used up',
};

/** The error of a system call, which carries a code; undefined for every other error. */
export function systemErrorOf(error: unknown): NodeJS.ErrnoException | undefined {
  return error instanceof Error && 'syscall' in error && 'code' in error ? (error as NodeJS.ErrnoException) : undefined;
}

/** `no such file`, from a system call's error; of any other error its message. */
export function stateOf(error: unknown): string {
  const system = systemErrorOf(error);
  if (system === undefined) return error instanceof Error ? error.message : String(error);
  return STATES[system.code ?? ''] ?? `${system.code ?? 'error'} in ${system.syscall ?? 'a system call'}`;
}

/** The bytes of a file. Throws Error `Cannot read <file>: …`. */
export function readNamed(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Error(`Cannot read ${file}: ${stateOf(error)}`, { cause: error });
  }
}
