/**
 * A feed of packets becomes a sequence of segments: live one a minute, quiet minutes as well; from the past, faster than time
 * passes, as large as a segment may be.
 *
 * Whoever feeds says when it listened. Packets up to a minute late stay with their own minute, in rows of a later segment.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { CaptureFailure } from '@noroshi/wire/capture/failure.ts';
import { CaptureReader } from '@noroshi/wire/capture/reader.ts';
import type { RowStore } from '@noroshi/wire/flow/row-store.ts';
import { FlowStage, type StageCounters } from '../flow/stage.ts';
import { Tally } from '../flow/tally.ts';
import { Telescope } from '../flow/telescope.ts';
import { type DayExtras, type Outlet, SegmentCutter } from './cutter.ts';
import { DAY_MS, DaySplitter, MINUTE_MS } from './days.ts';
import { type Compression, GroupEncoder } from './flow-file.ts';
import { Listening, type ListeningSize } from './listening.ts';

/** What a feed gives, in this order of time. Times are Unix ms of event time. */
export type FeedPiece =
  /**
   * From then on it listens; nobody did since the last `until`. The first piece is one of these. `size`: on how many addresses,
   * when these are not all of the telescope's. `isAnew`: the clock was wrong before, its times may come again.
   */
  | {
      readonly kind: 'listening';
      readonly from_ms: number;
      readonly size?: ListeningSize;
      readonly isAnew?: boolean;
    }
  /** It listened until then and no longer: minutes pass without anybody listening until the next `listening`. */
  | { readonly kind: 'deaf'; readonly at_ms: number }
  /** The next bytes of one capture in any format; good until the next piece is asked for. Captures go side by side by number. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly stream?: number }
  /** The capture of this number has ended. */
  | { readonly kind: 'ended'; readonly stream: number }
  /** Packets that were lost before anybody could read them, and in which minute. */
  | { readonly kind: 'dropped'; readonly reason: string; readonly packets: number; readonly at_ms: number }
  /** It listened until then, and every packet before that has been given. Live means: this is now. */
  | { readonly kind: 'until'; readonly to_ms: number; readonly isLive: boolean };

export interface FeedOptions {
  /** Prefixes of the telescope: only packets to them are kept, and their size is the exposure. */
  readonly prefixes: readonly string[];
  readonly compression: Compression;
  readonly outlet: Outlet;
  readonly onProgress?: (progress: FeedProgress) => void;
  /** Resolves when the outlet has room for more; asked while the feed tells of the past. */
  readonly room?: () => Promise<void> | undefined;
  /** Makes room in the outlet at any price; called after each live minute. */
  readonly shed?: () => void;
}

export interface FeedProgress {
  readonly counters: StageCounters;
  /** When the feed began to listen; undefined before it did. */
  readonly from_ms: number | undefined;
  /** Everything before has been fed; undefined before the first `until`. */
  readonly to_ms: number | undefined;
  readonly isLive: boolean;
  /** Packets that were lost before anybody could read them. */
  readonly dropped: number;
}

export interface FeedOutcome {
  readonly counters: StageCounters;
  /** Why the capture could not be read on; undefined at its end. */
  readonly failure: CaptureFailure | undefined;
}

/** A live feed has a capture for each interface; a reader's buffer grows for a packet that needs it. */
const READER_BYTES = 256 * 1024;

/** Takes the feed to its end; then everything is in segments. Throws RangeError for prefixes that are none or too large. */
export async function cutFeed(feed: AsyncIterable<FeedPiece>, options: FeedOptions): Promise<FeedOutcome> {
  const cutter = new FeedCutter(options);
  try {
    for await (const piece of feed) {
      cutter.take(piece);
      if (cutter.failure !== undefined) break;
      if (!cutter.isLive) await options.room?.();
      options.onProgress?.(cutter.progress());
      // A feed from the past never waits; without a turn of the event loop nothing could be sent meanwhile.
      await turn();
    }
    return cutter.finish();
  } catch (error) {
    cutter.abandon();
    throw error;
  }
}

class FeedCutter {
  isLive = false;
  private readonly options: FeedOptions;
  private readonly stage: FlowStage;
  private readonly readers = new Map<number, CaptureReader>();
  /** Packets lost, by UTC day and reason, of which no segment has said yet; and all of them. */
  private readonly dropped = new Map<number, Record<string, number>>();
  private droppedCount = 0;
  private readonly cutter: SegmentCutter;
  private readonly listening: Listening;
  private readonly splitter = new DaySplitter();
  private readonly encoder: GroupEncoder;
  private readonly filtered = new Tally();
  private damage: CaptureFailure | undefined;
  private from_ms: number | undefined;
  private to_ms: number | undefined;
  private cut_ms = Number.NEGATIVE_INFINITY;

