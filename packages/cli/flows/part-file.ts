/** A file that appears under its name when it is whole: written as `<path>.part`, then fsync and rename. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { PART } from '@noroshi/kit/durable.ts';
import { refusalOf } from '../io/exit.ts';
import { named } from '../look/style.ts';

export class PartFile {
  readonly path: string;
  bytes = 0;
  private readonly fd: number;
  private isOpen = true;

  /** Throws Refusal when the file system does not want it, as the other methods do. */
  constructor(path: string) {
    this.path = path;
    this.fd = this.attempt(() => openSync(`${path}${PART}`, 'w'));
  }

  write(piece: Uint8Array): void {
    this.attempt(() => {
      for (let from = 0; from < piece.length; ) from += writeSync(this.fd, piece, from);
    });
    this.bytes += piece.length;
  }

  finish(): void {
    this.attempt(() => {
      fsyncSync(this.fd);
      this.close();
      renameSync(`${this.path}${PART}`, this.path);
    });
  }

  /** Leaves nothing behind, unless it was finished. */
  abandon(): void {
    if (!this.isOpen) return;
    this.close();
    rmSync(`${this.path}${PART}`, { force: true });
  }

  private close(): void {
    this.isOpen = false;
    closeSync(this.fd);
  }

  private attempt<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw refusalOf('write', named(this.path), error);
    }
  }
}
