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
import { Listening } from './listening.ts';

/** What a feed gives, in this order of time. Times are Unix ms of event time. */
export type FeedPiece =
  /** From then on it listens; nobody did since the last `until`. The first piece is one of these. */
  | { readonly kind: 'listening'; readonly from_ms: number }
  /** The next bytes of one capture in any format; good until the next piece is asked for. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
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
}

export interface FeedOutcome {
  readonly counters: StageCounters;
  /** Why the capture could not be read on; undefined at its end. */
  readonly failure: CaptureFailure | undefined;
}

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
  private readonly reader = new CaptureReader();
  private readonly cutter: SegmentCutter;
  private readonly listening: Listening;
  private readonly splitter = new DaySplitter();
  private readonly encoder: GroupEncoder;
  private readonly filtered = new Tally();
  private hasBytes = false;
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
    if (piece.kind === 'bytes') this.read(piece.bytes);
    else if (piece.kind === 'listening') this.start(piece.from_ms);
    else this.reach(piece.to_ms, piece.isLive);
  }

  get failure(): CaptureFailure | undefined {
    return this.reader.failure;
  }

  progress(): FeedProgress {
    return { counters: this.stage.count(), from_ms: this.from_ms, to_ms: this.to_ms, isLive: this.isLive };
  }

  finish(): FeedOutcome {
    if (this.hasBytes) {
      this.reader.finish();
      this.stage.take(this.reader);
    }
    if (this.to_ms !== undefined) this.cut(this.to_ms);
    return { counters: this.stage.count(), failure: this.failure };
  }

  abandon(): void {
    this.cutter.abandon();
  }

  private read(bytes: Uint8Array): void {
    this.hasBytes = true;
    for (let from = 0; from < bytes.length; ) {
      const room = this.reader.room();
      const count = Math.min(room.length, bytes.length - from);
      room.set(bytes.subarray(from, from + count));
      this.reader.filled(count);
      this.stage.take(this.reader);
      from += count;
    }
  }

  private start(from_ms: number): void {
    if (this.to_ms !== undefined) this.cut(this.to_ms);
    this.listening.start(from_ms);
    this.from_ms ??= from_ms;
    this.cut_ms = Math.max(this.cut_ms, from_ms);
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
    this.cutter.closeAll([...this.listening.days(), ...this.filtered.days()]);
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
    return { exposure: this.listening.take(day), filtered: { ...this.filtered.takeDay(day) }, dropped: {} };
  }

  private drain(): void {
    this.filtered.append(this.stage.tally.take());
  }
}
