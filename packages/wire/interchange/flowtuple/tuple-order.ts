/**
 * Corsaro's order of flowtuples: class, protocol, TTL, flags, source, destination, source port, destination port, IP length, as
 * unsigned numbers of what TuplePacket holds.
 *
 * Rows are first copied so that those of one kind (class, protocol, TTL, flags) lie together: what follows then stays within a few
 * kilobytes, where sorting row numbers alone would look into all of the table three times. Inside a kind, numbers made of 29 bits
 * of the fields and the row's place are sorted natively, and runs that are still equal again by the next bits.
 */
import { DST, IP_BYTES, KIND, PORTS, SRC, TUPLE_WORDS, type TupleTable } from './tuple-table.ts';

/** A row's place takes 24 of the 53 bits of a number. */
const PLACES = 2 ** 24;
/** 112 bits of fields behind the kind, 29 at a time. */
const SLICES = 4;
/** Runs up to this length are sorted by insertion. */
const SHORT = 12;
const KIND_SLOTS_FIRST = 1 << 12;

export class TupleOrder {
  /** How many rows there are. */
  count = 0;
  /** Copies of the rows, those of a kind together. */
  words = new Int32Array(0);
  /** Numbers of the copied rows, in order. */
  rows = new Int32Array(0);
  private other = new Int32Array(0);
  private numbers = new Float64Array(0);
  private readonly kinds = new Kinds();

  /** Good until the next call. */
  sort({ words: from, count }: TupleTable): this {
    this.count = count;
    if (this.rows.length < count) this.grow(count);
    const { kinds, words, rows } = this;
    kinds.count(from, count);
    for (let number = 0; number < count; number++) {
      const at = number * TUPLE_WORDS;
      const to = kinds.placeOf(from[at + KIND]) * TUPLE_WORDS;
      for (let word = 0; word < TUPLE_WORDS; word++) words[to + word] = from[at + word];
    }
    for (let row = 0; row < count; row++) rows[row] = row;
    let start = 0;
    for (const end of kinds.ends) {
      this.sortRun(start, end, 0);
      start = end;
    }
    return this;
  }

  private grow(count: number): void {
    const length = Math.max(count, Math.floor(this.rows.length * 1.5));
    this.words = new Int32Array(length * TUPLE_WORDS);
    this.rows = new Int32Array(length);
    this.other = new Int32Array(length);
    this.numbers = new Float64Array(length);
  }

  /** Sorts `rows[from, to)`, which are equal in all slices before this one. */
  private sortRun(from: number, to: number, slice: number): void {
    if (to - from <= SHORT) return this.insert(from, to);
    const { rows, other, numbers, words } = this;
    for (let place = from; place < to; place++) {
      other[place] = rows[place];
      numbers[place] = sliceOf(words, rows[place] * TUPLE_WORDS, slice) * PLACES + (place - from);
    }
    numbers.subarray(from, to).sort();
    for (let place = from; place < to; place++) rows[place] = other[from + (numbers[place] % PLACES)];
    if (slice + 1 === SLICES) return;
    for (let start = from, end = from; start < to; start = end) {
      const limit = Math.floor(numbers[start] / PLACES) * PLACES + PLACES;
      end = start + 1;
      while (end < to && numbers[end] < limit) end++;
      if (end - start > 1) this.sortRun(start, end, slice + 1);
    }
  }

  private insert(from: number, to: number): void {
    const { rows, words } = this;
    for (let place = from + 1; place < to; place++) {
      const row = rows[place];
      let hole = place;
      for (; hole > from && isBehind(words, rows[hole - 1] * TUPLE_WORDS, row * TUPLE_WORDS); hole--) {
        rows[hole] = rows[hole - 1];
      }
      rows[hole] = row;
    }
  }
}

/** The kinds among some rows, in order, and where rows of each go. */
class Kinds {
  /** For each kind, in order, the place behind its last row. */
  ends: number[] = [];
  /** Kind + 1 (kinds have 26 bits), 0 when free; how many rows it has, later where the next one goes. */
  private slots = new Int32Array(KIND_SLOTS_FIRST);
  private places = new Int32Array(KIND_SLOTS_FIRST);
  private used: number[] = [];

  count(words: Int32Array, rows: number): void {
    this.slots.fill(0);
    this.used = [];
    for (let row = 0; row < rows; row++) {
      // First the slot: finding it may grow the tables.
      const slot = this.slotOf(words[row * TUPLE_WORDS + KIND]);
      this.places[slot]++;
    }
    let place = 0;
    this.ends = [];
    for (const kind of Int32Array.from(this.used).sort()) {
      const slot = this.slotOf(kind);
      const count = this.places[slot];
      this.places[slot] = place;
      place += count;
      this.ends.push(place);
    }
  }

  /** Place of the next row of the kind. */
  placeOf(kind: number): number {
    const slot = this.slotOf(kind);
    return this.places[slot]++;
  }

  private slotOf(kind: number): number {
    const { slots } = this;
    const mask = slots.length - 1;
    let slot = slotFor(kind, mask);
    for (let entry = slots[slot]; entry !== 0; entry = slots[slot]) {
      if (entry === kind + 1) return slot;
      slot = (slot + 1) & mask;
    }
    if (this.used.length * 2 > mask) {
      this.grow();
      return this.slotOf(kind);
    }
    slots[slot] = kind + 1;
    this.places[slot] = 0;
    this.used.push(kind);
    return slot;
  }

  private grow(): void {
    const { slots: oldSlots, places: oldPlaces } = this;
    this.slots = new Int32Array(oldSlots.length * 2);
    this.places = new Int32Array(oldSlots.length * 2);
    const mask = this.slots.length - 1;
    for (let old = 0; old < oldSlots.length; old++) {
      if (oldSlots[old] === 0) continue;
      let slot = slotFor(oldSlots[old] - 1, mask);
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = oldSlots[old];
      this.places[slot] = oldPlaces[old];
    }
  }
}

function slotFor(kind: number, mask: number): number {
  const hash = Math.imul(kind, 0x9e3779b1);
  return (hash ^ (hash >>> 15)) & mask;
}

/** 29 bits of source, destination, ports and length, from the highest on. */
function sliceOf(words: Int32Array, at: number, slice: number): number {
  switch (slice) {
    case 0:
      return words[at + SRC] >>> 3;
    case 1:
      return ((words[at + SRC] & 7) << 26) | (words[at + DST] >>> 6);
    case 2:
      return ((words[at + DST] & 63) << 23) | (words[at + PORTS] >>> 9);
    default:
      return ((words[at + PORTS] & 511) << 16) | words[at + IP_BYTES];
  }
}

/** Whether a row comes behind another of its kind. */
function isBehind(words: Int32Array, at: number, other: number): boolean {
  for (let word = SRC; word <= PORTS; word++) {
    const own = words[at + word] >>> 0;
    const others = words[other + word] >>> 0;
    if (own !== others) return own > others;
  }
  return words[at + IP_BYTES] > words[other + IP_BYTES];
}
