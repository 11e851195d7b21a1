/**
 * Finds rows of the current minute by their key: open addressing, linear probing, at most half full. One entry is 32 bits, a row
 * number and the upper bits of the hash, so that the index of a full minute takes 2 MiB and most misses end without a look at
 * the row.
 */
import * as row from '@noroshi/wire/flow/row.ts';
import type { RowStore } from '@noroshi/wire/flow/row-store.ts';
import { BATCH, BESIDE_WORDS, HASH, rowHash } from './staging.ts';

const SLOTS_FIRST = 1024;
// A module's own constants are part of its machine code; imported and exported ones are loaded and checked at each use.
const NUMBER_MASK = row.ROW_NUMBER_MAX;
const TAG_MASK = ~NUMBER_MASK;
const { ROW_WORDS, SRC, DST, PORTS, META, MARKS_WORD, QUOTE, CLIENT_PORTS } = row;
const BESIDE = BESIDE_WORDS;
const BESIDE_HASH = HASH;

export class RowIndex {
  /** Rows found under it: the last ones of the store. */
  count = 0;
  /** A mix of what {@link touch} loaded last. Nobody reads it, but no compiler may find the loads useless. */
  touched = 0;
  private readonly store: RowStore;
  /** Row number + 1 in the low bits, hash bits above; 0 = free. Only the first mask + 1 entries are in use. */
  private entries = new Int32Array(SLOTS_FIRST);
  private mask = SLOTS_FIRST - 1;
  private readonly candidates = new Int32Array(BATCH);

  constructor(store: RowStore) {
    this.store = store;
  }

  /** Loads the entries that the next `count` staged packets will look at, all at once, and then the rows that those name. */
  touch(beside: Int32Array, count: number): void {
    const { entries, mask, candidates } = this;
    const { words } = this.store;
    let likely = 0;
    for (let number = 0; number < count; number++) {
      const hash = beside[number * BESIDE + BESIDE_HASH];
      const entry = entries[hash & mask];
      if (entry !== 0 && ((entry ^ hash) & TAG_MASK) === 0) {
        candidates[likely++] = ((entry & NUMBER_MASK) - 1) * ROW_WORDS;
      }
    }
    let sum = 0;
    for (let number = 0; number < likely; number++) {
      sum ^= words[candidates[number]] ^ words[candidates[number] + CLIENT_PORTS];
    }
    this.touched = sum;
  }

  /**
   * Offset in the store's words of the row with the key of the row at `from`, whose hash is given; where there is none, the
   * complement of the free entry that {@link put} takes.
   */
  find(words: Int32Array, from: number, hash: number): number {
    const { entries, mask } = this;
    let slot = hash & mask;
    for (let entry = entries[slot]; entry !== 0; entry = entries[slot]) {
      if (((entry ^ hash) & TAG_MASK) === 0) {
        const at = ((entry & NUMBER_MASK) - 1) * ROW_WORDS;
        if (isSameKey(words, at, from)) return at;
      }
      slot = (slot + 1) & mask;
    }
    return ~slot;
  }

  /** Lets row `number`, the next one, be found by its hash, right after {@link find} has not found its key. */
  put(slot: number, hash: number, number: number): void {
    this.entries[slot] = (hash & TAG_MASK) | (number + 1);
    const count = this.count + 1;
    this.count = count;
    if (count * 2 > this.mask + 1) this.grow(number + 1);
  }

  /** Empties it, and sizes it by what it held: the next minute is likely to be like this one. */
  clear(): void {
    if (this.count === 0) return;
    this.entries.fill(0, 0, this.mask + 1);
    while (this.mask >= SLOTS_FIRST && this.count * 8 < this.mask) this.mask >>>= 1;
    this.count = 0;
  }

  /** @param end number behind the last row */
  private grow(end: number): void {
    const size = (this.mask + 1) * 2;
    if (this.entries.length < size) this.entries = new Int32Array(size);
    else this.entries.fill(0, 0, size);
    this.mask = size - 1;
    const { entries, mask } = this;
    const { words } = this.store;
    for (let number = end - this.count; number < end; number++) {
      const hash = rowHash(words, number * ROW_WORDS);
      let slot = hash & mask;
      while (entries[slot] !== 0) slot = (slot + 1) & mask;
      entries[slot] = (hash & TAG_MASK) | (number + 1);
    }
  }
}

function isSameKey(words: Int32Array, at: number, from: number): boolean {
  return (
    words[at + SRC] === words[from + SRC] &&
    words[at + DST] === words[from + DST] &&
    words[at + PORTS] === words[from + PORTS] &&
    words[at + META] === words[from + META] &&
    words[at + MARKS_WORD] === words[from + MARKS_WORD] &&
    words[at + QUOTE] === words[from + QUOTE]
  );
}
