/** Room on a disk. */
import { statfsSync } from 'node:fs';

/** Bytes that a process without privileges can still write to the file system of `path`. Throws the file system's error. */
export function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}
