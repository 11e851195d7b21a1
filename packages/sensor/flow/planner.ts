/**
 * Splits one plain capture file among workers: hops from record to record without looking into the packets (about 10 ns each) and
 * cuts where the flow table would begin a new row group (MinuteCut), so that the parts together give the rows of the whole.
 */
import { closeSync, fstatSync, openSync } from 'node:fs';
import { CaptureReader, type ReaderState } from '@noroshi/wire/capture/reader.ts';
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
  private readonly fd: number;
  private readonly input: FileInput;
  private readonly reader = new CaptureReader();
  private readonly cut = new MinuteCut();
  private number = 0;
  /** Where the next task begins: at a packet that was read already, and counted in `pending`. */
  private start: { readonly offset: number; readonly state: ReaderState } | undefined;
  private pending = 0;

  constructor(path: string) {
    this.fd = openSync(path, 'r');
    this.bytesTotal = fstatSync(this.fd).size;
    this.input = new FileInput(path, this.fd, this.bytesTotal);
  }

  /** The next task in the capture's order; undefined after the last. */
  next(): Task | undefined {
    const { reader, cut } = this;
    for (;;) {
      if (!reader.next()) {
        if (reader.isDone) return this.finish();
        void feed(reader, this.input);
        continue;
      }
      const change = cut.change(clampSecond(reader.seconds));
      cut.packets++;
      const task = change === 'group' ? this.finish() : undefined;
      if (this.start === undefined) this.begin();
      this.pending++;
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

  private begin(): void {
    const { state } = this.reader;
    if (state === undefined) throw new Error('Cannot plan: a packet was read before its format was known');
    this.start = { offset: this.reader.recordOffset, state: structuredClone(state) };
    this.pending = 0;
  }

  private finish(): Task | undefined {
    if (this.start === undefined) return undefined;
    const task = { number: this.number++, packets: this.pending, ...this.start };
    this.start = undefined;
    return task;
  }
}
