/**
 * Open addressing on typed arrays: the only memory that detectors of sources keep of the past. No object per source, pair or row.
 * Tables double until their limit; what comes then gets no place, and whoever asked counts it.
 */

/** Slots are at most this full: linear probing needs about five looks for a key that is absent then (Knuth 6.4), next to each other. */
const FILL = 2 / 3;
const SLOTS_MIN = 64;
/** No place in the table. */
export const NONE = -1;

/** Avalanche of 32 bits (the finalizer of MurmurHash3, public domain): table indices take the low bits. */
function mixed(word: number): number {
  let hash = word ^ (word >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** Addresses of four words, each with a number from 0 on in order of arrival. */
export class AddressTable {
  /** Number of addresses. */
  count = 0;
  /** 4 words each, by number; longer than `count`. */
  words: Uint32Array;
  private slots: Uint32Array;
  private readonly limit: number;

  constructor(limit: number, expected = 0) {
    this.limit = limit;
    this.slots = new Uint32Array(slotsFor(Math.min(limit, expected)));
    this.words = new Uint32Array(4 * Math.max(16, Math.min(limit, expected)));
  }

  /** Number of the address at `words[at]`, new or known; {@link NONE} when it is new and there is no room. */
  add(words: Uint32Array, at: number): number {
    const w0 = words[at];
    const w1 = words[at + 1];
    const w2 = words[at + 2];
    const w3 = words[at + 3];
    if (this.count + 1 > this.slots.length * FILL) this.grow();
    const { slots, words: own } = this;
    const mask = slots.length - 1;
    for (let slot = hashOf(w0, w1, w2, w3) & mask; ; slot = (slot + 1) & mask) {
      const number = slots[slot] - 1;
      if (number < 0) return this.insert(slot, w0, w1, w2, w3);
      const place = number * 4;
      if (own[place + 3] === w3 && own[place + 2] === w2 && own[place + 1] === w1 && own[place] === w0) return number;
    }
  }

  /** Number of the address at `words[at]`; {@link NONE} when it is not there. */
  find(words: Uint32Array, at: number): number {
    const w0 = words[at];
    const w1 = words[at + 1];
    const w2 = words[at + 2];
    const w3 = words[at + 3];
    const { slots, words: own } = this;
    const mask = slots.length - 1;
    for (let slot = hashOf(w0, w1, w2, w3) & mask; ; slot = (slot + 1) & mask) {
      const number = slots[slot] - 1;
      if (number < 0) return NONE;
      const place = number * 4;
      if (own[place + 3] === w3 && own[place + 2] === w2 && own[place + 1] === w1 && own[place] === w0) return number;
    }
  }

  private insert(slot: number, w0: number, w1: number, w2: number, w3: number): number {
    if (this.count >= this.limit) return NONE;
    const number = this.count++;
    if (this.count * 4 > this.words.length) this.words = grown(this.words, this.words.length * 2);
    const place = number * 4;
    this.words[place] = w0;
    this.words[place + 1] = w1;
    this.words[place + 2] = w2;
    this.words[place + 3] = w3;
    this.slots[slot] = this.count;
    return number;
  }

  private grow(): void {
    const slots = new Uint32Array(this.slots.length * 2);
    const mask = slots.length - 1;
    const { words } = this;
    for (let number = 0; number < this.count; number++) {
      const at = number * 4;
      let slot = hashOf(words[at], words[at + 1], words[at + 2], words[at + 3]) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
    this.slots = slots;
  }
}

function hashOf(w0: number, w1: number, w2: number, w3: number): number {
  // IPv4 differs in the last word alone; one round is enough for it.
  if (w0 === 0 && w1 === 0) return mixed(w3 ^ w2);
  return mixed(w3 ^ mixed(w2 ^ mixed(w1 ^ mixed(w0))));
}

/** Pairs of 32-bit words, each with a number from 0 on in order of arrival. */
export class PairTable {
  count = 0;
  /** Slot: first word, second word, number + 1. */
  private slots: Uint32Array;
  private mask: number;
  private readonly limit: number;

  constructor(limit: number, expected = 0) {
    this.limit = limit;
    this.slots = new Uint32Array(3 * slotsFor(Math.min(limit, expected)));
    this.mask = this.slots.length / 3 - 1;
  }

  /** Number of the pair; it is new when `count` grew. {@link NONE} when it is new and there is no room. */
  add(first: number, second: number): number {
    return this.put(first, second, this.count);
  }

  /** The same; a new pair gets a number of the caller's. */
  put(first: number, second: number, number: number): number {
    if (this.count + 1 > (this.mask + 1) * FILL) this.grow();
    const { slots, mask } = this;
    for (let slot = hashPair(first, second) & mask; ; slot = (slot + 1) & mask) {
      const at = slot * 3;
      const known = slots[at + 2];
      if (known === 0) {
        if (this.count >= this.limit) return NONE;
        slots[at] = first;
        slots[at + 1] = second;
        slots[at + 2] = number + 1;
        this.count++;
        return number;
      }
      if (slots[at] === first && slots[at + 1] === second) return known - 1;
    }
  }

  /** Number of a pair, {@link NONE} when it is not there. */
  find(first: number, second: number): number {
    const { slots, mask } = this;
    for (let slot = hashPair(first, second) & mask; ; slot = (slot + 1) & mask) {
      const at = slot * 3;
      if (slots[at + 2] === 0) return NONE;
      if (slots[at] === first && slots[at + 1] === second) return slots[at + 2] - 1;
    }
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Uint32Array(old.length * 2);
    this.mask = this.slots.length / 3 - 1;
    const { slots, mask } = this;
    for (let from = 0; from < old.length; from += 3) {
      if (old[from + 2] === 0) continue;
      let slot = hashPair(old[from], old[from + 1]) & mask;
      while (slots[slot * 3 + 2] !== 0) slot = (slot + 1) & mask;
      slots[slot * 3] = old[from];
      slots[slot * 3 + 1] = old[from + 1];
      slots[slot * 3 + 2] = old[from + 2];
    }
  }
}

/** A set of pairs of 32-bit words; the first one below 2³² − 1. */
export class PairSet {
  count = 0;
  private slots: Uint32Array;
  private mask: number;
  private readonly limit: number;

  constructor(limit: number, expected = 0) {
    this.limit = limit;
    this.slots = new Uint32Array(2 * slotsFor(Math.min(limit, expected)));
    this.mask = this.slots.length / 2 - 1;
  }

  /** 1 when the pair is new, 0 when it is known, {@link NONE} when it is new and there is no room. */
  add(first: number, second: number): number {
    if (this.count + 1 > (this.mask + 1) * FILL) this.grow();
    const { slots, mask } = this;
    for (let slot = hashPair(first, second) & mask; ; slot = (slot + 1) & mask) {
      const at = slot * 2;
      // The first word is kept plus one, so that an empty slot is 0.
      if (slots[at] === 0) {
        if (this.count >= this.limit) return NONE;
        slots[at] = first + 1;
        slots[at + 1] = second;
        this.count++;
        return 1;
      }
      if (slots[at] === first + 1 && slots[at + 1] === second >>> 0) return 0;
    }
  }

  forEach(tell: (first: number, second: number) => void): void {
    const { slots } = this;
    for (let at = 0; at < slots.length; at += 2) if (slots[at] !== 0) tell(slots[at] - 1, slots[at + 1]);
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Uint32Array(old.length * 2);
    this.mask = this.slots.length / 2 - 1;
    const { slots, mask } = this;
    for (let from = 0; from < old.length; from += 2) {
      if (old[from] === 0) continue;
      let slot = hashPair(old[from] - 1, old[from + 1]) & mask;
      while (slots[slot * 2] !== 0) slot = (slot + 1) & mask;
      slots[slot * 2] = old[from];
      slots[slot * 2 + 1] = old[from + 1];
    }
  }
}

function hashPair(first: number, second: number): number {
  return mixed(Math.imul(first, 0x9e3779b1) ^ mixed(second));
}

function slotsFor(count: number): number {
  let slots = SLOTS_MIN;
  while (slots * FILL < count + 1) slots *= 2;
  return slots;
}

type Columns = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** A longer array of the same kind that begins with `from`. */
export function grown<T extends Columns>(from: T, length: number): T {
  const to = new (from.constructor as new (length: number) => T)(length);
  to.set(from);
  return to;
}
