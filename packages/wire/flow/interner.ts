/**
 * Numbers for fixed-width keys of 32-bit words (IPv6 addresses, quoted victims): 1, 2, 3 … in order of first sight; 0 is left to
 * mean "none". Open addressing over a growing table; a look-up of a known key allocates nothing.
 */
const SLOTS_FIRST = 1024;

export class Interner {
  /** Words of one key. */
  readonly width: number;
  /** Keys so far. */
  count = 0;
  /** All keys one after the other, key number n at (n - 1) × width. */
  words: Int32Array;
  /** The key to look up; the caller writes it here. */
  readonly key: Int32Array;
  private slots: Int32Array;

  constructor(width: number) {
    this.width = width;
    this.key = new Int32Array(width);
    this.words = new Int32Array(width * SLOTS_FIRST);
    this.slots = new Int32Array(SLOTS_FIRST);
  }

  /** The number of {@link key}, given out anew when it was not known. */
  intern(): number {
    const mask = this.slots.length - 1;
    for (let slot = hash(this.key, 0, this.width) & mask; ; slot = (slot + 1) & mask) {
      const number = this.slots[slot];
      if (number === 0) return this.add(slot);
      if (this.isKey(number)) return number;
    }
  }

  /** The number of a key that had `number` in `words`, a copy of {@link words} from before a {@link clear}. */
  again(words: Int32Array, number: number): number {
    const at = (number - 1) * this.width;
    this.key.set(words.subarray(at, at + this.width));
    return this.intern();
  }

  /** Forgets all keys; keeps the memory. */
  clear(): void {
    if (this.count === 0) return;
    this.slots.fill(0);
    this.count = 0;
  }

  private isKey(number: number): boolean {
    const at = (number - 1) * this.width;
    for (let index = 0; index < this.width; index++) if (this.words[at + index] !== this.key[index]) return false;
    return true;
  }

  private add(slot: number): number {
    const at = this.count * this.width;
    if (at === this.words.length) {
      const larger = new Int32Array(this.words.length * 2);
      larger.set(this.words);
      this.words = larger;
    }
    this.words.set(this.key, at);
    this.slots[slot] = ++this.count;
    if (this.count * 2 > this.slots.length) this.rehash();
    return this.count;
  }

  private rehash(): void {
    const slots = new Int32Array(this.slots.length * 2);
    const mask = slots.length - 1;
    for (let number = 1; number <= this.count; number++) {
      let slot = hash(this.words, (number - 1) * this.width, this.width) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number;
    }
    this.slots = slots;
  }
}

/** A mix good enough for addresses: each word multiplied in, the high half folded down (constants of murmur3's finaliser). */
function hash(words: Int32Array, at: number, width: number): number {
  let mixed = width;
  for (let index = 0; index < width; index++) {
    mixed = Math.imul(mixed ^ words[at + index], 0x85ebca6b);
    mixed ^= mixed >>> 15;
  }
  return mixed;
}
