/**
 * A stream of chunks, decompressed when a transform is given. Whatever can be decompressed in front of damage is delivered before
 * the failure: zlib drops the output of the call in which it fails, so for a file the damaged part is read once more, byte by
 * byte, from the last place that was known to be good.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import type { Gunzip, ZstdDecompress } from 'node:zlib';
import type { CaptureFailure } from '@noroshi/wire/capture/failure.ts';
import type { Input } from './input.ts';

type Decoder = Gunzip | ZstdDecompress;

/** A compression that zlib undoes. */
export interface Compression {
  readonly name: 'gzip' | 'zstd';
  readonly transform: () => Decoder;
}

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
    compression: Compression | undefined,
    bytesTotal: number | undefined,
    first: readonly Buffer[],
    path: string | undefined,
  ) {
    this.name = name;
    this.bytesTotal = bytesTotal;
    const counted = this.counted(stream, first);
    this.chunks = compression === undefined ? counted : this.transformed(counted, compression, path);
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
    compression: Compression,
    path: string | undefined,
  ): AsyncGenerator<Buffer> {
    const frames = new Frames(compression);
    for await (const chunk of compressed) {
      for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
        yield* frames.write(chunk.subarray(at, at + PIECE_BYTES));
        if (frames.error === undefined) continue;
        if (path !== undefined) yield* rescue(path, compression, frames);
        this.failure = { kind: 'stream', offset: frames.good, detail: frames.error };
        return;
      }
    }
    yield* frames.end();
    if (frames.error !== undefined) this.failure = { kind: 'stream', offset: frames.good, detail: frames.error };
  }
}

/** Beginning of a gzip member, of a zstd frame or of a skippable one (RFC 1952 §2.3.1, RFC 8878 §3.1.1, §3.1.2). */
const FRAME_BYTES_MIN = 4;
function beginsFrame(bytes: Uint8Array, { name }: Compression): boolean {
  if (name === 'gzip') return bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (bytes[0] === 0x28) return bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd;
  return bytes[0] >>> 4 === 5 && bytes[1] === 0x2a && bytes[2] === 0x4d && bytes[3] === 0x18;
}

/** A compressed stream: one frame (gzip: member) behind the other, each with a codec of its own where zlib needs it. */
class Frames {
  error: string | undefined;
  /** Compressed bytes that were taken without complaint; where the current frame's codec began; what it has given so far. */
  good = 0;
  codecFrom = 0;
  codecGave = 0;
  private readonly compression: Compression;
  private codec: Codec;
  private isEnded = false;
  private carry: Buffer = Buffer.alloc(0);

  constructor(compression: Compression) {
    this.compression = compression;
    this.codec = new Codec(compression.transform());
  }

  async *write(piece: Buffer): AsyncGenerator<Buffer> {
    let input = this.carry.length === 0 ? piece : Buffer.concat([this.carry, piece]);
    this.carry = Buffer.alloc(0);
    while (input.length > 0 && this.error === undefined) {
      if (this.isEnded && !this.open(input)) return;
      const parts = await this.codec.write(input);
      for (const part of parts) {
        this.codecGave += part.length;
        yield part;
      }
      this.error = this.codec.error;
      if (this.error !== undefined) return;
      this.good += this.codec.taken;
      input = input.subarray(this.codec.taken);
      this.isEnded = input.length > 0;
    }
  }

  async *end(): AsyncGenerator<Buffer> {
    if (this.carry.length > 0) this.error = `${this.carry.length} bytes behind the end of the compressed data`;
    if (this.isEnded) return;
    yield* await this.codec.end();
    this.error = this.codec.error;
  }

  /** Begins another frame with `input`, when it is one; rubbish is an error, but zeros are padding. */
  private open(input: Buffer): boolean {
    if (input.length < FRAME_BYTES_MIN) {
      this.carry = input;
      return false;
    }
    if (!beginsFrame(input, this.compression)) {
      if (input.some((byte) => byte !== 0)) this.error = 'rubbish behind the end of the compressed data';
      return false;
    }
    this.codec = new Codec(this.compression.transform());
    this.codecFrom = this.good;
    this.codecGave = 0;
    return true;
  }
}

/** A transform that is fed piece by piece and gives each piece's output before the next, its error as a value. */
class Codec {
  error: string | undefined;
  /** Bytes of the last piece that it took; fewer than there were when the compressed data ended within. */
  taken = 0;
  private readonly transform: Decoder;
  private output: Buffer[] = [];
  private settle: () => void = () => {};

  constructor(transform: Decoder) {
    this.transform = transform;
    transform.on('data', (part: Buffer) => this.output.push(part));
    transform.on('error', (error: Error) => {
      this.error = error.message;
      this.settle();
    });
    transform.on('end', () => this.settle());
    transform.on('close', () => this.settle());
  }

  async write(piece: Uint8Array): Promise<Buffer[]> {
    const before = this.transform.bytesWritten;
    await new Promise<void>((resolve) => {
      this.settle = resolve;
      this.transform.write(piece, () => resolve());
    });
    this.taken = this.transform.bytesWritten - before;
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
 * Decompresses the frame in which the damage lies again: up to the last good byte in pieces, from there one byte at a time, and
 * yields what comes beyond the bytes that were given out before.
 */
async function* rescue(path: string, compression: Compression, frames: Frames): AsyncGenerator<Buffer> {
  const fd = openSync(path, 'r');
  try {
    const codec = new Codec(compression.transform());
    const buffer = Buffer.alloc(PIECE_BYTES);
    const end = frames.good + PIECE_BYTES;
    let seen = 0;
    for (let at = frames.codecFrom; at < end && codec.error === undefined; ) {
      const count = readSync(fd, buffer, 0, at < frames.good ? Math.min(PIECE_BYTES, frames.good - at) : 1, at);
      if (count === 0) break;
      at += count;
      for (const part of await codec.write(Buffer.from(buffer.subarray(0, count)))) {
        const known = Math.min(part.length, Math.max(0, frames.codecGave - seen));
        seen += part.length;
        if (known < part.length) yield part.subarray(known);
      }
    }
  } finally {
    closeSync(fd);
  }
}
