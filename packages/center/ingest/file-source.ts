/** A file's bytes from front to back through one buffer, hashed as they are taken. Synchronous: for a worker thread. */
import { createHash, type Hash } from 'node:crypto';
import { readSync } from 'node:fs';
import { type ByteSource, TAKE_BYTES_MAX } from '@noroshi/wire/segment/group-read.ts';

/** Read in one go. */
const READ_BYTES = 4 * 1024 * 1024;

export class FileSource implements ByteSource {
  private readonly fd: number;
  private readonly end: number;
  private readonly buffer: Uint8Array;
  private position: number;
  private from = 0;
  private to = 0;
  private hash: Hash = createHash('sha256');

  /** The bytes [from, to) of an open file. `buffer` has at least BUFFER_BYTES and is the source's while it is in use. */
  constructor(fd: number, from: number, to: number, buffer: Uint8Array) {
    this.fd = fd;
    this.position = from;
    this.end = to;
    this.buffer = buffer;
  }

  peek(bytes: number): Uint8Array {
    this.fill(bytes);
    return this.buffer.subarray(this.from, Math.min(this.to, this.from + bytes));
  }

  take(bytes: number): Uint8Array | undefined {
    this.fill(bytes);
    if (this.to - this.from < bytes) return undefined;
    const taken = this.buffer.subarray(this.from, this.from + bytes);
    this.from += bytes;
    this.hash.update(taken);
    return taken;
  }

  /** SHA-256 of what was taken since the last call, hex. */
  digest(): string {
    const digest = this.hash.digest('hex');
    this.hash = createHash('sha256');
    return digest;
  }

  /** Makes `bytes` bytes lie in the buffer, as far as the file has them. */
  private fill(bytes: number): void {
    if (this.to - this.from >= bytes || this.position === this.end) return;
    this.buffer.copyWithin(0, this.from, this.to);
    this.to -= this.from;
    this.from = 0;
    const wanted = Math.max(bytes, READ_BYTES);
    while (this.to < wanted && this.position < this.end) {
      const room = Math.min(this.buffer.length - this.to, this.end - this.position);
      const read = readSync(this.fd, this.buffer, this.to, room, this.position);
      if (read === 0) return;
      this.to += read;
      this.position += read;
    }
  }
}

/** What {@link FileSource} needs: the largest page and a read behind it. */
export const BUFFER_BYTES = TAKE_BYTES_MAX + READ_BYTES;
