/**
 * The flow table: packets of one minute of event time gather into rows. An open-addressing index finds a row by its key; the
 * rows themselves lie in a RowStore that outlives the minute, until it is handed on as one row group.
 *
 * What ends a row depends on the packets alone, never on buffers, workers or the clock, so that any chunking and any number of
 * workers give the same rows:
 * - A packet of a later minute, or of one more than a minute earlier, begins a new minute. Packets up to a minute late stay with
 *   the current one, in rows of their own minute: captures of several queues jitter at the boundary.
 * - A minute that has as many rows as it may is closed early when one more is needed: its rows are handed on.
 * - A row group ends at the first new minute after a number of packets (MinuteCut).
 *
 * Packets are staged and entered a few dozen at a time (Staging): the index of a full minute does not fit the cache, and a batch
 * of look-ups waits for memory together instead of one after the other. Measured where every packet is a row of its own:
 * 119 ns a packet for the look-up alone without, 25 ns with.
 */
import type { Verdict } from '@noroshi/wire/classify/classify.ts';
import * as row from '@noroshi/wire/flow/row.ts';
import { RowStore } from '@noroshi/wire/flow/row-store.ts';
import type { Packet } from '@noroshi/wire/net/packet.ts';
import { MinuteCut } from './minute-cut.ts';
import { RowIndex } from './row-index.ts';
import { mergeRow } from './row-merge.ts';
import * as staging from './staging.ts';

/** Rows of one minute before it is closed early; with 64 bytes a row and the index this bounds the table at about 45 MiB. */
export const ROWS_PER_MINUTE_MAX = 262_144;
/** The store must hold a group's earlier minutes (at most one row a packet) and one full minute. */
const STORE_MINUTES = 2;
const LIMIT_MAX = Math.floor(row.ROW_NUMBER_MAX / STORE_MINUTES);

// A module's own constants are part of its machine code; imported and exported ones are loaded and checked at each use.
const { ROW_WORDS, META, META_MINUTE_MASK } = row;
const { BATCH, BESIDE_WORDS, HASH, OPTIONS_AT, OPTION_BYTES, LENGTHS, PAYLOAD_AT, PAYLOAD_BYTES, LATE } = staging;

export class FlowTable {
  /** Rows handed on so far, and how often a full table closed a minute early. */
  rows = 0;
  closedEarly = 0;
  /** Time of the packet ticked last, seconds since 1970 within 32 bits. */
  second = 0;
  /** First and last minute (since 1970) in which a packet was ticked, kept or not; Infinity and -Infinity before the first. */
  minuteFirst = Number.POSITIVE_INFINITY;
  minuteLast = Number.NEGATIVE_INFINITY;

  private readonly store: RowStore;
  private readonly rowsPerMinuteMax: number;
  private readonly emit: (store: RowStore) => void;
  private readonly cut = new MinuteCut();
  private readonly index: RowIndex;
  private readonly staged: staging.Staging;
  private readonly minuteNumbers = new Map<number, number>();
  private minuteNumber = 0;
  /** The current minute's start and end; seconds since 1970. */
  private from_s = 0;
  private to_s = 0;

  /**
   * @param emit takes the rows of one group; they are gone when it returns
   * @param rowsPerMinuteMax from 1 to half of what the index can number
   */
  constructor(emit: (store: RowStore) => void, rowsPerMinuteMax = ROWS_PER_MINUTE_MAX) {
    if (!(rowsPerMinuteMax >= 1 && rowsPerMinuteMax <= LIMIT_MAX)) {
      throw new RangeError(
        `Cannot make a flow table: ${rowsPerMinuteMax} rows a minute, the limits are 1 and ${LIMIT_MAX}`,
      );
    }
    this.emit = emit;
    this.rowsPerMinuteMax = rowsPerMinuteMax;
    this.store = new RowStore(Math.max(rowsPerMinuteMax, ROWS_PER_MINUTE_MAX) * STORE_MINUTES);
    this.index = new RowIndex(this.store);
    this.staged = new staging.Staging(this.store);
  }

  /**
   * Tells the time of the next packet, whether it will be added or not: every packet moves the minutes, so that a planner that
   * has not looked into the packets cuts at the same places.
   */
  tick(seconds: number): void {
    if (seconds >= this.from_s && seconds < this.to_s) this.second = seconds;
    else this.turn(clampSecond(seconds));
    this.cut.packets++;
  }

  /**
   * Adds one walked and classified packet with an IP header, at the time of the last {@link tick}. It may wait in the batch, with
   * offsets into `data`: {@link flush} before those bytes change.
   */
  add(packet: Packet, verdict: Verdict, data: DataView, bytes: Uint8Array, nanoseconds: number): void {
    const { staged, second, from_s } = this;
    if (staged.bytes !== bytes) {
      this.flush();
      staged.bytes = bytes;
      staged.data = data;
    }
    const us = (nanoseconds / 1000) | 0;
    if (second >= from_s) staged.put(packet, verdict, (second - from_s) * 1_000_000 + us, this.minuteNumber);
    else staged.put(packet, verdict, (second - from_s + 60) * 1_000_000 + us, LATE);
    if (staged.count === BATCH) this.flush();
  }

