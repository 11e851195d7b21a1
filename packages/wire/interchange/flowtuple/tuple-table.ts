/**
 * Flowtuples of one interval: eight fields and how many packets had them. Rows are packed, found by open addressing with linear
 * probing, at most three quarters full; an entry is a row number and eight bits of its hash, so that most misses end without a look
 * at the row. All memory is kept from interval to interval.
 */
import type { TuplePacket } from './tuple-packet.ts';

/** Flowtuples of an interval (1.3 GB with what sorting needs); whoever adds asks {@link TupleTable.isFull}. */
export const TUPLES_MAX = (1 << 24) - 1;
const SLOTS_FIRST = 1 << 13;
const NUMBER_MASK = 0x00ffffff;
const TAG_MASK = ~NUMBER_MASK;

/** Words of a row. */
export const SRC = 0;
export const DST = 1;
export const PORTS = 2;
export const KIND = 3;
export const IP_BYTES = 4;
export const PACKETS = 5;
/** Whatever else is kept of a row; set by the caller when the row is new. */
export const EXTRAS = 6;
const HASH = 7;
export const TUPLE_WORDS = 8;

export class TupleTable {
  count = 0;
  /** The rows, {@link TUPLE_WORDS} words each; fields as in {@link TuplePacket}. */
  words = new Int32Array(rowsOf(SLOTS_FIRST) * TUPLE_WORDS);
  private readonly tuplesMax: number;
  private index = new Int32Array(SLOTS_FIRST);
  private mask = SLOTS_FIRST - 1;
  /** Offset of the row that was counted last: packets come in bursts. */
  private last = -1;

  constructor(tuplesMax = TUPLES_MAX) {
    this.tuplesMax = Math.min(tuplesMax, TUPLES_MAX);
  }

  /** True when a packet with a new flowtuple might not fit. */
  get isFull(): boolean {
    return this.count === this.tuplesMax;
  }

  /** Counts a packet; true when it has a new flowtuple. Call only when not {@link isFull}. */
  add(packet: TuplePacket): boolean {
    const { words, last } = this;
    if (last >= 0 && words[last] === packet.src && isSame(words, last, packet)) {
      words[last + PACKETS]++;
      return false;
    }
    return this.find(packet);
  }

  /** The row that was counted last, as offset in {@link words}. */
  get lastRow(): number {
    return this.last;
  }

  /** Forgets the rows. */
  clear(): void {
    this.index.fill(0);
    this.count = 0;
    this.last = -1;
  }

  private find(packet: TuplePacket): boolean {
    const { index, words, mask } = this;
    const hash = hashOf(packet);
    let slot = hash & mask;
    for (let entry = index[slot]; entry !== 0; entry = index[slot]) {
      if (((entry ^ hash) & TAG_MASK) === 0) {
        const at = ((entry & NUMBER_MASK) - 1) * TUPLE_WORDS;
        if (words[at] === packet.src && isSame(words, at, packet)) {
          words[at + PACKETS]++;
          this.last = at;
          return false;
        }
      }
      slot = (slot + 1) & mask;
    }
    const number = this.count++;
    index[slot] = (hash & TAG_MASK) | (number + 1);
    const at = number * TUPLE_WORDS;
    words[at] = packet.src;
    words[at + DST] = packet.dst;
    words[at + PORTS] = packet.ports;
    words[at + KIND] = packet.kind;
    words[at + IP_BYTES] = packet.ipBytes;
    words[at + PACKETS] = 1;
    words[at + EXTRAS] = 0;
    words[at + HASH] = hash;
    this.last = at;
    if (this.count === rowsOf(index.length)) this.grow();
    return true;
  }

  private grow(): void {
    const slots = this.index.length * 2;
    const words = new Int32Array(rowsOf(slots) * TUPLE_WORDS);
    words.set(this.words);
    this.words = words;
    const index = new Int32Array(slots);
    const mask = slots - 1;
    for (let number = 0; number < this.count; number++) {
      const hash = words[number * TUPLE_WORDS + HASH];
      let slot = hash & mask;
      while (index[slot] !== 0) slot = (slot + 1) & mask;
      index[slot] = (hash & TAG_MASK) | (number + 1);
    }
    this.index = index;
    this.mask = mask;
  }
}

/** Rows that an index of so many slots may lead to. */
function rowsOf(slots: number): number {
  return (slots / 4) * 3;
}

function isSame(words: Int32Array, at: number, packet: TuplePacket): boolean {
  return (
    words[at + DST] === packet.dst &&
    words[at + PORTS] === packet.ports &&
    words[at + KIND] === packet.kind &&
    words[at + IP_BYTES] === packet.ipBytes
  );
}

function hashOf({ src, dst, ports, kind, ipBytes }: TuplePacket): number {
  let hash = Math.imul(src, 0x9e3779b1) ^ Math.imul(dst, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15) ^ ports, 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 13) ^ kind ^ (ipBytes << 8), 0x297a2d39);
  return hash ^ (hash >>> 16);
}
