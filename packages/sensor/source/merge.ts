/**
 * Several captures as one, in time order. Files are opened when their first packet's time has come and closed at their end, so
 * that a month of hourly files costs one buffer; files that overlap in time are merged packet by packet.
 *
 *     for (;;) {
 *       const reader = source.next();
 *       if (reader === null) await source.refill();
 *       else if (reader === undefined) break;
 *       else use(reader);
 *     }
 */
import type { CaptureFailure } from '@noroshi/wire/capture/failure.ts';
import { CaptureReader } from '@noroshi/wire/capture/reader.ts';
import { failureOf, feed, fileBytes, type Input, openInput } from './input.ts';

/** Captures merged at the same time, each with its buffer; further ones wait, whatever their times. */
export const MERGED_MAX = 64;
/** Buffer for a look at a file's first packet. */
const PEEK_BYTES = 64 * 1024;

export interface Damage extends CaptureFailure {
  /** Name of the capture. */
  readonly input: string;
}

interface Waiting {
  readonly path: string;
  /** Time of the first packet; -Infinity when there is none, so that such a file is dealt with at once. */
  readonly first_s: number;
}

interface Active {
  readonly input: Input;
  readonly reader: CaptureReader;
  /** The reader holds a packet that was not given out. */
  isLoaded: boolean;
}

export class MergedSource {
  /** Why captures ended early, in the order in which they did. */
  readonly damage: Damage[] = [];
  /** Bytes on disk of all captures; undefined when one is a pipe. */
  readonly bytesTotal: number | undefined;
  private droppedByEnded = 0;
  private readBefore = 0;
  private readonly waiting: Waiting[];
  private active: Active[] = [];
  /** The one capture that is active, when there is only one: the fast path. */
  private only: Active | undefined;
  private until_s = Number.NEGATIVE_INFINITY;

  private constructor(waiting: Waiting[], bytesTotal: number | undefined) {
    this.waiting = waiting;
    this.bytesTotal = bytesTotal;
  }

  /** Looks at each path (`-` is standard input) and sorts them. Throws the file system's error for one that cannot be opened. */
  static async open(paths: readonly string[]): Promise<MergedSource> {
    const waiting: Waiting[] = [];
    let total: number | undefined = 0;
    for (const path of paths) {
      const { first_s, bytes } = await peek(path, paths.length);
      waiting.push({ path, first_s });
      total = bytes === undefined || total === undefined ? undefined : total + bytes;
    }
    waiting.sort((a, b) => a.first_s - b.first_s);
    return new MergedSource(waiting, total);
  }

  /** Bytes taken from disk so far, compressed ones as compressed. */
  get bytesRead(): number {
    return this.active.reduce((sum, { input }) => sum + input.bytesRead, this.readBefore);
  }

  /** Packets that the captures themselves report as lost before they were written. */
  get dropped(): number {
    return this.active.reduce((sum, { reader }) => sum + reader.dropped, this.droppedByEnded);
  }

  /**
   * The one capture whose packets are all next, whatever their times: they may be taken from it directly. When it has none left,
   * {@link next} goes on.
   */
  get sole(): CaptureReader | undefined {
    const { only } = this;
    return only !== undefined && !only.isLoaded && this.until_s === Number.POSITIVE_INFINITY ? only.reader : undefined;
  }

  /** The capture whose current packet is the next one; null when {@link refill} has to be awaited; undefined at the end. */
  next(): CaptureReader | null | undefined {
    const { only } = this;
    if (only !== undefined && only.reader.next()) {
      if (only.reader.seconds < this.until_s) return only.reader;
      only.isLoaded = true;
    }
    return this.nextOfMany();
  }

  /** Reads on where bytes are wanted, and opens the captures whose time has come. */
  async refill(): Promise<void> {
    for (const { input, reader, isLoaded } of this.active) if (!isLoaded && !reader.isDone) await feed(reader, input);
    for (let due = this.takeDue(); due !== undefined; due = this.takeDue()) {
      const { path } = due;
      const input = await openInput(path);
      const reader = new CaptureReader();
      this.active.push({ input, reader, isLoaded: false });
      await feed(reader, input);
    }
    this.settle();
  }

  /** Closes what is open; for ending early. */
  close(): void {
    for (const { input } of this.active) input.close();
    this.active = [];
    this.waiting.length = 0;
    this.settle();
  }

  private takeDue(): Waiting | undefined {
    return this.isDue() ? this.waiting.shift() : undefined;
  }

  private nextOfMany(): CaptureReader | null | undefined {
    if (this.only !== undefined) this.only = undefined;
    let wants = false;
    for (const one of this.active) {
      if (one.isLoaded) continue;
      if (one.reader.next()) one.isLoaded = true;
      else if (!one.reader.isDone) wants = true;
    }
    if (wants) return null;
    for (const one of this.active) if (!one.isLoaded) this.retire(one);
    this.active = this.active.filter(({ isLoaded }) => isLoaded);
    if (this.isDue()) return null;
    const first = this.earliest();
    if (first === undefined) return undefined;
    first.isLoaded = false;
    this.settle();
    return first.reader;
  }

  /** True when the next capture has to be opened before another packet may be given out. */
  private isDue(): boolean {
    const [next] = this.waiting;
    if (next === undefined || this.active.length >= MERGED_MAX) return false;
    if (this.active.length === 0) return true;
    const first = this.earliest();
    return first !== undefined && next.first_s <= first.reader.seconds;
  }

  private earliest(): Active | undefined {
    let best: Active | undefined;
    for (const one of this.active) {
      if (!one.isLoaded) continue;
      if (best === undefined || isEarlier(one.reader, best.reader)) best = one;
    }
    return best;
  }

  private settle(): void {
    this.only = this.active.length === 1 ? this.active[0] : undefined;
    const isFull = this.active.length >= MERGED_MAX;
    this.until_s = isFull ? Number.POSITIVE_INFINITY : (this.waiting[0]?.first_s ?? Number.POSITIVE_INFINITY);
  }

  private retire({ input, reader }: Active): void {
    const failure = failureOf(reader, input);
    if (failure !== undefined) this.damage.push({ input: input.name, ...failure });
    this.droppedByEnded += reader.dropped;
    this.readBefore += input.bytesRead;
    input.close();
  }
}

function isEarlier(a: CaptureReader, b: CaptureReader): boolean {
  return a.seconds === b.seconds ? a.nanoseconds < b.nanoseconds : a.seconds < b.seconds;
}

/** First packet's time and size on disk. A pipe gives its bytes only once, and the order of a single capture does not matter. */
async function peek(path: string, count: number): Promise<{ first_s: number; bytes: number | undefined }> {
  const bytes = fileBytes(path);
  if (bytes === undefined || count === 1) return { first_s: Number.NEGATIVE_INFINITY, bytes };
  const input = await openInput(path);
  try {
    const reader = new CaptureReader(PEEK_BYTES);
    while (!reader.next() && !reader.isDone) await feed(reader, input);
    return { first_s: reader.packets > 0 ? reader.seconds : Number.NEGATIVE_INFINITY, bytes };
  } finally {
    input.close();
  }
}
