/**
 * Corsaro 2.0.0 over a capture: intervals of flowtuples, and the DoS plugin beside them.
 *
 * Interval 0 starts at the first packet's second, whatever the packet is; a packet behind an interval's end closes it, and a hole
 * gives empty intervals. Packets that go back in time count for the interval that is open. The last one ends with the second of
 * the last packet.
 */
import type { CaptureReader } from '../capture/reader.ts';
import { TupleTable } from './flowtuple/tuple-table.ts';
import { TUPLE_BACKSCATTER, TuplePacket } from './flowtuple/tuple-packet.ts';
import { Backscatter } from './rsdos/backscatter.ts';
import { backscatterOf } from './rsdos/backscatter-of.ts';
import type { Corsaro2Dos, Corsaro2Dump } from './rsdos/corsaro2.ts';

/** Empty intervals in one hole of a capture; those beyond are left out, and counted. A week of minutes. */
export const HOLE_INTERVALS_MAX = 10_080;

const PROTO_TCP = 6;

export interface Corsaro2Interval {
  readonly number: number;
  readonly start_s: number;
  readonly end_s: number;
  /** Good until the callback returns. */
  readonly tuples: TupleTable;
  /** The DoS plugin's dump at this interval's end. */
  readonly dump: Corsaro2Dump | undefined;
}

export interface Corsaro2Options {
  /** Seconds; undefined makes one interval of everything, as `-i -1` does. */
  readonly interval_s: number | undefined;
  readonly dos?: Corsaro2Dos;
  readonly tuplesMax?: number;
  /** Reads behind every link layer that we know, not only behind those that Corsaro knows. */
  readonly isWide?: boolean;
}

export class Corsaro2 {
  packets = 0;
  /** Packets with an IPv4 header outermost. */
  counted = 0;
  first_s: number | undefined;
  last_s = 0;
  intervals = 0;
  /** Empty intervals that were left out. */
  skipped = 0;
  /** True when an interval has more flowtuples than fit: nothing more is taken. */
  isFull = false;
  private readonly interval_s: number;
  private readonly dos: Corsaro2Dos | undefined;
  private readonly onEnd: (interval: Corsaro2Interval) => void;
  private readonly tuples: TupleTable;
  private readonly packet: TuplePacket;
  private readonly event = new Backscatter();
  /** The flowtuple that the event is about, when it is one of TCP. */
  private eventRow = -1;
  private start_s = 0;
  private next_s = Number.NEGATIVE_INFINITY;

  constructor({ interval_s, dos, tuplesMax, isWide }: Corsaro2Options, onEnd: (interval: Corsaro2Interval) => void) {
    this.interval_s = interval_s ?? Number.POSITIVE_INFINITY;
    this.dos = dos;
    this.onEnd = onEnd;
    this.tuples = new TupleTable(tuplesMax);
    this.packet = new TuplePacket(isWide);
  }

  /** Takes every packet that the reader has. */
  takeAll(reader: CaptureReader): void {
    while (!this.isFull && reader.next()) this.takeOne(reader);
  }

  /** Takes the reader's current packet; does nothing when {@link isFull}. */
  takeOne(reader: CaptureReader): void {
    const { packet, tuples, dos } = this;
    const { seconds, data, at, end } = reader;
    if (this.isFull) return;
    this.packets++;
    this.last_s = seconds;
    if (seconds >= this.next_s || this.first_s === undefined) this.turn(seconds);
    if (!packet.read(data, at, end, reader.link)) return;
    this.counted++;
    if (tuples.isFull) {
      this.isFull = true;
      return;
    }
    const isNew = tuples.add(packet);
    if (packet.tupleClass !== TUPLE_BACKSCATTER || dos === undefined) return;
    const { event } = this;
    const isTcp = packet.protocol === PROTO_TCP;
    // Packets come in bursts. One with the last one's flowtuple tells the same, unless it quotes another.
    if (!isTcp || tuples.lastRow !== this.eventRow) {
      this.eventRow = isTcp ? tuples.lastRow : -1;
      if (!backscatterOf(event, packet, data, end)) return;
    }
    event.seconds = seconds;
    event.microseconds = Math.floor(reader.nanoseconds / 1000);
    event.bytes = reader.bytes;
    event.at = at;
    event.end = end;
    event.isKnown = !isNew && isTcp;
    dos.observe(event);
  }

  /** Closes the last interval. A capture without packets has none. */
  finish(): void {
    if (this.first_s !== undefined) this.close(this.last_s);
  }

  private turn(seconds: number): void {
    if (this.first_s === undefined) {
      this.first_s = seconds;
      this.open(seconds);
      return;
    }
    this.close(this.next_s - 1);
    const holes = Math.floor((seconds - this.next_s) / this.interval_s);
    const skipped = Math.max(0, holes - HOLE_INTERVALS_MAX);
    for (let hole = 0; hole < holes - skipped; hole++) {
      this.open(this.next_s);
      this.close(this.next_s - 1);
    }
    this.skipped += skipped;
    this.intervals += skipped;
    this.open(this.next_s + skipped * this.interval_s);
  }

  private open(start_s: number): void {
    this.start_s = start_s;
    this.next_s = start_s + this.interval_s;
    this.dos?.begin(start_s);
  }

  private close(end_s: number): void {
    const { tuples, start_s } = this;
    this.onEnd({ number: this.intervals, start_s, end_s, tuples, dump: this.dos?.end(end_s) });
    this.intervals++;
    tuples.clear();
    this.eventRow = -1;
  }
}
