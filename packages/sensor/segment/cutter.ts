/**
 * Row groups become segments: a segment holds rows of one UTC day and at most 2¹⁹ of them. Where it is cut depends on the groups
 * alone, so the same capture gives the same segments.
 */
import { isDiskFull } from '@noroshi/kit/durable.ts';
import { SEGMENT_GROUPS_MAX } from '@noroshi/wire/api/upload.ts';
import type { ExposureSpan } from '@noroshi/wire/segment/segment.ts';
import { DAY_MINUTES, DAY_MS, MINUTE_MS, type RowFacts } from './days.ts';
import type { EncodedGroup, FlowFile, SegmentFacts } from './flow-file.ts';

/** Rows of one segment; a center takes twice as many, a group has at most half. */
const SEGMENT_ROWS_FULL = 524_288;
/** Bytes of row groups from which on no more is added; a group has less than 128 MiB, a center takes 256 MiB. */
const SEGMENT_BYTES_FULL = 96 * 1024 * 1024;
/** Days whose segments are open at the same time: around midnight two, and with a broken clock no more. */
const DAYS_OPEN_MAX = 2;

/** What a segment says of itself, but for whose it is. */
export type CutFacts = Omit<SegmentFacts, 'version' | 'sensor' | 'sequence'>;

/** Where finished segments go. */
export interface Outlet {
  /** An empty file for a segment to come. */
  begin(): FlowFile;
  /** Finishes the file. */
  commit(file: FlowFile, facts: CutFacts): void;
  /** Notes a segment that could not be written for want of room. */
  lose(facts: CutFacts): void;
}

/** What is said of a day beside its rows. */
export interface DayExtras {
  readonly exposure: readonly ExposureSpan[];
  readonly filtered: Readonly<Record<string, number>>;
  readonly dropped: Readonly<Record<string, number>>;
}

export const NO_EXTRAS: DayExtras = { exposure: [], filtered: {}, dropped: {} };

/** A segment that is being written. */
interface Open {
  readonly day: number;
  /** Undefined when there was no room for one; nothing of this segment can be kept then. */
  readonly file: FlowFile | undefined;
  /** False once a part could not be written: no room. */
  isWhole: boolean;
  groups: number;
  rows: number;
  packets: number;
  first_ms: number;
  last_ms: number;
  minuteFirst: number;
  minuteLast: number;
}

export class SegmentCutter {
  private readonly outlet: Outlet;
  private readonly extrasOf: (day: number) => DayExtras;
  /** By day, in the order in which they were opened. */
  private readonly open = new Map<number, Open>();

  /** @param extrasOf asked whenever a segment is closed: what it shall say beside its rows */
  constructor(outlet: Outlet, extrasOf: (day: number) => DayExtras = () => NO_EXTRAS) {
    this.outlet = outlet;
    this.extrasOf = extrasOf;
  }

  /** Writes rows of one day. The group's memory may be used again when this returns. */
  add(group: EncodedGroup, facts: RowFacts): void {
    const { rowCount } = group.meta;
    const before = this.open.get(facts.day);
    if (before !== undefined && isFull(before, rowCount)) this.closeTo(facts.day);
    if (!this.open.has(facts.day) && this.open.size >= DAYS_OPEN_MAX) this.closeFirst();
    const segment = this.open.get(facts.day) ?? this.begin(facts.day);
    segment.isWhole &&= segment.file !== undefined && hasRoom(() => segment.file?.add(group));
    segment.groups++;
    segment.rows += rowCount;
    segment.packets += facts.packets;
    segment.first_ms = Math.min(segment.first_ms, facts.first_ms);
    segment.last_ms = Math.max(segment.last_ms, facts.last_ms);
    segment.minuteFirst = Math.min(segment.minuteFirst, facts.minuteFirst);
    segment.minuteLast = Math.max(segment.minuteLast, facts.minuteLast);
  }

  /**
   * Closes every open segment, and a segment without rows for each of these days that has none: somebody listened, or packets
   * were filtered.
   */
  closeAll(days: Iterable<number> = []): void {
    const all = new Set([...this.open.keys(), ...days]);
    for (const day of [...all].toSorted((a, b) => a - b)) this.close(this.open.get(day) ?? this.begin(day));
  }

