/** A body into a file: never whole in memory, hashed on the way, ended when it is too long, too slow or cut. */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { Refusal } from './refusals.ts';

/** Gathered before it is written: writes cost the same whether they are of 64 KiB or of this. */
const WRITE_BYTES = 1024 * 1024;

export interface ReceiveLimits {
  /** Announced length. */
  readonly bytes: number;
  /** Longest silence. */
  readonly idle_ms: number;
  /** Longest whole. */
  readonly total_ms: number;
}

/**
 * Writes all of `body` to `file`; returns its SHA-256, lower-case hex. Throws Refusal, or the file system's error; the body may then
 * still have bytes to come.
 */
export async function receive(body: Readable, file: FileHandle, name: string, limits: ReceiveLimits): Promise<string> {
  const hash = createHash('sha256');
  let pieces: Buffer[] = [];
  let pieces_bytes = 0;
  let total_bytes = 0;
  const write = async (): Promise<void> => {
    const [mine, mine_bytes] = [pieces, pieces_bytes];
    pieces = [];
    pieces_bytes = 0;
    if (mine_bytes > 0) await writeAll(file, mine, mine_bytes);
  };
  for await (const chunk of inTime(body, name, limits)) {
    total_bytes += chunk.length;
    if (total_bytes > limits.bytes) throw new Refusal('too_large', `Cannot take ${name}: it is longer than announced`);
    hash.update(chunk);
    pieces.push(chunk);
    pieces_bytes += chunk.length;
    if (pieces_bytes >= WRITE_BYTES) await write();
  }
  await write();
  if (total_bytes < limits.bytes) throw new Refusal('aborted', `Cannot take ${name}: it is shorter than announced`);
  return hash.digest('hex');
}

async function writeAll(file: FileHandle, pieces: Buffer[], pieces_bytes: number): Promise<void> {
  const { bytesWritten } = await file.writev(pieces);
  // A disk that fills up in the middle writes a part first and fails the next time.
  if (bytesWritten < pieces_bytes) await file.writeFile(Buffer.concat(pieces).subarray(bytesWritten));
}

/** The stream's chunks. Throws Refusal when they are late or break off; the stream stays open where it can. */
async function* inTime(
  body: Readable,
  name: string,
  { idle_ms, total_ms }: ReceiveLimits,
): AsyncGenerator<Buffer, void> {
  const chunks = body.iterator({ destroyOnReturn: false }) as AsyncGenerator<Buffer, void>;
  const late = Promise.withResolvers<never>();
  let isLate = false;
  const end = (): void => {
    isLate = true;
    late.reject(new Refusal('too_slow', `Cannot take ${name}: its bytes came too slowly`));
  };
  const [total, idle] = [setTimeout(end, total_ms), setTimeout(end, idle_ms)];
  try {
    for (;;) {
      idle.refresh();
      const next = chunks.next().catch((error: unknown) => {
        throw new Refusal('aborted', `Cannot take ${name}: the connection broke`, error);
      });
      // Whichever loses the race is not waited for any more.
      next.catch(() => {});
      const { done, value } = await Promise.race([next, late.promise]);
      if (done === true) return;
      yield value;
    }
  } finally {
    clearTimeout(total);
    clearTimeout(idle);
    late.promise.catch(() => {});
    // A late chunk is still being waited for in there, perhaps for ever.
    if (!isLate) await chunks.return();
  }
}

/** Reads what is left of a body and throws it away, so that a sender in the middle of it sees the answer; ends it after `drain_ms`. */
export function drain(body: Readable, drain_ms: number): void {
  if (body.readableEnded || body.destroyed) return;
  const end = setTimeout(() => body.destroy(), drain_ms);
  end.unref();
  body.once('close', () => clearTimeout(end));
  body.once('error', () => {});
  body.resume();
}
