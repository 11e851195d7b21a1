/**
 * Corsaro 3.4.1 over a capture: intervals of flowtuples, and the DoS plugin beside them.
 *
 * Intervals are cut where the clock says so; only the first one is called by the second of the first packet. Nothing is written of
 * an empty one. Packets that go back in time count for the interval that is open.
 */
import type { CaptureReader } from '../capture/reader.ts';
import { EXTRAS, TupleTable } from './flowtuple/tuple-table.ts';
import { TUPLE_BACKSCATTER } from './flowtuple/tuple-packet.ts';
import { TuplePacket3 } from './flowtuple/tuple-packet3.ts';
import { Backscatter } from './rsdos/backscatter.ts';
import { backscatterOf } from './rsdos/backscatter-of.ts';
import type { Corsaro3Attack, Corsaro3Dos } from './rsdos/corsaro3.ts';

export interface Corsaro3Interval {
  readonly start_s: number;
  /** Good until the callback returns. */
  readonly tuples: TupleTable;
  readonly attacks: readonly Corsaro3Attack[];
}

export interface Corsaro3Options {
  /** Seconds; undefined makes one interval of everything. */
  readonly interval_s: number | undefined;
  readonly dos?: Corsaro3Dos;
  readonly tuplesMax?: number;
  /** Reads behind every link layer that we know, not only behind those that Corsaro knows. */
  readonly isWide?: boolean;
}

export class Corsaro3 {
  packets = 0;
  /** Packets with an IPv4 header outermost. */
  counted = 0;
  first_s: number | undefined;
  last_s = 0;
  intervals = 0;
  /** True when an interval has more flowtuples than fit: nothing more is taken. */
  isFull = false;
  private readonly interval_s: number;
  private readonly dos: Corsaro3Dos | undefined;
  private readonly onEnd: (interval: Corsaro3Interval) => void;
  private readonly tuples: TupleTable;
  private readonly packet: TuplePacket3;
  private readonly event = new Backscatter();
  private start_s = 0;
  private next_s = Number.NEGATIVE_INFINITY;

  constructor({ interval_s, dos, tuplesMax, isWide }: Corsaro3Options, onEnd: (interval: Corsaro3Interval) => void) {
    this.interval_s = interval_s ?? Number.POSITIVE_INFINITY;
    this.dos = dos;
    this.onEnd = onEnd;
    this.tuples = new TupleTable(tuplesMax);
    this.packet = new TuplePacket3(isWide);
  }

  /** Takes every packet that the reader has. */
  takeAll(reader: CaptureReader): void {
    while (!this.isFull && reader.next()) this.takeOne(reader);
  }

  /** Takes the reader's current packet; does nothing when {@link isFull}. */
  takeOne(reader: CaptureReader): void {
    const { packet, tuples, dos, event } = this;
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
    if (tuples.add(packet)) tuples.words[tuples.lastRow + EXTRAS] = packet.extras;
    if (packet.tupleClass !== TUPLE_BACKSCATTER || dos === undefined) return;
    event.seconds = seconds;
    event.microseconds = Math.floor(reader.nanoseconds / 1000);
    event.bytes = reader.bytes;
    event.at = at;
    event.end = end;
    if (!backscatterOf(event, packet, data, end)) return;
    dos.observe(event);
  }

  /** Closes the last interval. A capture without packets has none. */
  finish(): void {
    if (this.first_s !== undefined) this.close();
  }

  private turn(seconds: number): void {
    const { interval_s, next_s } = this;
    const aligned_s = Number.isFinite(interval_s) ? seconds - (seconds % interval_s) : seconds;
    if (this.first_s === undefined) {
      this.first_s = seconds;
      this.open(seconds, aligned_s);
      return;
    }
    this.close();
    if (aligned_s > next_s) {
      // Of the empty intervals of a hole the first one lets all vectors go; the others change nothing.
      this.dos?.begin(next_s);
      this.dos?.end();
    }
    this.open(aligned_s, aligned_s);
  }

  private open(start_s: number, aligned_s: number): void {
    this.start_s = start_s;
    this.next_s = aligned_s + this.interval_s;
    this.dos?.begin(start_s);
  }

  private close(): void {
    const { tuples, start_s } = this;
    this.onEnd({ start_s, tuples, attacks: this.dos?.end() ?? [] });
    this.intervals++;
    tuples.clear();
  }
}