  /** Enters the batch into the table. */
  flush(): void {
    const { staged, index } = this;
    const { count, first } = staged;
    if (count === 0) return;
    index.touch(staged.beside, count);
    for (let number = 0; number < count; number++) this.enter(first + number * ROW_WORDS, number);
    staged.count = 0;
  }

  /** Hands on what is left. The table can be used again. */
  close(): void {
    this.flush();
    this.handOn();
    this.cut.reset();
    this.from_s = 0;
    this.to_s = 0;
  }

  /**
   * Enters the packet staged as `number`, whose row lies at `from`. Only a new row asks for room: a packet of a row that is there
   * always finds it, so that runs joined in the batch and packets entered one by one come to the same rows.
   */
  private enter(from: number, number: number): void {
    const { staged, store, index } = this;
    const { words } = store;
    const { beside } = staged;
    const besideAt = number * BESIDE_WORDS;
    const isLate = (words[from + META] & META_MINUTE_MASK) === LATE;
    if (isLate) this.numberLate(from);
    let at = index.find(words, from, beside[besideAt + HASH]);
    if (at >= 0) mergeRow(words, at, from);
    else {
      if (index.count >= this.rowsPerMinuteMax || store.isFull) at = this.closeEarly(from, number, isLate);
      at = this.begin(~at, from, besideAt);
    }
    const payloadBytes = beside[besideAt + PAYLOAD_BYTES];
    if (payloadBytes !== 0) this.sample(at / ROW_WORDS, beside[besideAt + PAYLOAD_AT], payloadBytes);
  }

  /** Gives the staged row at `from` its minute, the one before. */
  private numberLate(from: number): void {
    const { words } = this.store;
    words[from + META] = (words[from + META] & ~META_MINUTE_MASK) | this.numberOf(this.from_s / 60 - 1);
  }

  /** Makes the staged row at `from` the store's next one; returns its offset. */
  private begin(slot: number, from: number, besideAt: number): number {
    const { store, staged } = this;
    const { words, count } = store;
    const { beside } = staged;
    const at = count * ROW_WORDS;
    if (at !== from) for (let word = 0; word < ROW_WORDS; word++) words[at + word] = words[from + word];
    store.lengths[count] = beside[besideAt + LENGTHS];
    store.payloadBytes[count] = 0;
    const optionBytes = beside[besideAt + OPTION_BYTES];
    store.optionNumbers[count] =
      optionBytes === 0 ? 0 : store.options.numberOf(staged.data, beside[besideAt + OPTIONS_AT], optionBytes);
    store.count = count + 1;
    this.index.put(slot, beside[besideAt + HASH], count);
    return at;
  }

  /** The first payload of a row; when the samples' memory is used up, older rows go without. */
  private sample(number: number, at: number, payloadBytes: number): void {
    const { store, staged } = this;
    if (store.payloadBytes[number] === 0 && store.hasSampleRoom) store.sample(number, staged.bytes, at, payloadBytes);
  }

  /** Hands on everything before the packet staged as `number`, at `from`; returns what the index then says of its key. */
  private closeEarly(from: number, number: number, isLate: boolean): number {
    const { staged, index, store } = this;
    const { words } = store;
    this.closedEarly++;
    if (isLate) words[from + META] |= LATE;
    staged.keep(number, () => {
      this.handOn();
      this.openMinute(this.from_s / 60);
      return this.minuteNumber;
    });
    if (isLate) this.numberLate(from);
    return index.find(words, from, staged.beside[number * BESIDE_WORDS + HASH]);
  }

  /** Slow path of {@link tick}: a packet of another minute, or one that is late. */
  private turn(second: number): void {
    this.second = second;
    if (second >= this.from_s && second < this.to_s) return;
    const minute = Math.floor(second / 60);
    this.minuteFirst = Math.min(this.minuteFirst, minute);
    this.minuteLast = Math.max(this.minuteLast, minute);
    const change = this.cut.change(second);
    if (change === 'none') return;
    this.flush();
    if (change === 'group') this.handOn();
    this.openMinute(minute);
  }

  private openMinute(minute: number): void {
    this.index.clear();
    this.from_s = minute * 60;
    this.to_s = this.from_s + 60;
    this.minuteNumber = this.numberOf(minute);
  }

  private handOn(): void {
    const { store } = this;
    if (store.count > 0) this.emit(store);
    this.rows += store.count;
    store.clear();
    this.minuteNumbers.clear();
    this.index.clear();
  }

  /** Number of a minute in the store's list. */
  private numberOf(minute: number): number {
    let number = this.minuteNumbers.get(minute);
    if (number === undefined) {
      number = this.store.minutes.length;
      this.store.minutes.push(minute);
      this.minuteNumbers.set(minute, number);
    }
    return number;
  }
}

/** Times that 32 bits of seconds cannot hold become the nearest that they can. */
export function clampSecond(seconds: number): number {
  if (seconds < 0) return 0;
  return seconds > 0xffff_ffff ? 0xffff_ffff : seconds;
}
