/**
 * Splits one plain capture file among workers: goes from record to record without looking into the packets and cuts where the
 * flow table would begin a new row group (MinuteCut), so that the parts together give the rows of the whole.
 */
import { closeSync, fstatSync, openSync } from 'node:fs';
import { CaptureReader, type ReaderState } from '@noroshi/wire/capture/reader.ts';
import { Hop } from '../source/hop.ts';
import { failureOf, feed, FileInput } from '../source/input.ts';
import type { SourceOutcome } from './inline.ts';
import { MinuteCut } from './minute-cut.ts';
import { clampSecond } from './table.ts';

/** A stretch of the capture: packets from a byte on, and what a reader that starts there must know. Plain data. */
export interface Task {
  readonly number: number;
  readonly offset: number;
  readonly packets: number;
  readonly state: ReaderState;
}

export class Planner {
  readonly bytesTotal: number;
  private readonly path: string;
  private readonly fd: number;
  private input: FileInput;
  private reader = new CaptureReader();
  /** Goes on for the reader while nothing but records of plain pcap comes. */
  private hop: Hop | undefined;
  private hasHopped = false;
  private readonly cut = new MinuteCut();
  private number = 0;
  /** Where the next task begins: at a packet that was read already, and counted in `pending`. */
  private start: { readonly offset: number; readonly state: ReaderState } | undefined;
  private pending = 0;

  constructor(path: string) {
    this.path = path;
    this.fd = openSync(path, 'r');
    this.bytesTotal = fstatSync(this.fd).size;
    this.input = new FileInput(path, this.fd, this.bytesTotal);
  }

  /** The next task in the capture's order; undefined after the last. */
  next(): Task | undefined {
    for (;;) {
      this.pass();
      const source = this.read();
      if (source === undefined) return this.finish();
      const task = this.cut.change(clampSecond(source.seconds)) === 'group' ? this.finish() : undefined;
      this.count(1);
      this.start ??= this.begin(source.recordOffset);
      if (task !== undefined) return task;
    }
  }

  /** What the capture says of itself, once {@link next} has given undefined. */
  outcome(name: string): SourceOutcome {
    const failure = failureOf(this.reader, this.input);
    return { dropped: this.reader.dropped, damage: failure === undefined ? [] : [{ input: name, ...failure }] };
  }

  close(): void {
    closeSync(this.fd);
  }

  private count(packets: number): void {
    this.cut.packets += packets;
    this.pending += packets;
  }

  /** Passes over packets that begin nothing. */
  private pass(): void {
    if (this.hop !== undefined) this.count(this.hop.pass(this.cut.from_s, this.cut.to_s));
  }

  /** Moves to the next packet, in whatever knows its time and place; undefined at the end. */
  private read(): { readonly seconds: number; readonly recordOffset: number } | undefined {
    if (this.hop?.next() === true) return this.hop;
    if (this.hop !== undefined) this.resume(this.hop.offset);
    const { reader } = this;
    while (!reader.next()) {
      if (reader.isDone) return undefined;
      void feed(reader, this.input);
    }
    if (!this.hasHopped) this.tryHop();
    return reader;
  }

  /** Behind the first packet: its format decides. */
  private tryHop(): void {
    this.hasHopped = true;
    const { state, offset } = this.reader;
    if (state?.format !== 'pcap' || state.pcap.swapped !== 'no') return;
    this.hop = new Hop(this.fd, this.bytesTotal, offset, state.pcap);
  }

  private resume(offset: number): void {
    this.hop = undefined;
    this.reader = new CaptureReader(undefined, offset, this.reader.state);
    this.input = new FileInput(this.path, this.fd, this.bytesTotal, offset);
  }

  private begin(offset: number): { readonly offset: number; readonly state: ReaderState } {
    const { state } = this.reader;
    if (state === undefined) throw new Error('Cannot plan: a packet was read before its format was known');
    return { offset, state: structuredClone(state) };
  }

  private finish(): Task | undefined {
    if (this.start === undefined) return undefined;
    const task = { number: this.number++, packets: this.pending, ...this.start };
    this.start = undefined;
    this.pending = 0;
    return task;
  }
}
