/**
 * A file that appears under its name when it is whole: written as `<path>.part`, then fsync and rename. What has a name already and
 * is no regular file (a device, a FIFO), and standard output, is written as it is, from front to back.
 */
import { closeSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { DirectFile } from './direct-file.ts';
import { PART } from './durable.ts';

/** Standard output as users write it. */
const STANDARD_OUTPUT: ReadonlySet<string> = new Set(['-', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1']);
const STANDARD_OUTPUT_FD = 1;
/** Wait for a slow reader of a non-blocking pipe. */
const RETRY_MS = 2;

/** True for `-` and the names that the system has for it. */
export function isStandardOutput(path: string): boolean {
  return STANDARD_OUTPUT.has(path);
}

/** True when nothing can lie beside it or take its place: a device, a FIFO, standard output. */
export function isWrittenInPlace(path: string): boolean {
  if (isStandardOutput(path)) return true;
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && !stat.isFile() && !stat.isDirectory();
}

/** Where the bytes of `path` lie until it is whole; undefined for what is written in place. A link stays, what it names is replaced. */
export function partOf(path: string): string | undefined {
  return isWrittenInPlace(path) ? undefined : `${behindLinks(path)}${PART}`;
}

function behindLinks(path: string): string {
  return statSync(path, { throwIfNoEntry: false }) === undefined ? path : realpathSync(path);
}

/** Writes everything, waiting for a pipe whose reader is slow. Throws the file system's error. */
export function writeFully(fd: number, bytes: Uint8Array): void {
  for (let from = 0; from < bytes.length; ) {
    try {
      from += writeSync(fd, bytes, from);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}

/** Where the bytes go; methods throw the file system's error. */
interface Sink {
  write(bytes: Uint8Array): void;
  sync(): void;
  close(): void;
}

/** Methods throw the file system's error, with the path in it. */
export class PartFile {
  readonly path: string;
  /** Bytes written so far. */
  byteLength = 0;
  private readonly part: string | undefined;
  private readonly sink: Sink;
  private isOpen = true;

  /** @param isDirect past the page cache where that is possible: for what is large and not read at once */
  constructor(path: string, { isDirect = false } = {}) {
    this.path = path;
    this.part = partOf(path);
    if (this.part !== undefined && isDirect) this.sink = new DirectFile(this.part);
    else this.sink = plainSink(isStandardOutput(path) ? STANDARD_OUTPUT_FD : openSync(this.part ?? path, 'w'));
  }

  write(bytes: Uint8Array): void {
    this.attempt(() => this.sink.write(bytes));
    this.byteLength += bytes.length;
  }

  /** Makes the file durable and gives it its name, or another one in the same file system. */
  finish(path?: string): void {
    const { part } = this;
    this.attempt(() => {
      if (part !== undefined) this.sink.sync();
      this.close();
      if (part !== undefined) renameSync(part, path ?? part.slice(0, -PART.length));
    });
  }

  /** Gives up, at whatever point: closes and removes what is unfinished. */
  abandon(): void {
    this.close();
    if (this.part !== undefined) rmSync(this.part, { force: true });
  }

  private close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.sink.close();
  }

  /** Only opening and renaming name the file in their errors. */
  private attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (error instanceof Error) Object.assign(error, { path: this.path });
      throw error;
    }
  }
}

function plainSink(fd: number): Sink {
  return {
    write: (bytes) => writeFully(fd, bytes),
    sync: () => fsyncSync(fd),
    close: () => {
      if (fd !== STANDARD_OUTPUT_FD) closeSync(fd);
    },
  };
}
