/**
 * Bytes of one capture: a file, gzip, zstd, or standard input (`-`), told apart by their first bytes, never by the name. Plain
 * files are read synchronously straight into the reader's buffer; compressed and piped ones as they come. Memory stays at a few
 * chunks whatever the length.
 */
import { closeSync, createReadStream, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { CaptureFailure } from '@noroshi/wire/capture/failure.ts';
import type { CaptureReader } from '@noroshi/wire/capture/reader.ts';
import { Decompressed } from './decompressed.ts';
import { beginsGzip, beginsZstd, type Compression } from './frames.ts';

/** Bytes asked of the operating system at a time. */
const READ_BYTES = 1024 * 1024;

export interface Input {
  readonly name: string;
  /** Size on disk; undefined when nobody knows (a pipe). */
  readonly bytesTotal: number | undefined;
  /** True when the same bytes can be read again at any offset: a plain file. */
  readonly isSeekable: boolean;
  /** True when what {@link read} gives are other bytes than the file's. */
  readonly isCompressed: boolean;
  /** Bytes taken from disk or pipe so far (compressed ones count compressed). */
  readonly bytesRead: number;
  /** What ended the input early; a cut or corrupt compressed stream, or a read error. */
  readonly failure: CaptureFailure | undefined;
  /** Fills the beginning of `into`; 0 at the end. A promise only when bytes have to be waited for. */
  read(into: Uint8Array): number | Promise<number>;
  close(): void;
}

/** Size of a regular file; undefined for standard input, pipes and devices. Throws the file system's error with the path in it. */
export function fileBytes(path: string): number | undefined {
  if (path === '-') return undefined;
  const stat = statSync(path);
  return stat.isFile() ? stat.size : undefined;
}

/** Opens a path, or standard input for `-`. Throws the file system's error with the path in it. */
export async function openInput(path: string): Promise<Input> {
  if (path === '-') return openStream('standard input', process.stdin);
  const fd = openSync(path, 'r');
  try {
    const stat = fstatSync(fd);
    const head = new Uint8Array(4);
    if (!stat.isFile() && !stat.isDirectory()) {
      return await openStream(path, createReadStream(path, { fd, highWaterMark: READ_BYTES }));
    }
    const compression = compressionOf(head.subarray(0, readSync(fd, head, 0, 4, 0)));
    if (compression === undefined) return new FileInput(path, fd, stat.size);
    const stream = createReadStream(path, { fd, start: 0, highWaterMark: READ_BYTES });
    return new Decompressed(path, stream, compression, stat.size, [], path);
  } catch (error) {
    closeSync(fd);
    throw named(error as NodeJS.ErrnoException, path);
  }
}

/** The error with the path in its sentence: reads, unlike opens, do not name it. */
function named(error: NodeJS.ErrnoException, path: string): NodeJS.ErrnoException {
  if (!error.message.includes(path)) error.message += ` '${path}'`;
  return error;
}

/** Reads from a stream, looking at its first bytes for compression. */
async function openStream(name: string, stream: NodeJS.ReadableStream): Promise<Input> {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first: Buffer[] = [];
  let length = 0;
  while (length < 4) {
    const step = await chunks.next();
    if (step.done === true) break;
    first.push(step.value);
    length += step.value.length;
  }
  const compression = compressionOf(Buffer.concat(first));
  const rest = { [Symbol.asyncIterator]: () => chunks };
  return new Decompressed(name, rest, compression, undefined, first, undefined);
}

const GZIP: Compression = { name: 'gzip', transform: () => createGunzip() };
const ZSTD: Compression = { name: 'zstd', transform: () => createZstdDecompress() };

function compressionOf(head: Uint8Array): Compression | undefined {
  if (beginsGzip(head)) return GZIP;
  return beginsZstd(head) ? ZSTD : undefined;
}

export class FileInput implements Input {
  readonly name: string;
  readonly bytesTotal: number;
  readonly isSeekable = true;
  readonly isCompressed = false;
  bytesRead: number;
  failure: CaptureFailure | undefined;
  private readonly fd: number;

  /** @param start offset of the first byte that will be read */
  constructor(name: string, fd: number, bytesTotal: number, start = 0) {
    this.name = name;
    this.fd = fd;
    this.bytesTotal = bytesTotal;
    this.bytesRead = start;
  }

  read(into: Uint8Array): number {
    try {
      const count = readSync(this.fd, into, 0, Math.min(into.length, READ_BYTES), this.bytesRead);
      this.bytesRead += count;
      return count;
    } catch (error) {
      this.failure = { kind: 'input', offset: this.bytesRead, detail: (error as Error).message };
      return 0;
    }
  }

  close(): void {
    closeSync(this.fd);
  }
}

/**
 * Gives the reader more bytes, or tells it that there are none; await the result only when it is a promise.
 * Afterwards the reader's `next` finds packets, or is done.
 */
export function feed(reader: CaptureReader, input: Input): void | Promise<void> {
  const count = input.read(reader.room());
  if (typeof count !== 'number') return count.then((bytes) => filled(reader, bytes));
  filled(reader, count);
}

function filled(reader: CaptureReader, count: number): void {
  if (count === 0) reader.finish();
  else reader.filled(count);
}

/** Why reading ended early: the input's own reason before the reader's, which then only sees a cut. */
export function failureOf(reader: CaptureReader, input: Input): CaptureFailure | undefined {
  if (input.failure !== undefined) return input.failure;
  return reader.failure === undefined || !input.isCompressed
    ? reader.failure
    : { ...reader.failure, isOfUnpacked: true };
}
