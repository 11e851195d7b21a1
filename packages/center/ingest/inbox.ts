/** Files of segments that are being received and verified. Nothing in it outlives the process: whoever sent it sends it again. */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freeBytes } from '@noroshi/kit/durable.ts';

export class Inbox {
  private readonly folder: string;
  private number = 0;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Makes the folder where it is missing, and empties it of what a killed center left behind. */
  static async open(folder: string): Promise<Inbox> {
    await mkdir(folder, { recursive: true });
    for (const file of await readdir(folder)) await rm(join(folder, file), { recursive: true, force: true });
    return new Inbox(folder);
  }

  /** A path that nobody uses. */
  nextPath(): string {
    this.number += 1;
    return join(this.folder, `${this.number}.parquet`);
  }

  async remove(path: string): Promise<void> {
    await rm(path, { force: true });
  }

  /** Room on its disk. */
  freeBytes(): Promise<number> {
    return freeBytes(this.folder);
  }
}
