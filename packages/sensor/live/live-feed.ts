/**
 * What the ports of a sensor hear, as one feed. Minutes are kept apart: packets of the next minute wait until this one is over, so
 * that a minute's rows lie in one segment; within a minute the interfaces' packets come as they come, which changes no row.
 *
 * A minute is over when every program has given a packet of a later one, at the latest {@link SETTLE_MS} behind its end: the kernel
 * hands packets on after a second.
 *
 * When the wall clock steps, no moment counts twice. Forward, the time in between is a gap. Back by a little, nobody listens until
 * the clock is where it was, and packets of that time are dropped as `clock`. Back by much, the clock was wrong before: times count
 * again from now on.
 */
import type { Log } from '@noroshi/kit/log.ts';
import { MINUTE_MS } from '../segment/days.ts';
import type { FeedPiece } from '../segment/feed.ts';
import type { ListeningSize } from '../segment/listening.ts';
import { sizeOf } from './filter.ts';
import type { Port, Stream } from './port.ts';
import { type Clock, type Step, StepWatch } from './step-watch.ts';

/** Longest wait for packets of a minute that is over, and the longest when they keep coming. */
export const SETTLE_MS = 2500;
const SETTLE_BUSY_MS = 4000;
/** Packets of the next minute that wait, in bytes; beyond, the minute is closed early, and who comes late is late. */
export const HELD_BYTES_MAX = 8 * 1024 * 1024;
/** A clock that goes back further was wrong before. */
export const STEP_BACK_MS_MAX = 10 * MINUTE_MS;
/** Links, programs and clock are looked at this often, and programs asked for their counters. */
const LOOK_MS = 250;
const ASK_MS = 1000;
/** Runs taken of one program before the others have their turn. */
const RUNS_AT_ONCE = 32;

/** What the feed has met; grows only. */
export interface LiveCounts {
  /** Packets given on. */
  packets: number;
  /** Packets lost, by reason. */
  readonly dropped: Record<string, number>;
  clockSteps: number;
}

/** Gets every packet as it came. */
export interface Tape {
  write(stream: Stream, port: Port, header: Uint8Array, records: Uint8Array, minute_ms: number): void;
  /** Nothing more comes of this stream. */
  end(stream: Stream): void;
}

export interface LiveFeedOptions {
  readonly ports: readonly Port[];
  readonly clock: Clock;
  readonly log: Log;
  readonly tape?: Tape | undefined;
  /** Resolves when a program has something, or after this time. */
  readonly wait: (pause_ms: number) => Promise<void>;
}

export class LiveFeed {
  readonly counts: LiveCounts = { packets: 0, dropped: {}, clockSteps: 0 };
  private readonly options: LiveFeedOptions;
  private readonly watch: StepWatch;
  private readonly begun = new Set<Stream>();
  private readonly leftOut = new Map<Stream, number>();
  private readonly lost = new Map<string, number>();
  /** End of the minute whose packets are being given. */
  private boundary_ms = 0;
  /** Times before have been told; -Infinity while the clock goes forward. */
  private covered_ms = Number.NEGATIVE_INFINITY;
  private isAnew = false;
  /** Until then, by the monotonic clock, packets may still come with times of a clock that was wrong. */
  private oddUntil_ms = Number.NEGATIVE_INFINITY;
  /** On how many addresses it was last said to listen; undefined: on none. */
  private told: ListeningSize | undefined;
  private key = '';
  private looked_ms = Number.NEGATIVE_INFINITY;
  private asked_ms = Number.NEGATIVE_INFINITY;
  private hasMore = false;

  constructor(options: LiveFeedOptions) {
    this.options = options;
    this.watch = new StepWatch(options.clock);
  }

  /**
   * Ends, with everything that was captured, when the signal is aborted.
   * @param resume_ms until when segments of an earlier process say that somebody listened
   */
  async *pieces(resume_ms: number | undefined, signal: AbortSignal): AsyncGenerator<FeedPiece, void, void> {
    const { ports, clock, wait } = this.options;
    const start_ms = clock.now_ms();
    this.boundary_ms = nextMinute(start_ms);
    // Live from the beginning: a spool that is full keeps nobody from capturing.
    yield { kind: 'until', to_ms: start_ms, isLive: true };
    if (resume_ms !== undefined && resume_ms > start_ms) this.stepBack({ before_ms: resume_ms, after_ms: start_ms });
    while (!signal.aborted) {
      yield* this.round();
      if (!this.hasMore) await wait(LOOK_MS);
    }
    const stop_ms = clock.now_ms();
    const stopping = new AbortController();
    void Promise.all(ports.map((port) => port.stop())).finally(() => stopping.abort());
    while (!stopping.signal.aborted) {
      yield* this.flow();
      await wait(LOOK_MS);
    }
    yield* this.finish(stop_ms);
  }

