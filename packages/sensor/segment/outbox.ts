/**
 * One encoded row group on its way from a worker to the thread that writes it: memory that both see and that is used again for
 * every group, so that it stays warm and nobody has to give back megabytes. A worker waits while the group before is unwritten.
 */

/** Address space, not memory: a group has less, with as many rows as a table may have (2²⁰) and as many samples. */
const GROUP_BYTES_MAX = 1024 ** 3;
const FREE = 0;
const TAKEN = 1;
/** Shared memory is copied word by word, where source and target lie alike in their words; else byte by byte. */
const WORD_BYTES = 8;

/** What both threads hold. */
export interface OutboxMemory {
  readonly state: SharedArrayBuffer;
  readonly bytes: SharedArrayBuffer;
}

export function newOutboxMemory(): OutboxMemory {
  return {
    state: new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT),
    bytes: new SharedArrayBuffer(0, { maxByteLength: GROUP_BYTES_MAX }),
  };
}

/** Where a chunk lies in the outbox; plain data. */
export type Place = readonly [offset: number, length: number];

export class Outbox {
  private readonly state: Int32Array;
  private readonly bytes: SharedArrayBuffer;

  constructor({ state, bytes }: OutboxMemory) {
    this.state = new Int32Array(state);
    this.bytes = bytes;
  }

  /** Worker: copies a group's chunks in, `byteLength` bytes together. Blocks until the group before is written. */
  put(chunks: readonly Uint8Array[], byteLength: number): Place[] {
    while (Atomics.load(this.state, 0) === TAKEN) Atomics.wait(this.state, 0, TAKEN);
    Atomics.store(this.state, 0, TAKEN);
    const needed = byteLength + chunks.length * WORD_BYTES;
    if (needed > this.bytes.byteLength) this.bytes.grow(needed);
    const into = new Uint8Array(this.bytes);
    let end = 0;
    return chunks.map((chunk) => {
      const offset = end + ((chunk.byteOffset - end) & (WORD_BYTES - 1));
      into.set(chunk, offset);
      end = offset + chunk.length;
      return [offset, chunk.length];
    });
  }

  /** The group's chunks; good until {@link free}. */
  chunks(places: readonly Place[]): Uint8Array[] {
    return places.map(([offset, length]) => new Uint8Array(this.bytes, offset, length));
  }

  /** The other thread: the group is written. */
  free(): void {
    Atomics.store(this.state, 0, FREE);
    Atomics.notify(this.state, 0);
  }
}
