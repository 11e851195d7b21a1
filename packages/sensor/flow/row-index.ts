/**
 * Finds rows of the current minute by their key: open addressing, linear probing, at most half full. One entry is 32 bits, a row
 * number and the upper bits of the hash, so that the index of a full minute takes 2 MiB and most misses end without a look at
 * the row.
 */
import * as row from '@noroshi/wire/flow/row.ts';
import type { RowStore } from '@noroshi/wire/flow/row-store.ts';
import { BATCH, HASH, STAGED_WORDS } from './staging.ts';

const SLOTS_FIRST = 1024;
const NUMBER_MASK = row.ROW_NUMBER_MAX;
const TAG_MASK = ~NUMBER_MASK;

export class RowIndex {
  /** Rows found under it. */
  count = 0;
  /** A mix of what {@link touch} loaded last. Nobody reads it, but no compiler may find the loads useless. */
  touched = 0;
  private readonly store: RowStore;
  /** Row number + 1 in the low bits, hash bits above; 0 = free. Only the first mask + 1 entries are in use. */
  private entries = new Int32Array(SLOTS_FIRST);
  private mask = SLOTS_FIRST - 1;
  /** Hashes of the rows found under it, in their order, for growing. */
  private hashes = new Int32Array(SLOTS_FIRST);
  private readonly candidates = new Int32Array(BATCH);
  /** Free entry at which the last {@link find} ended. */
  private slot = 0;

  constructor(store: RowStore) {
    this.store = store;
  }

  /** Loads the entries that the next `count` staged packets will look at, all at once, and then the rows that those name. */
  touch(staged: Int32Array, count: number): void {
    const { entries, mask, candidates } = this;
    const { words } = this.store;
    for (let number = 0, at = HASH; number < count; number++, at += STAGED_WORDS) {
      const hash = staged[at];
      const entry = entries[hash & mask];
      const isLikely = entry !== 0 && (entry & TAG_MASK) === (hash & TAG_MASK);
      candidates[number] = isLikely ? ((entry & NUMBER_MASK) - 1) * row.ROW_WORDS : 0;
    }
    let sum = 0;
    for (let number = 0; number < count; number++) sum ^= words[candidates[number]] ^ words[candidates[number] + 12];
    this.touched = sum;
  }

  /** Offset in the store's words of the row with the key of the staged packet at `from`; -1 when there is none. */
  find(staged: Int32Array, from: number): number {
    const hash = staged[from + HASH];
    const tag = hash & TAG_MASK;
    const { entries, mask } = this;
    const { words } = this.store;
    let slot = hash & mask;
    for (let entry = entries[slot]; entry !== 0; entry = entries[slot]) {
      if ((entry & TAG_MASK) === tag) {
        const at = ((entry & NUMBER_MASK) - 1) * row.ROW_WORDS;
        if (isSameKey(words, at, staged, from)) return at;
      }
      slot = (slot + 1) & mask;
    }
    this.slot = slot;
    return -1;
  }

  /** Appends the staged packet as a row, right after {@link find} has not found it; returns the row's offset in the words. */
  insert(staged: Int32Array, from: number): number {
    const hash = staged[from + HASH];
    const number = this.store.add();
    this.entries[this.slot] = (hash & TAG_MASK) | (number + 1);
    const { words } = this.store;
    const at = number * row.ROW_WORDS;
    for (let word = 0; word < row.ROW_WORDS; word++) words[at + word] = staged[from + word];
    if (this.count === this.hashes.length) this.growHashes();
    this.hashes[this.count++] = hash;
    if (this.count * 2 > this.mask + 1) this.grow();
    return at;
  }

  /** Empties it, and sizes it by what it held: the next minute is likely to be like this one. */
  clear(): void {
    if (this.count === 0) return;
    this.entries.fill(0, 0, this.mask + 1);
    while (this.mask >= SLOTS_FIRST && this.count * 8 < this.mask) this.mask >>>= 1;
    this.count = 0;
  }

  private growHashes(): void {
    const larger = new Int32Array(this.hashes.length * 2);
    larger.set(this.hashes);
    this.hashes = larger;
  }

  private grow(): void {
    const size = (this.mask + 1) * 2;
    if (this.entries.length < size) this.entries = new Int32Array(size);
    else this.entries.fill(0, 0, size);
    this.mask = size - 1;
    const { entries, mask, hashes, count } = this;
    const first = this.store.count - count;
    for (let number = 0; number < count; number++) {
      let slot = hashes[number] & mask;
      while (entries[slot] !== 0) slot = (slot + 1) & mask;
      entries[slot] = (hashes[number] & TAG_MASK) | (first + number + 1);
    }
  }
}

function isSameKey(words: Int32Array, at: number, staged: Int32Array, from: number): boolean {
  return (
    words[at] === staged[from] &&
    words[at + row.DST] === staged[from + row.DST] &&
    words[at + row.PORTS] === staged[from + row.PORTS] &&
    words[at + row.META] === staged[from + row.META] &&
    words[at + row.MARKS_WORD] === staged[from + row.MARKS_WORD] &&
    words[at + row.QUOTE] === staged[from + row.QUOTE]
  );
}
