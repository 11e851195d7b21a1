/**
 * A stream of chunks, decompressed when a transform is given. Whatever can be decompressed in front of damage is delivered before
 * the failure: zlib drops the output of the call in which it fails, so for a file the damaged part is read once more, byte by
 * byte, from the last place that was known to be good.
 */
import type { CaptureFailure } from '@noroshi/wire/capture/failure.ts';
import { type Compression, Frames, PIECE_BYTES, rescue } from './frames.ts';
import type { Input } from './input.ts';

export class Decompressed implements Input {
  readonly name: string;
  readonly bytesTotal: number | undefined;
  readonly isSeekable = false;
  readonly isCompressed: boolean;
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
    this.isCompressed = compression !== undefined;
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
        const detail = path === undefined ? `${frames.error}, up to ${PIECE_BYTES} bytes behind it` : frames.error;
        this.failure = { kind: 'stream', offset: frames.good, detail };
        return;
      }
    }
    yield* frames.end();
    if (frames.error !== undefined) this.failure = { kind: 'stream', offset: frames.good, detail: frames.error };
  }
}