  private *round(): Generator<FeedPiece, void, void> {
    const { ports, clock } = this.options;
    const monotonic_ms = clock.monotonic_ms();
    if (monotonic_ms - this.looked_ms >= LOOK_MS) {
      this.looked_ms = monotonic_ms;
      const step = this.watch.look();
      if (step !== undefined) yield* this.step(step);
      for (const port of ports) port.look();
      yield* this.listen(clock.now_ms());
    }
    if (monotonic_ms - this.asked_ms >= ASK_MS) {
      this.asked_ms = monotonic_ms;
      for (const { streams } of ports) streams.at(-1)?.child.ask();
    }
    yield* this.flow();
    if (this.isMinuteOver(clock.now_ms())) yield* this.closeMinute();
  }

  /** Says when the addresses that are listened on have changed. */
  private *listen(now_ms: number): Generator<FeedPiece, void, void> {
    const { ports } = this.options;
    const key = ports.map(({ isListening }) => (isListening ? '1' : '0')).join('');
    if (key === this.key) return;
    this.key = key;
    const size = sizeOf(heardPrefixes(ports));
    const before = this.told;
    this.told = size.addresses + size.networks64 === 0 ? undefined : size;
    const at_ms = Math.max(now_ms, this.covered_ms);
    if (this.told === undefined) {
      if (before !== undefined) yield { kind: 'deaf', at_ms };
      return;
    }
    if (before !== undefined) yield { kind: 'until', to_ms: at_ms, isLive: true };
    yield this.listening(at_ms, this.told);
  }

  private listening(from_ms: number, size: ListeningSize): FeedPiece {
    const { isAnew } = this;
    this.isAnew = false;
    return { kind: 'listening', from_ms, size, isAnew };
  }

  private *step(step: Step): Generator<FeedPiece, void, void> {
    const { log } = this.options;
    const { before_ms, after_ms } = step;
    const step_s = Math.round((after_ms - before_ms) / 1000);
    const end_ms = Math.max(before_ms, this.covered_ms);
    this.counts.clockSteps++;
    if (this.told !== undefined) yield { kind: 'until', to_ms: end_ms, isLive: true };
    if (after_ms >= this.covered_ms && after_ms > before_ms) {
      log.warning('clock_step', 'The clock has stepped forward: the time in between counts as not listening', {
        step_s,
      });
      this.boundary_ms = nextMinute(after_ms);
    } else this.stepBack({ before_ms: end_ms, after_ms });
    if (this.told !== undefined) yield this.listening(Math.max(after_ms, this.covered_ms), this.told);
  }

  private stepBack({ before_ms, after_ms }: Step): void {
    const { log } = this.options;
    const step_s = Math.round((after_ms - before_ms) / 1000);
    if (before_ms - after_ms <= STEP_BACK_MS_MAX) {
      const message = 'The clock has stepped back: nothing counts until it is where it was';
      log.warning('clock_step', message, { step_s });
      this.covered_ms = before_ms;
      this.boundary_ms = nextMinute(before_ms);
      return;
    }
    log.error('clock_step', 'The clock has stepped back far: it was wrong before, and times count again', { step_s });
    this.covered_ms = Number.NEGATIVE_INFINITY;
    this.isAnew = true;
    this.oddUntil_ms = this.options.clock.monotonic_ms() + SETTLE_MS;
    this.boundary_ms = nextMinute(after_ms);
  }

  /** Gives on what has come of this minute. */
  private *flow(end_ms = this.boundary_ms): Generator<FeedPiece, void, void> {
    const isOdd = this.options.clock.monotonic_ms() < this.oddUntil_ms;
    const until_ms = isOdd ? Number.POSITIVE_INFINITY : end_ms;
    this.hasMore = false;
    for (const port of this.options.ports) {
      for (const stream of port.streams.slice()) yield* this.flowOf(port, stream, until_ms);
    }
  }

