/**
 * What kit/durable.ts does, done before the call returns: between two statements of the spool nothing else may happen, or a process
 * that dies there would leave two truths.
 */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { PART } from '@noroshi/kit/durable.ts';

/** Writes `<path>.part`, then fsync, rename, fsync of the folder. On failure the old file stands. */
export function writeDurablySync(path: string, text: string): void {
  const part = `${path}${PART}`;
  try {
    const fd = openSync(part, 'w');
    try {
      writeSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    moveDurablySync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

/** Renames a synced file within one folder. */
function moveDurablySync(from: string, to: string): void {
  renameSync(from, to);
  syncFolderSync(dirname(to));
}

/** Makes a folder's entries durable: names added, changed and removed. */
export function syncFolderSync(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Bytes that a process without privileges can still write to the file system of `path`. */
export function freeBytesSync(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}
