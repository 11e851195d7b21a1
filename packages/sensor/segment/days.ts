/**
 * Rows by the UTC day of their minute: a segment never crosses a day, but a row group may, when few packets came or when some
 * were late at midnight.
 */
import * as row from '@noroshi/wire/flow/row.ts';
import { RowStore } from '@noroshi/wire/flow/row-store.ts';

export const DAY_MINUTES = 1440;
export const MINUTE_MS = 60_000;
export const DAY_MS = DAY_MINUTES * MINUTE_MS;

/** What a segment's metadata says of rows of one day. */
export interface RowFacts {
  /** Days since 1970. */
  readonly day: number;
  readonly packets: number;
  /** Earliest and latest packet, Unix ms. */
  readonly first_ms: number;
  readonly last_ms: number;
  /** First and last minute with a row, since 1970. */
  readonly minuteFirst: number;
  readonly minuteLast: number;
}

export interface DayRows {
  readonly facts: RowFacts;
  /** Good until the next day is asked for. */
  readonly store: RowStore;
}

export class DaySplitter {
  private part: RowStore | undefined;

  /** The rows of a store that has some, day by day, ascending. Costs one look at each row; a copy only where days meet. */
  *split(store: RowStore): Generator<DayRows, void, void> {
    const days = dayNumbers(store);
    const [day, ...others] = new Set(days);
    if (others.length === 0) {
      yield { facts: factsOf(store, day), store };
      return;
    }
    const { order, ends } = orderByDay(store, days);
    for (let from = 0, index = 0; index < ends.length; from = ends[index].end, index++) {
      const { day: own, end } = ends[index];
      const part = this.copy(store, order.subarray(from, end));
      yield { facts: factsOf(part, own), store: part };
    }
  }

  /** The rows with these numbers. What they name in the store's tables is shared, not copied. */
  private copy(store: RowStore, numbers: Int32Array): RowStore {
    this.part ??= new RowStore(store.rowsMax);
    const { part } = this;
    part.clear();
    part.minutes.push(...store.minutes);
    part.addresses.words = store.addresses.words;
    part.addresses.count = store.addresses.count;
    part.quotes.words = store.quotes.words;
    part.quotes.count = store.quotes.count;
    part.options.texts = store.options.texts;
    part.arena = store.arena;
    part.arenaUsed = store.arenaUsed;
    for (const number of numbers) {
      const to = part.add();
      const from = number * row.ROW_WORDS;
      part.words.set(store.words.subarray(from, from + row.ROW_WORDS), to * row.ROW_WORDS);
      part.lengths[to] = store.lengths[number];
      part.optionNumbers[to] = store.optionNumbers[number];
      part.payloadAt[to] = store.payloadAt[number];
      part.payloadBytes[to] = store.payloadBytes[number];
    }
    return part;
  }
}

function dayNumbers({ minutes }: RowStore): number[] {
  return minutes.map((minute) => Math.floor(minute / DAY_MINUTES));
}

function minuteNumberAt({ words }: RowStore, index: number): number {
  return words[index * row.ROW_WORDS + row.META] & row.META_MINUTE_MASK;
}

/** Row numbers with those of one day together, days ascending, and where each day that has rows ends among them. */
function orderByDay(
  store: RowStore,
  days: readonly number[],
): { order: Int32Array; ends: { day: number; end: number }[] } {
  const counts = new Map<number, number>();
  for (let index = 0; index < store.count; index++) {
    const day = days[minuteNumberAt(store, index)];
    counts.set(day, (counts.get(day) ?? 0) + 1);
  }
  const ends: { day: number; end: number }[] = [];
  const places = new Map<number, number>();
  let end = 0;
  for (const [day, count] of [...counts].toSorted(([a], [b]) => a - b)) {
    places.set(day, end);
    end += count;
    ends.push({ day, end });
  }
  const order = new Int32Array(store.count);
  for (let index = 0; index < store.count; index++) {
    const day = days[minuteNumberAt(store, index)];
    const place = places.get(day) ?? 0;
    order[place] = index;
    places.set(day, place + 1);
  }
  return { order, ends };
}

function factsOf(store: RowStore, day: number): RowFacts {
  const { words, minutes, count } = store;
  let packets = 0;
  let first_us = Number.POSITIVE_INFINITY;
  let last_us = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < count * row.ROW_WORDS; at += row.ROW_WORDS) {
    const minute_us = minutes[words[at + row.META] & row.META_MINUTE_MASK] * 60_000_000;
    packets += words[at + row.PACKETS] >>> 0;
    first_us = Math.min(first_us, minute_us + (words[at + row.FIRST_US] >>> 0));
    last_us = Math.max(last_us, minute_us + (words[at + row.LAST_US] >>> 0));
  }
  return {
    day,
    packets,
    first_ms: Math.floor(first_us / 1000),
    last_ms: Math.floor(last_us / 1000),
    minuteFirst: Math.floor(first_us / 60_000_000),
    minuteLast: Math.floor(last_us / 60_000_000),
  };
}