  /** Removes what is unfinished. */
  abandon(): void {
    for (const { file } of this.open.values()) file?.abandon();
    this.open.clear();
  }

  private begin(day: number): Open {
    let file: FlowFile | undefined;
    const isWhole = hasRoom(() => (file = this.outlet.begin()));
    const segment: Open = {
      day,
      file,
      isWhole,
      groups: 0,
      rows: 0,
      packets: 0,
      first_ms: Number.POSITIVE_INFINITY,
      last_ms: Number.NEGATIVE_INFINITY,
      minuteFirst: Number.POSITIVE_INFINITY,
      minuteLast: Number.NEGATIVE_INFINITY,
    };
    this.open.set(day, segment);
    return segment;
  }

  private closeFirst(): void {
    const [first] = this.open.values();
    if (first !== undefined) this.close(first);
  }

  /** Closes this day, and before it what was opened before it: segments leave in the order of their beginning. */
  private closeTo(day: number): void {
    for (const segment of this.open.values()) {
      this.close(segment);
      if (segment.day === day) return;
    }
  }

  private close(segment: Open): void {
    this.open.delete(segment.day);
    const { file, isWhole } = segment;
    const facts = factsOf(segment, this.extrasOf(segment.day));
    if (isWhole && file !== undefined) {
      this.outlet.commit(file, facts);
      return;
    }
    file?.abandon();
    this.outlet.lose(facts);
  }
}

function isFull({ rows, groups, file }: Open, more: number): boolean {
  if (rows === 0 || file === undefined) return false;
  return rows + more > SEGMENT_ROWS_FULL || file.byteLength > SEGMENT_BYTES_FULL || groups >= SEGMENT_GROUPS_MAX;
}

/** False when the disk has no room for what `write` writes. */
function hasRoom(write: () => void): boolean {
  try {
    write();
    return true;
  } catch (error) {
    if (isDiskFull(error)) return false;
    throw error;
  }
}

function factsOf(segment: Open, { exposure, filtered, dropped }: DayExtras): CutFacts {
  const hasRows = segment.rows > 0;
  const day_ms = segment.day * DAY_MS;
  const from_ms = Math.min(
    hasRows ? segment.minuteFirst * MINUTE_MS : Number.POSITIVE_INFINITY,
    floorMinute(exposure[0]?.from_ms ?? Number.POSITIVE_INFINITY),
  );
  const to_ms = Math.max(
    hasRows ? (segment.minuteLast + 1) * MINUTE_MS : Number.NEGATIVE_INFINITY,
    ceilMinute(exposure.at(-1)?.to_ms ?? Number.NEGATIVE_INFINITY),
  );
  const isTimed = Number.isFinite(from_ms);
  return {
    // A day of which nothing is known but packets that were filtered: its first minute stands for it.
    minute_from_ms: isTimed ? from_ms : day_ms,
    minute_to_ms: isTimed ? to_ms : day_ms + MINUTE_MS,
    first_ms: hasRows ? segment.first_ms : null,
    last_ms: hasRows ? segment.last_ms : null,
    exposure,
    counters: {
      received: segment.packets + sum(filtered) + sum(dropped),
      kept: segment.packets,
      filtered,
      dropped,
    },
  };
}

function floorMinute(time_ms: number): number {
  return Math.floor(time_ms / MINUTE_MS) * MINUTE_MS;
}

function ceilMinute(time_ms: number): number {
  return Math.ceil(time_ms / MINUTE_MS) * MINUTE_MS;
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

/** Spans of whole minutes cut at the days' borders, by day. */
export function spansByDay(spans: readonly ExposureSpan[]): Map<number, ExposureSpan[]> {
  const days = new Map<number, ExposureSpan[]>();
  for (const span of spans) {
    for (let from_ms = span.from_ms; from_ms < span.to_ms; ) {
      const day = Math.floor(from_ms / MINUTE_MS / DAY_MINUTES);
      const to_ms = Math.min(span.to_ms, (day + 1) * DAY_MS);
      const own = days.get(day);
      if (own === undefined) days.set(day, [{ ...span, from_ms, to_ms }]);
      else own.push({ ...span, from_ms, to_ms });
      from_ms = to_ms;
    }
  }
  return days;
}
