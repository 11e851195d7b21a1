/** Compressed streams frame by frame, and the last bytes in front of damage. */
import { closeSync, openSync, readSync } from 'node:fs';
import type { Gunzip, ZstdDecompress } from 'node:zlib';

type Decoder = Gunzip | ZstdDecompress;

/** A compression that zlib undoes. */
export interface Compression {
  readonly name: 'gzip' | 'zstd';
  readonly transform: () => Decoder;
}

/** Compressed bytes given to the transform at once: what a pipe can lose in front of damage, and a file reads again. */
export const PIECE_BYTES = 16 * 1024;

const RUBBISH = 'rubbish behind the end of the compressed data';
/** What zlib says of two bytes with which no gzip member begins. */
const NO_MEMBER = 'incorrect header check';

/** Bytes that tell what a frame is. */
const FRAME_BYTES_MIN = 4;

/** Beginning of a gzip member (RFC 1952 §2.3.1). */
export function beginsGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Beginning of a zstd frame (RFC 8878 §3.1.1). */
export function beginsZstd(bytes: Uint8Array): boolean {
  return bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd;
}

/** Beginning of what may follow a frame: another one, or a skippable zstd frame (RFC 8878 §3.1.2). */
function beginsFrame(bytes: Uint8Array, { name }: Compression): boolean {
  if (name === 'gzip') return beginsGzip(bytes);
  if (beginsZstd(bytes)) return true;
  return bytes[0] >>> 4 === 5 && bytes[1] === 0x2a && bytes[2] === 0x4d && bytes[3] === 0x18;
}

/** A compressed stream: one frame (gzip: member) behind the other, each with a codec of its own where zlib needs it. */
export class Frames {
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
    if (this.carry.length > 0) this.error = RUBBISH;
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
      if (input.some((byte) => byte !== 0)) this.error = RUBBISH;
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
 * yields what comes beyond the bytes that were given out before. Then `frames.good` is exact.
 */
export async function* rescue(path: string, compression: Compression, frames: Frames): AsyncGenerator<Buffer> {
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
      if (codec.error === undefined) continue;
      frames.good = Math.max(frames.good, at - (codec.error === NO_MEMBER ? 2 : 1));
      if (codec.error === NO_MEMBER) frames.error = RUBBISH;
    }
  } finally {
    closeSync(fd);
  }
}
