/**
 * Ranges of addresses with a number each, sorted and without overlap, in typed arrays; and two such tables cut into prefixes that
 * are the same throughout in both. Addresses are four words, IPv4 v4-mapped.
 */
import type { Words } from '@noroshi/wire/net/address.ts';

/** Four words each, most significant first; `length` entries count. */
type Columns = readonly [Uint32Array, Uint32Array, Uint32Array, Uint32Array];

export class Ranges {
  length = 0;
  firsts: Columns;
  lasts: Columns;
  values: Uint32Array;

  constructor(capacity = 1024) {
    this.firsts = columns(capacity);
    this.lasts = columns(capacity);
    this.values = new Uint32Array(capacity);
  }

  /**
   * Adds a range behind all others. One that goes on where the last ended, with the same value, lengthens it; one that begins
   * within the last holds from there.
   * @throws RangeError when it begins before the last begins, or ends before it begins
   */
  push(first: Words, last: Words, value: number): void {
    const before = this.length - 1;
    if (isAbove(first, last) || (before >= 0 && compare(this.firsts, before, first) > 0)) {
      throw new RangeError('Cannot add a range: it is out of order');
    }
    if (before >= 0 && this.values[before] === value && this.isNext(before, first)) {
      set(this.lasts, before, last);
      return;
    }
    if (before >= 0 && compare(this.lasts, before, first) >= 0) this.cutShort(first);
    if (this.length === this.values.length) this.grow();
    set(this.firsts, this.length, first);
    set(this.lasts, this.length, last);
    this.values[this.length++] = value;
  }

  /** Whether `address` follows the last address of range `index`. */
  private isNext(index: number, address: Words): boolean {
    let carry = 1;
    for (let word = 3; word >= 0; word--) {
      const sum = this.lasts[word][index] + carry;
      if (sum >>> 0 !== address[word] >>> 0) return false;
      carry = sum > 0xffff_ffff ? 1 : 0;
    }
    return true;
  }

  /** Ends the last range in front of `address`, which lies within it. */
  private cutShort(address: Words): void {
    const before = this.length - 1;
    if (compare(this.firsts, before, address) === 0) {
      this.length--;
      return;
    }
    let borrow = 1;
    for (let word = 3; word >= 0; word--) {
      const difference = (address[word] >>> 0) - borrow;
      this.lasts[word][before] = difference;
      borrow = difference < 0 ? 1 : 0;
    }
  }

  private grow(): void {
    const grown = new Ranges(2 * this.values.length);
    grown.values.set(this.values);
    for (let word = 0; word < 4; word++) {
      grown.firsts[word].set(this.firsts[word]);
      grown.lasts[word].set(this.lasts[word]);
    }
    this.firsts = grown.firsts;
    this.lasts = grown.lasts;
    this.values = grown.values;
  }
}

function columns(capacity: number): Columns {
  return [new Uint32Array(capacity), new Uint32Array(capacity), new Uint32Array(capacity), new Uint32Array(capacity)];
}

function set(target: Columns, index: number, words: Words): void {
  for (let word = 0; word < 4; word++) target[word][index] = words[word];
}

/** A prefix and its number in both tables; 0 where a table has none. */
export interface Cut {
  readonly words: Words;
  readonly bits: number;
  readonly a: number;
  readonly b: number;
}

/** Part of a table: the ranges that touch a prefix. */
interface Window {
  readonly from: number;
  readonly to: number;
}

/**
 * Both tables as prefixes that do not overlap, in the order of their addresses; what neither table knows is left out. A prefix is
 * halved until both tables are the same throughout.
 */
export function* cutPrefixes(a: Ranges, b: Ranges): Generator<Cut> {
  const stack: { words: Words; bits: number; inA: Window; inB: Window }[] = [
    { words: [0, 0, 0, 0], bits: 0, inA: { from: 0, to: a.length }, inB: { from: 0, to: b.length } },
  ];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const { words, bits, inA, inB } = node;
    const last = lastOf(words, bits);
    const [ofA, ofB] = [valueOf(a, inA, words, last), valueOf(b, inB, words, last)];
    if (ofA !== undefined && ofB !== undefined) {
      if (ofA > 0 || ofB > 0) yield { words, bits, a: ofA, b: ofB };
      continue;
    }
    const right = withBit(words, bits);
    const end = lastOf(words, bits + 1);
    stack.push({ words: right, bits: bits + 1, inA: startingAt(a, inA, right), inB: startingAt(b, inB, right) });
    stack.push({ words, bits: bits + 1, inA: endingAt(a, inA, end), inB: endingAt(b, inB, end) });
  }
}

/** The number that holds from `first` to `last`; undefined when there are several. */
function valueOf(table: Ranges, { from, to }: Window, first: Words, last: Words): number | undefined {
  if (from === to) return 0;
  if (to - from > 1 || compare(table.firsts, from, first) > 0 || compare(table.lasts, from, last) < 0) return undefined;
  return table.values[from];
}

/** Ranges of the window that reach `address` or beyond. */
function startingAt(table: Ranges, { from, to }: Window, address: Words): Window {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(table.lasts, middle, address) < 0) low = middle + 1;
    else high = middle;
  }
  return { from: low, to };
}

/** Ranges of the window that begin at `address` or before. */
function endingAt(table: Ranges, { from, to }: Window, address: Words): Window {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(table.firsts, middle, address) <= 0) low = middle + 1;
    else high = middle;
  }
  return { from, to: low };
}

function compare(table: Columns, index: number, address: Words): number {
  for (let word = 0; word < 4; word++) {
    const difference = table[word][index] - (address[word] >>> 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function isAbove(a: Words, b: Words): boolean {
  for (let word = 0; word < 4; word++) {
    const difference = (a[word] >>> 0) - (b[word] >>> 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

/** The last address of a prefix. */
export function lastOf([w0, w1, w2, w3]: Words, bits: number): Words {
  return [w0 | free(bits, 0), w1 | free(bits, 1), w2 | free(bits, 2), w3 | free(bits, 3)];
}

/** The bits of a word that a prefix leaves free. */
function free(bits: number, word: number): number {
  const fixed = Math.min(32, Math.max(0, bits - 32 * word));
  return fixed === 32 ? 0 : -1 >>> fixed;
}

function withBit(words: Words, bit: number): Words {
  const [w0, w1, w2, w3] = words;
  const one = 1 << (31 - (bit & 31));
  const word = bit >>> 5;
  return [
    word === 0 ? w0 | one : w0,
    word === 1 ? w1 | one : w1,
    word === 2 ? w2 | one : w2,
    word === 3 ? w3 | one : w3,
  ];
}