  private *flowOf(port: Port, stream: Stream, until_ms: number): Generator<FeedPiece, void, void> {
    const { child, number } = stream;
    const { runs } = child;
    runs.leaveOutBefore_ms = this.covered_ms;
    for (let count = 0; ; count++) {
      // Of a program that has ended no more can come.
      if (count === RUNS_AT_ONCE && child.state !== 'ended') {
        this.hasMore = true;
        break;
      }
      const run = runs.next(until_ms);
      const { header } = runs;
      if (run === undefined || header === undefined) break;
      if (!this.begun.has(stream)) {
        this.begun.add(stream);
        yield { kind: 'bytes', bytes: header, stream: number };
      }
      this.counts.packets += run.packets;
      this.options.tape?.write(stream, port, header, run.bytes, this.boundary_ms - MINUTE_MS);
      yield { kind: 'bytes', bytes: run.bytes, stream: number };
    }
    child.resume();
    if (child.state === 'ended' && !this.hasMore && !runs.isPast(until_ms)) yield* this.end(port, stream);
    else this.noteLost(stream);
  }

  private *end(port: Port, stream: Stream): Generator<FeedPiece, void, void> {
    stream.child.runs.discard();
    this.noteLost(stream);
    this.leftOut.delete(stream);
    port.streams.splice(port.streams.indexOf(stream), 1);
    this.options.tape?.end(stream);
    if (this.begun.delete(stream)) yield { kind: 'ended', stream: stream.number };
  }

  private noteLost(stream: Stream): void {
    const { leftOut } = stream.child.runs;
    const clock = leftOut - (this.leftOut.get(stream) ?? 0);
    this.leftOut.set(stream, leftOut);
    for (const [reason, packets] of Object.entries({ ...stream.takeLost(), clock })) {
      if (packets > 0) this.lost.set(reason, (this.lost.get(reason) ?? 0) + packets);
    }
  }

  private isMinuteOver(now_ms: number): boolean {
    const { boundary_ms } = this;
    const streams = this.options.ports.flatMap((port) => port.streams);
    const held = streams.reduce((bytes, { child }) => bytes + child.runs.bytes, 0);
    if (!this.hasMore && held > HELD_BYTES_MAX) return true;
    if (now_ms < boundary_ms) return false;
    if (now_ms >= boundary_ms + SETTLE_BUSY_MS) return true;
    if (this.hasMore) return false;
    const isPast = streams.length > 0 && streams.every(({ child }) => child.runs.isPast(boundary_ms));
    return isPast || now_ms >= boundary_ms + SETTLE_MS;
  }

  private *closeMinute(): Generator<FeedPiece, void, void> {
    const { boundary_ms } = this;
    yield* this.tellLost(boundary_ms - 1);
    yield { kind: 'until', to_ms: boundary_ms, isLive: true };
    if (boundary_ms > this.covered_ms) this.covered_ms = Number.NEGATIVE_INFINITY;
    this.boundary_ms = boundary_ms + MINUTE_MS;
  }

  private *tellLost(at_ms: number): Generator<FeedPiece, void, void> {
    const { dropped } = this.counts;
    for (const [reason, packets] of this.lost) {
      dropped[reason] = (dropped[reason] ?? 0) + packets;
      yield { kind: 'dropped', reason, packets, at_ms };
    }
    this.lost.clear();
  }

  private *finish(stop_ms: number): Generator<FeedPiece, void, void> {
    while (this.boundary_ms <= stop_ms) {
      yield* this.flow();
      if (!this.hasMore) yield* this.closeMinute();
    }
    yield* this.flow(Number.POSITIVE_INFINITY);
    yield* this.tellLost(Math.max(stop_ms, this.covered_ms));
    if (this.told !== undefined) yield { kind: 'until', to_ms: Math.max(stop_ms, this.covered_ms), isLive: true };
  }
}

/** Prefixes of which everything that comes is heard: each interface that has them listens. */
function heardPrefixes(ports: readonly Port[]): string[] {
  const all = new Set(ports.flatMap(({ prefixes }) => prefixes));
  return [...all].filter((prefix) => ports.every((port) => port.isListening || !port.prefixes.includes(prefix)));
}

function nextMinute(time_ms: number): number {
  return (Math.floor(time_ms / MINUTE_MS) + 1) * MINUTE_MS;
}
