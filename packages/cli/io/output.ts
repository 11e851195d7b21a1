/**
 * Text to a file descriptor in large synchronous writes. `process.stdout` would tell of a closed pipe by an event, which a loop
 * over a plain file never lets through; a synchronous write tells at once.
 */
import { writeSync } from 'node:fs';
import { OutputClosed } from './exit.ts';

/** Characters gathered before they are written. */
const CHUNK_CHARS = 64 * 1024;
/** Wait for a slow reader of a non-blocking pipe. */
const RETRY_MS = 2;

export interface Sink {
  write(text: string): void;
}

export class Output implements Sink {
  private readonly fd: number;
  private pending = '';
  /** Three bytes of UTF-8 for each of the characters, and for one text more. */
  private readonly buffer = Buffer.allocUnsafeSlow(CHUNK_CHARS * 3 * 2);

  constructor(fd: number) {
    this.fd = fd;
  }

  /** Appends text. Throws OutputClosed when the reader is gone. */
  write(text: string): void {
    this.pending += text;
    if (this.pending.length >= CHUNK_CHARS) this.flush();
  }

  flush(): void {
    if (this.pending === '') return;
    const fits = this.pending.length * 3 <= this.buffer.length;
    const bytes = fits ? this.buffer : Buffer.from(this.pending);
    const length = fits ? bytes.write(this.pending) : bytes.length;
    this.pending = '';
    for (let from = 0; from < length; ) from += this.writeSome(bytes, from, length - from);
  }

  private writeSome(bytes: Buffer, from: number, length: number): number {
    try {
      return writeSync(this.fd, bytes, from, length);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') throw new OutputClosed();
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
      return 0;
    }
  }
}
