/**
 * Files that survive a power cut: bytes and folder entries reach the disk before the promise resolves. A file under its final name is
 * always whole; what a killed process leaves behind ends in `.part`.
 */
import { open, rename, rm, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

export const PART = '.part';

/** Writes `<path>.part`, then fsync, rename, fsync of the folder. On failure nothing is left, and the old file stands. */
export async function writeDurably(path: string, data: string | Uint8Array): Promise<void> {
  const part = `${path}${PART}`;
  try {
    const file = await open(part, 'w');
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await moveDurably(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** Renames within one file system. The file's own bytes must have been synced before. */
export async function moveDurably(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncFolder(dirname(to));
  if (dirname(from) !== dirname(to)) await syncFolder(dirname(from));
}

/** Makes a folder's entries durable: names added, changed and removed. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Bytes that a process without privileges can still write to the file system of `path`. */
export async function freeBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}

/** Whether a file system's error means that there is no room: disk full, or the user's quota used up. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}
