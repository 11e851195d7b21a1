/**
 * Tables for keys of which most have few entries: those few stand beside each other, in memory in the order of the keys, and only keys
 * with more use a hash table. Rows come source by source, so a look-up mostly touches what the one before has brought into the cache
 * (1.2 million rows: a third of the time of hash tables alone).
 */
import { grown, NONE, PairSet, PairTable } from './tables.ts';

/** Things of a key that stand beside each other: a line of the cache holds those of two keys. */
const FEW_THINGS = 8;
/** Second words of a key that stand beside each other. */
const FEW_SECONDS = 4;

/** Distinct 32-bit things of each key. Exact while there is room. */
export class DistinctThings {
  /** By key. */
  counts: Uint32Array;
  private few: Uint32Array;
  private readonly others: PairSet;

  /** `limit`: things beyond the few, of all keys together. `keys`: so many will come soon. */
  constructor(limit: number, keys = 0) {
    this.counts = new Uint32Array(Math.ceil(keys));
    this.few = new Uint32Array(FEW_THINGS * this.counts.length);
    this.others = new PairSet(limit, keys);
  }

  /** 1 when the thing is new to the key, 0 when it is known, {@link NONE} when it is new and there is no room. */
  add(key: number, thing: number): number {
    if (key >= this.counts.length) this.grow(key + 1);
    const count = this.counts[key];
    const at = key * FEW_THINGS;
    const end = at + (count < FEW_THINGS ? count : FEW_THINGS);
    const { few } = this;
    for (let place = at; place < end; place++) if (few[place] === thing) return 0;
    if (count < FEW_THINGS) few[end] = thing;
    else {
      const isNew = this.others.add(key, thing);
      if (isNew <= 0) return isNew;
    }
    this.counts[key] = count + 1;
    return 1;
  }

  forEach(tell: (key: number, thing: number) => void): void {
    for (let key = 0; key < this.counts.length; key++) {
      const count = Math.min(FEW_THINGS, this.counts[key]);
      for (let place = 0; place < count; place++) tell(key, this.few[key * FEW_THINGS + place]);
    }
    this.others.forEach(tell);
  }

  private grow(atLeast: number): void {
    const length = Math.max(atLeast, 1024, this.counts.length * 2);
    this.counts = grown(this.counts, length);
    this.few = grown(this.few, length * FEW_THINGS);
  }
}

/** Numbers of pairs, from 0 on in order of arrival; first words are small numbers. */
export class KeyTable {
  count = 0;
  private seconds: Uint32Array;
  private numbers: Uint32Array;
  private counts: Uint8Array;
  private readonly others: PairTable;
  private readonly limit: number;

  constructor(limit: number, firsts = 0) {
    this.limit = limit;
    this.counts = new Uint8Array(Math.ceil(firsts));
    this.seconds = new Uint32Array(FEW_SECONDS * this.counts.length);
    this.numbers = new Uint32Array(FEW_SECONDS * this.counts.length);
    this.others = new PairTable(limit);
  }

  /** Number of the pair, new or known; {@link NONE} when it is new and there is no room. */
  add(first: number, second: number): number {
    if (first >= this.counts.length) this.grow(first + 1);
    const count = this.counts[first];
    const at = first * FEW_SECONDS;
    const { seconds } = this;
    for (let place = at; place < at + count; place++) if (seconds[place] === second) return this.numbers[place];
    if (count === FEW_SECONDS) return this.addOther(first, second);
    if (this.count >= this.limit) return NONE;
    seconds[at + count] = second;
    this.numbers[at + count] = this.count;
    this.counts[first] = count + 1;
    return this.count++;
  }

  private addOther(first: number, second: number): number {
    if (this.count >= this.limit) return this.others.find(first, second);
    const number = this.others.put(first, second, this.count);
    if (number === this.count) this.count++;
    return number;
  }

  private grow(atLeast: number): void {
    const length = Math.max(atLeast, 1024, this.counts.length * 2);
    this.counts = grown(this.counts, length);
    this.seconds = grown(this.seconds, length * FEW_SECONDS);
    this.numbers = grown(this.numbers, length * FEW_SECONDS);
  }
}
