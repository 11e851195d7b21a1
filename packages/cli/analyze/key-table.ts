/**
 * Numbers 1, 2, 3 … for keys of a fixed number of 32-bit words, up to a limit: open addressing in typed arrays, about 10 to 20
 * bytes a key instead of a Map's 60. What comes after the limit gets 0, and whoever counts says "at least".
 */
const SLOTS_FIRST = 1024;

export class KeyTable {
  readonly width: number;
  readonly limit: number;
  count = 0;
  /** Keys that found no room, each time they came. */
  refused = 0;
  /** The keys one after the other; key n at (n - 1) × width. */
  words: Int32Array;
  private slots = new Int32Array(SLOTS_FIRST);
  private mask = SLOTS_FIRST - 1;

  constructor(width: number, limit: number) {
    this.width = width;
    this.limit = limit;
    this.words = new Int32Array(width * SLOTS_FIRST);
  }

  get isFull(): boolean {
    return this.count >= this.limit;
  }

  /** Number of a key of one word. */
  number1(a: number): number {
    const { words, slots, mask } = this;
    let slot = finish(Math.imul(a, 0x9e3779b1)) & mask;
    for (let number = slots[slot]; number !== 0; number = slots[slot]) {
      if (words[number - 1] === a) return number;
      slot = (slot + 1) & mask;
    }
    return this.claim(slot) ? this.put(a) : 0;
  }

  /** Number of a key of two words. */
  number2(a: number, b: number): number {
    const { words, slots, mask } = this;
    let slot = finish(Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b)) & mask;
    for (let number = slots[slot]; number !== 0; number = slots[slot]) {
      const at = (number - 1) * 2;
      if (words[at] === a && words[at + 1] === b) return number;
      slot = (slot + 1) & mask;
    }
    return this.claim(slot) ? this.put(a, b) : 0;
  }

  /** Number of a key of four words. */
  number4(a: number, b: number, c: number, d: number): number {
    const { words, slots, mask } = this;
    let slot = hash4(a, b, c, d) & mask;
    for (let number = slots[slot]; number !== 0; number = slots[slot]) {
      const at = (number - 1) * 4;
      if (words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d) return number;
      slot = (slot + 1) & mask;
    }
    return this.claim(slot) ? this.put(a, b, c, d) : 0;
  }

  /** Takes a free slot for the next number; false at the limit. */
  private claim(slot: number): boolean {
    if (this.count >= this.limit) {
      this.refused++;
      return false;
    }
    this.slots[slot] = this.count + 1;
    return true;
  }

  private put(a: number, b = 0, c = 0, d = 0): number {
    const at = this.count * this.width;
    if (at + this.width > this.words.length) this.words = grown(this.words, this.limit * this.width);
    const key = [a, b, c, d];
    for (let word = 0; word < this.width; word++) this.words[at + word] = key[word];
    this.count++;
    if (this.count * 2 > this.slots.length) this.rehash();
    return this.count;
  }

  private rehash(): void {
    const slots = new Int32Array(this.slots.length * 2);
    const mask = slots.length - 1;
    for (let number = 1; number <= this.count; number++) {
      let slot = this.hashOf(number) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number;
    }
    this.slots = slots;
    this.mask = mask;
  }

  private hashOf(number: number): number {
    const { words, width } = this;
    const at = (number - 1) * width;
    if (width === 1) return finish(Math.imul(words[at], 0x9e3779b1));
    if (width === 2) return finish(Math.imul(words[at], 0x9e3779b1) ^ Math.imul(words[at + 1], 0x85ebca6b));
    return hash4(words[at], words[at + 1], words[at + 2], words[at + 3]);
  }
}

function hash4(a: number, b: number, c: number, d: number): number {
  const high = finish(Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b));
  return finish(Math.imul(high ^ c, 0xc2b2ae35) ^ Math.imul(d, 0x27d4eb2f));
}

/** The finaliser of murmur3: addresses differ in few bits, and neighbours must not meet. */
function finish(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const more = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return more ^ (more >>> 16);
}

interface Growable<T> {
  readonly length: number;
  set(from: T): void;
}

/** A copy of twice the length, but not longer than `most`. */
export function grown<T extends Growable<T>>(array: T, most: number): T {
  const Kind = array.constructor as new (length: number) => T;
  const larger = new Kind(Math.min(most, array.length * 2));
  larger.set(array);
  return larger;
}
