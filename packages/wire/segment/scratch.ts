/**
 * Memory that an encoder uses again for every row group. Fresh arrays of a group's size come from the operating system page by
 * page and drive the garbage collector, which has nothing else to collect: 12 % of the time of a whole run where every packet
 * is a row of its own.
 */
const ALIGNMENT = 8;
/** An eighth more than was wanted: the next group is of about the same size. */
const RESERVE_SHIFT = 3;

export class Scratch {
  #memory = new Uint8Array(0);
  #used = 0;

  /** `bytes` bytes that begin at a multiple of eight and hold whatever was there before; good until {@link reset}. */
  take(bytes: number): Uint8Array {
    const from = this.#used;
    this.#used += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    // What does not fit is made for once; the next reset makes room for all of it.
    return this.#used > this.#memory.length ? new Uint8Array(bytes) : this.#memory.subarray(from, from + bytes);
  }

  /** Takes back everything that was given. */
  reset(): void {
    if (this.#used > this.#memory.length) this.#memory = new Uint8Array(this.#used + (this.#used >> RESERVE_SHIFT));
    this.#used = 0;
  }
}
