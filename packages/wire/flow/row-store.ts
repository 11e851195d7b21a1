/**
 * Rows in memory, packed (row.ts), appended one after the other until they are turned into Parquet columns (to-columns.ts) or
 * read one by one. All memory is allocated once; nothing grows but the tables of interned addresses, which the row limit bounds.
 */
import { Interner } from './interner.ts';
import { OptionLayouts } from './options.ts';
import { ROW_WORDS } from './row.ts';

/** Longest payload sample of a row. */
export const PAYLOAD_SAMPLE_BYTES_MAX = 128;
/** Payload samples of one store, in bytes; a store that has no room for another is full. */
const ARENA_BYTES_FIRST = 1024 * 1024;
export const ARENA_BYTES_MAX = 16 * 1024 * 1024;
const ROWS_FIRST = 4096;
/** By how much it grows when it is full: what it leaves behind is garbage, and soon collected in vain. */
const GROWTH = 16;
/** Rows that {@link RowStore.reserve} makes room for. */
export const RESERVED_ROWS = 256;

// A module's own constants are part of its machine code; imported and exported ones are loaded and checked at each use.
const WORDS = ROW_WORDS;
const SAMPLE_BYTES_MAX = PAYLOAD_SAMPLE_BYTES_MAX;
const ARENA_FULL_BYTES = ARENA_BYTES_MAX - PAYLOAD_SAMPLE_BYTES_MAX;

export class RowStore {
  /** Most rows it may hold. */
  readonly rowsMax: number;
  count = 0;
  /** The rows, {@link ROW_WORDS} words each. */
  words: Int32Array;
  /** IP length (low half) and payload length (high half) of each row's first packet. */
  lengths: Int32Array;
  /** Number of each row's TCP option layout. */
  optionNumbers: Uint16Array;
  /** Payload samples: where in the arena, and how long; length 0 = none. */
  payloadAt: Uint32Array;
  payloadBytes: Uint8Array;
  arena: Uint8Array;
  arenaUsed = 0;

  /** Minutes of event time (minutes since 1970) by minute number, at most 65,536: the number has 16 bits in a row. */
  readonly minutes: number[] = [];
  readonly addresses = new Interner(4);
  /** Quoted victims: four words of address, then protocol and destination port. */
  readonly quotes = new Interner(5);
  readonly options = new OptionLayouts();

  constructor(rowsMax: number) {
    this.rowsMax = rowsMax;
    const rows = Math.min(rowsMax + RESERVED_ROWS, ROWS_FIRST);
    this.words = new Int32Array(rows * ROW_WORDS);
    this.lengths = new Int32Array(rows);
    this.optionNumbers = new Uint16Array(rows);
    this.payloadAt = new Uint32Array(rows);
    this.payloadBytes = new Uint8Array(rows);
    this.arena = new Uint8Array(ARENA_BYTES_FIRST);
  }

  /** True when the next row, with whatever it brings along, might not fit. */
  get isFull(): boolean {
    return this.count === this.rowsMax || !this.hasSampleRoom || this.options.isFull;
  }

  /** True when the arena has room for one more payload sample. */
  get hasSampleRoom(): boolean {
    return this.arenaUsed <= ARENA_FULL_BYTES;
  }

  /** Appends a row without payload and returns its number; its words hold whatever was there. Call only when not {@link isFull}. */
  add(): number {
    if (this.count === this.lengths.length) this.grow();
    this.payloadBytes[this.count] = 0;
    return this.count++;
  }

  /**
   * Makes room for {@link RESERVED_ROWS} rows behind the last one, which are not counted yet, and returns the offset of the first of
   * them in {@link words}. They may be beyond the most that it may hold.
   */
  reserve(): number {
    while (this.count + RESERVED_ROWS > this.lengths.length) this.grow();
    return this.count * WORDS;
  }

  /** Copies the beginning of a payload, `bytes[at, at + payloadBytes)`, into the row. */
  sample(row: number, bytes: Uint8Array, at: number, payloadBytes: number): void {
    const length = payloadBytes < SAMPLE_BYTES_MAX ? payloadBytes : SAMPLE_BYTES_MAX;
    const to = this.arenaUsed;
    if (to + length > this.arena.length) this.growArena();
    const { arena } = this;
    for (let index = 0; index < length; index++) arena[to + index] = bytes[at + index];
    this.payloadAt[row] = to;
    this.payloadBytes[row] = length;
    this.arenaUsed = to + length;
  }

  /** Number of an interned IPv6 address. */
  address(w0: number, w1: number, w2: number, w3: number): number {
    const { key } = this.addresses;
    key[0] = w0;
    key[1] = w1;
    key[2] = w2;
    key[3] = w3;
    return this.addresses.intern();
  }

  /** Forgets all rows, keeps the memory. */
  clear(): void {
    this.count = 0;
    this.arenaUsed = 0;
    this.minutes.length = 0;
    this.addresses.clear();
    this.quotes.clear();
    this.options.clear();
  }

  private grow(): void {
    const rows = Math.min(this.rowsMax + RESERVED_ROWS, this.lengths.length * GROWTH);
    this.words = copied(this.words, new Int32Array(rows * ROW_WORDS));
    this.lengths = copied(this.lengths, new Int32Array(rows));
    this.optionNumbers = copied(this.optionNumbers, new Uint16Array(rows));
    this.payloadAt = copied(this.payloadAt, new Uint32Array(rows));
    this.payloadBytes = copied(this.payloadBytes, new Uint8Array(rows));
  }

  private growArena(): void {
    this.arena = copied(this.arena, new Uint8Array(Math.min(ARENA_BYTES_MAX, this.arena.length * 2)));
  }
}

function copied<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