  constructor(options: FeedOptions) {
    this.options = options;
    const telescope = Telescope.of(options.prefixes);
    if ((telescope.addresses + telescope.networks64) * (DAY_MS / 1000) > Number.MAX_SAFE_INTEGER) {
      throw new RangeError('Cannot listen on so many addresses: a day of them cannot be counted');
    }
    this.encoder = new GroupEncoder(options.compression);
    this.listening = new Listening(telescope);
    this.stage = new FlowStage((store) => this.add(store), { telescope });
    this.cutter = new SegmentCutter(options.outlet, (day) => this.extrasOf(day));
  }

  take(piece: FeedPiece): void {
    switch (piece.kind) {
      case 'bytes':
        this.read(this.readerOf(piece.stream ?? 0), piece.bytes);
        break;
      case 'ended':
        this.end(piece.stream);
        break;
      case 'listening':
        this.start(piece);
        break;
      case 'deaf':
        this.listening.stop(piece.at_ms);
        this.to_ms = Math.max(this.to_ms ?? piece.at_ms, piece.at_ms);
        break;
      case 'dropped':
        this.drop(piece);
        break;
      default:
        this.reach(piece.to_ms, piece.isLive);
    }
  }

  get failure(): CaptureFailure | undefined {
    return this.damage;
  }

  progress(): FeedProgress {
    const { from_ms, to_ms, isLive, droppedCount: dropped } = this;
    return { counters: this.stage.count(), from_ms, to_ms, isLive, dropped };
  }

  finish(): FeedOutcome {
    for (const stream of this.readers.keys()) this.end(stream);
    if (this.to_ms !== undefined) this.cut(this.to_ms);
    return { counters: this.stage.count(), failure: this.failure };
  }

  abandon(): void {
    this.cutter.abandon();
  }

  private readerOf(stream: number): CaptureReader {
    let reader = this.readers.get(stream);
    if (reader === undefined) {
      reader = new CaptureReader(READER_BYTES);
      this.readers.set(stream, reader);
    }
    return reader;
  }

  private read(reader: CaptureReader, bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) {
      const room = reader.room();
      const count = Math.min(room.length, bytes.length - from);
      room.set(bytes.subarray(from, from + count));
      reader.filled(count);
      this.stage.take(reader);
      from += count;
    }
    this.damage ??= reader.failure;
  }

  private end(stream: number): void {
    const reader = this.readers.get(stream);
    if (reader === undefined) return;
    reader.finish();
    this.stage.take(reader);
    this.damage ??= reader.failure;
    this.readers.delete(stream);
  }

  private start({ from_ms, size, isAnew = false }: FeedPiece & { readonly kind: 'listening' }): void {
    if (this.to_ms !== undefined) this.cut(this.to_ms);
    if (isAnew) {
      this.listening.forget();
      this.cut_ms = from_ms;
      this.to_ms = undefined;
    }
    this.listening.start(from_ms, size);
    this.from_ms ??= from_ms;
    this.cut_ms = Math.max(this.cut_ms, from_ms);
  }

  private drop({ reason, packets, at_ms }: FeedPiece & { readonly kind: 'dropped' }): void {
    const day = Math.floor(at_ms / DAY_MS);
    const counts = this.dropped.get(day) ?? {};
    counts[reason] = (counts[reason] ?? 0) + packets;
    this.dropped.set(day, counts);
    this.droppedCount += packets;
  }

  private reach(to_ms: number, isLive: boolean): void {
    this.to_ms = to_ms;
    this.isLive = isLive;
    const minute_ms = Math.floor(to_ms / MINUTE_MS) * MINUTE_MS;
    if (!isLive || minute_ms <= this.cut_ms) return;
    this.cut(minute_ms);
    this.options.shed?.();
  }

  /** Puts everything so far into segments; until then somebody listened. */
  private cut(to_ms: number): void {
    this.cut_ms = Math.max(this.cut_ms, to_ms);
    this.stage.close();
    this.listening.until(to_ms);
    this.drain();
    this.cutter.closeAll([...this.listening.days(), ...this.filtered.days(), ...this.dropped.keys()]);
  }

  private add(rows: RowStore): void {
    for (const { facts, store } of this.splitter.split(rows)) {
      this.cutter.add(this.encoder.encode(store), facts);
      // Everything before the packet that is being taken is in rows. Told behind the rows and day by day, so that no segment
      // says more than its rows and those before it: where it ends, a feed goes on after a restart. A live feed says itself how
      // late it is: a packet whose clock is wrong must not.
      if (!this.isLive) this.listening.until(Math.min(this.stage.minute * MINUTE_MS, (facts.day + 1) * DAY_MS));
    }
  }

  private extrasOf(day: number): DayExtras {
    this.drain();
    const dropped = this.dropped.get(day) ?? {};
    this.dropped.delete(day);
    return { exposure: this.listening.take(day), filtered: { ...this.filtered.takeDay(day) }, dropped };
  }

  private drain(): void {
    this.filtered.append(this.stage.tally.take());
  }
}
