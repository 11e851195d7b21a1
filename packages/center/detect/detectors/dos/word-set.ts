/** Sets of 32-bit words in open addressing, bounded; and an estimate of how many different words there were. */

const SLOTS_FIRST = 1024;
const GROWTH = 2;

/** Holds at most `wordsMax` different words; those that come later are not in it. Two fingerprints in 2³² are taken for one. */
export class WordSet {
  count = 0;
  private readonly wordsMax: number;
  private slots = new Uint32Array(SLOTS_FIRST);

  constructor(wordsMax: number) {
    this.wordsMax = wordsMax;
  }

  has(word: number): boolean {
    const { slots } = this;
    return slots[this.slotOf(word, slots)] !== 0;
  }

  /** False when the word was there, or there is no room. */
  add(word: number): boolean {
    if ((this.count + 1) * GROWTH > this.slots.length) this.grow();
    const slot = this.slotOf(word, this.slots);
    if (this.slots[slot] !== 0 || this.count === this.wordsMax) return false;
    this.slots[slot] = word === 0 ? 1 : word;
    this.count++;
    return true;
  }

  clear(): void {
    if (this.count === 0) return;
    this.count = 0;
    this.slots.fill(0);
  }

  /** Where the word is or would be; 0 stands for 1, as 0 means empty. */
  private slotOf(word: number, slots: Uint32Array): number {
    const wanted = word === 0 ? 1 : word >>> 0;
    const mask = slots.length - 1;
    let slot = Math.imul(wanted, 0x9e3779b1) >>> 7;
    for (slot &= mask; slots[slot] !== 0 && slots[slot] !== wanted; slot = (slot + 1) & mask);
    return slot;
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Uint32Array(old.length * GROWTH);
    for (const word of old) if (word !== 0) this.slots[this.slotOf(word, this.slots)] = word;
  }
}

const BITS = 4096;

/**
 * How many different words there were, by linear counting (Whang 1990) over 4,096 bits: exact to 1 % up to 400, to 3 % up to 10,000;
 * above 34,000 it stays there. 512 bytes.
 */
export class Distinct {
  private readonly bits = new Uint32Array(BITS / 32);
  private set = 0;

  add(word: number): void {
    const hash = Math.imul(word ^ (word >>> 16), 0x45d9f3b);
    const place = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 20;
    const bit = 1 << (place & 31);
    if ((this.bits[place >>> 5] & bit) !== 0) return;
    this.bits[place >>> 5] |= bit;
    this.set++;
  }

  /** The estimate, but never more than there can be. */
  upTo(most: number): number {
    return Math.min(this.count, Math.max(1, Math.floor(most)));
  }

  get count(): number {
    return Math.round(-BITS * Math.log((BITS - Math.min(this.set, BITS - 1)) / BITS));
  }
}
