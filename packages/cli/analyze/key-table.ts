/**
 * Records found by a key of one, two or four 32-bit words, up to a limit: open addressing in typed arrays. Key and record lie
 * side by side, because at millions of keys every array touched is a cache miss; a Map would take four times the memory.
 * Records have numbers 1, 2, 3 …; what comes after the limit gets 0, and whoever counts says "at least".
 *
 * The arrays have their full length from the start: the operating system hands out their pages when they are first touched, so
 * that a small capture takes little and a large one is never copied into larger arrays (which once cost 150 MB of garbage).
 */
const SLOTS_FIRST = 1024;

export class KeyTable {
  /** Words of a key, and of a key with its record. */
  readonly width: number;
  readonly stride: number;
  readonly limit: number;
  count = 0;
  /** Times that a new key found no room. */
  refused = 0;
  /** Key and record of number n begin at (n - 1) × stride; a new record is all zeros. */
  readonly words: Int32Array;
  /** Only the first mask + 1 are in use. */
  private readonly slots: Int32Array;
  private mask = SLOTS_FIRST - 1;

  /** @param extra words of a record behind its key */
  constructor(width: 1 | 2 | 4, extra: number, limit: number) {
    this.width = width;
    this.stride = width + extra;
    this.limit = limit;
    this.words = new Int32Array(this.stride * limit);
    this.slots = new Int32Array(Math.max(SLOTS_FIRST, 2 ** Math.ceil(Math.log2(limit * 2 + 1))));
  }

  /** Number of the record of a one-word key. */
  number1(a: number): number {
    const { words, slots, mask, stride } = this;
    let slot = hash1(a) & mask;
    for (let number = slots[slot]; number !== 0; number = slots[slot]) {
      if (words[(number - 1) * stride] === a) return number;
      slot = (slot + 1) & mask;
    }
    return this.claim(slot) ? this.put(a) : 0;
  }

  /** Number of the record of a two-word key. */
  number2(a: number, b: number): number {
    const { words, slots, mask, stride } = this;
    let slot = hash2(a, b) & mask;
    for (let number = slots[slot]; number !== 0; number = slots[slot]) {
      const at = (number - 1) * stride;
      if (words[at] === a && words[at + 1] === b) return number;
      slot = (slot + 1) & mask;
    }
    return this.claim(slot) ? this.put(a, b) : 0;
  }

  /** Number of the record of a four-word key. */
  number4(a: number, b: number, c: number, d: number): number {
    const { words, slots, mask, stride } = this;
    let slot = hash4(a, b, c, d) & mask;
    for (let number = slots[slot]; number !== 0; number = slots[slot]) {
      const at = (number - 1) * stride;
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
    const at = this.count * this.stride;
    const { words, width } = this;
    words[at] = a;
    if (width > 1) words[at + 1] = b;
    if (width > 2) {
      words[at + 2] = c;
      words[at + 3] = d;
    }
    this.count++;
    if (this.count * 2 > this.mask) this.rehash();
    return this.count;
  }

  private rehash(): void {
    const { slots } = this;
    const mask = this.mask * 2 + 1;
    slots.fill(0, 0, mask + 1);
    for (let number = 1; number <= this.count; number++) {
      let slot = this.hashOf(number) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number;
    }
    this.mask = mask;
  }

  private hashOf(number: number): number {
    const { words, width } = this;
    const at = (number - 1) * this.stride;
    if (width === 1) return hash1(words[at]);
    return width === 2
      ? hash2(words[at], words[at + 1])
      : hash4(words[at], words[at + 1], words[at + 2], words[at + 3]);
  }
}

function hash1(a: number): number {
  return finish(Math.imul(a, 0x9e3779b1));
}

function hash2(a: number, b: number): number {
  return finish(Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b));
}

function hash4(a: number, b: number, c: number, d: number): number {
  return finish(Math.imul(hash2(a, b) ^ c, 0xc2b2ae35) ^ Math.imul(d, 0x27d4eb2f));
}

/** The finaliser of murmur3: addresses differ in few bits, and neighbours must not meet. */
function finish(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const more = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return more ^ (more >>> 16);
}
