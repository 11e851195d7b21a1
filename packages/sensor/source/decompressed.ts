/**
 * A stream of chunks, decompressed when a transform is given. Whatever can be decompressed in front of damage is delivered before
 * the failure: zlib drops the output of the call in which it fails, so for a file the damaged part is read once more, byte by
 * byte, from the last place that was known to be good.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import type { Transform } from 'node:stream';
import type { CaptureFailure } from '@noroshi/wire/capture/failure.ts';
import type { Input } from './input.ts';

/** Compressed bytes given to the transform at once: what a pipe can lose in front of damage, and a file reads again. */
const PIECE_BYTES = 16 * 1024;

export class Decompressed implements Input {
  readonly name: string;
  readonly bytesTotal: number | undefined;
  readonly isSeekable = false;
  bytesRead = 0;
  failure: CaptureFailure | undefined;
  private readonly chunks: AsyncGenerator<Buffer>;
  private rest: Buffer = Buffer.alloc(0);
  private delivered = 0;

  /**
   * @param first bytes already taken from `stream`
   * @param path the file behind the stream, when it can be read again
   */
  constructor(
    name: string,
    stream: AsyncIterable<Buffer>,
    transform: (() => Transform) | undefined,
    bytesTotal: number | undefined,
    first: readonly Buffer[],
    path: string | undefined,
  ) {
    this.name = name;
    this.bytesTotal = bytesTotal;
    const counted = this.counted(stream, first);
    this.chunks = transform === undefined ? counted : this.transformed(counted, transform, path);
  }

  read(into: Uint8Array): number | Promise<number> {
    return this.rest.length > 0 ? this.copy(into) : this.wait(into);
  }

  close(): void {
    void this.chunks.return(undefined);
  }

  private async wait(into: Uint8Array): Promise<number> {
    while (this.rest.length === 0) {
      const chunk = await this.next();
      if (chunk === undefined) return 0;
      this.rest = chunk;
    }
    return this.copy(into);
  }

  private async next(): Promise<Buffer | undefined> {
    try {
      const step = await this.chunks.next();
      return step.done === true ? undefined : step.value;
    } catch (error) {
      this.failure = { kind: 'input', offset: this.delivered, detail: (error as Error).message };
      return undefined;
    }
  }

  private copy(into: Uint8Array): number {
    const count = Math.min(into.length, this.rest.length);
    into.set(this.rest.subarray(0, count));
    this.rest = this.rest.subarray(count);
    this.delivered += count;
    return count;
  }

  private async *counted(stream: AsyncIterable<Buffer>, first: readonly Buffer[]): AsyncGenerator<Buffer> {
    for (const chunk of first) {
      this.bytesRead += chunk.length;
      yield chunk;
    }
    for await (const chunk of stream) {
      this.bytesRead += chunk.length;
      yield chunk;
    }
  }

  private async *transformed(
    compressed: AsyncGenerator<Buffer>,
    transform: () => Transform,
    path: string | undefined,
  ): AsyncGenerator<Buffer> {
    const codec = new Codec(transform());
    let good = 0;
    let out = 0;
    for await (const chunk of compressed) {
      for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
        const piece = chunk.subarray(at, at + PIECE_BYTES);
        for (const part of await codec.write(piece)) {
          out += part.length;
          yield part;
        }
        if (codec.error !== undefined) {
          if (path !== undefined) yield* rescue(path, transform, good, piece.length, out);
          this.failure = { kind: 'stream', offset: good, detail: codec.error };
          return;
        }
        good += piece.length;
      }
    }
    yield* await codec.end();
    if (codec.error !== undefined) this.failure = { kind: 'stream', offset: good, detail: codec.error };
  }
}

/** A transform that is fed piece by piece and gives each piece's output before the next, its error as a value. */
class Codec {
  error: string | undefined;
  private readonly transform: Transform;
  private output: Buffer[] = [];
  private settle: () => void = () => {};

  constructor(transform: Transform) {
    this.transform = transform;
    transform.on('data', (part: Buffer) => this.output.push(part));
    transform.on('error', (error: Error) => {
      this.error = error.message;
      this.settle();
    });
    transform.on('end', () => this.settle());
  }

  async write(piece: Uint8Array): Promise<Buffer[]> {
    await new Promise<void>((resolve) => {
      this.settle = resolve;
      this.transform.write(piece, () => resolve());
    });
    return this.take();
  }

  async end(): Promise<Buffer[]> {
    await new Promise<void>((resolve) => {
      this.settle = resolve;
      this.transform.end();
    });
    return this.take();
  }

  private take(): Buffer[] {
    const parts = this.output;
    this.output = [];
    return parts;
  }
}

/**
 * Decompresses a file's first `good` bytes again, then the following piece one byte at a time, and yields what comes beyond the
 * `delivered` bytes that were given out before.
 */
async function* rescue(
  path: string,
  transform: () => Transform,
  good: number,
  pieceBytes: number,
  delivered: number,
): AsyncGenerator<Buffer> {
  const fd = openSync(path, 'r');
  try {
    const codec = new Codec(transform());
    const buffer = Buffer.alloc(PIECE_BYTES);
    let seen = 0;
    for (let at = 0; at < good + pieceBytes && codec.error === undefined; ) {
      const count = readSync(fd, buffer, 0, at < good ? Math.min(PIECE_BYTES, good - at) : 1, at);
      if (count === 0) break;
      at += count;
      for (const part of await codec.write(Buffer.from(buffer.subarray(0, count)))) {
        const known = Math.min(part.length, Math.max(0, delivered - seen));
        seen += part.length;
        if (known < part.length) yield part.subarray(known);
      }
    }
  } finally {
    closeSync(fd);
  }
}
