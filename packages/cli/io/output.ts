/**
 * Text to a file descriptor in large synchronous writes. `process.stdout` would tell of a closed pipe by an event, which a loop
 * over a plain file never lets through; a synchronous write tells at once.
 */
import { writeFully } from '@noroshi/kit/part-file.ts';
import { OutputClosed, refusalOf } from './exit.ts';

/** Characters gathered before they are written. */
const CHUNK_CHARS = 64 * 1024;

const ERRORS_FD = 2;

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

  /** Appends text. Throws OutputClosed when the reader is gone, Refusal when the text finds no room. */
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
    try {
      writeFully(this.fd, bytes.subarray(0, length));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EPIPE') throw new OutputClosed();
      throw refusalOf('write', this.fd === ERRORS_FD ? 'standard error' : 'standard output', error);
    }
  }
}
