/**
 * The sensor process: packets → segments → spool → center.
 *
 * {@link runSensor} lives with a feed: it closes a segment a minute, keeps what the center does not take yet, and goes on after a
 * restart where it ended. {@link runReplay} takes captures through the same path in their own time and ends when the center has
 * everything.
 */
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { Log } from '@noroshi/kit/log.ts';
import type { CaptureFailure } from '@noroshi/wire/capture/failure.ts';
import type { Progress } from './flow/inline.ts';
import { emptyCounters } from './flow/stage.ts';
import { type CaptureOptions, type CaptureOutcome, cutCaptures } from './segment/captures.ts';
import { cutFeed, type FeedPiece, type FeedProgress } from './segment/feed.ts';
import type { Compression } from './segment/flow-file.ts';
import { Spool, type SpoolOptions } from './spool/spool.ts';
import { type Meaning, meaningOfHead } from './uplink/answer.ts';
import { Center, type CenterOptions } from './uplink/center.ts';
import { IN_FLIGHT_MAX, stateOf, Uplink, type UplinkStatus } from './uplink/uplink.ts';

export type { FeedPiece } from './segment/feed.ts';

/** Where segments go. */
export type CenterAddress = Pick<CenterOptions, 'url' | 'token' | 'certificate' | 'key' | 'authority'>;

interface Common {
  /** Name of the sensor: a letter, then letters, digits and hyphens, lower case, at most 63. */
  readonly sensor: string;
  readonly center: CenterAddress;
  readonly spool: Pick<SpoolOptions, 'folder' | 'bytesMax' | 'filesMax' | 'freeBytesMin' | 'reportsRefused'>;
  readonly compression: Compression;
  readonly log: Log;
  /** Aborted: stop in order. */
  readonly signal: AbortSignal;
}

export interface SensorOptions extends Common {
  readonly prefixes: readonly string[];
  /**
   * The packets, from a moment on when it is known until when everything is in segments. The feed ends by itself when the signal
   * is aborted, behind a last `until`.
   */
  readonly feed: (resume_ms: number | undefined, signal: AbortSignal) => AsyncIterable<FeedPiece>;
  readonly onProgress?: (progress: SensorProgress) => void;
  /**
   * How long the end waits for the center to take what is left; default 5 s. It stays in the spool otherwise, and at once when the
   * center does not answer or does not want it.
   */
  readonly drain_ms?: number;
}

export interface SensorProgress extends FeedProgress {
  /** Segments there have ever been, those that wait, and their bytes. */
  readonly segments: number;
  readonly waiting: number;
  readonly waiting_bytes: number;
  readonly status: Readonly<UplinkStatus>;
}

const DRAIN_MS = 5000;
/** A connection on which nothing moves for so long is given up; a center may take this long to store a large segment. */
const SILENCE_MS = 120_000;

/** How often progress is told while nothing but the center moves. */
const PROGRESS_MS = 500;

/** Runs until the feed ends. Throws the file system's errors; a center that does not answer is none. */
export async function runSensor(options: SensorOptions): Promise<{ readonly failure: CaptureFailure | undefined }> {
  const post = new Post(options);
  const { spool } = post;
  let fed: FeedProgress = {
    counters: emptyCounters(),
    from_ms: undefined,
    to_ms: undefined,
    isLive: false,
    dropped: 0,
  };
  const report = (): void => {
    const { nextSequence: segments, waiting, bytes: waiting_bytes } = spool;
    options.onProgress?.({ ...fed, segments, waiting, waiting_bytes, status: post.status });
  };
  const timer = setInterval(report, PROGRESS_MS);
  try {
    const work = cutFeed(options.feed(spool.coveredTo_ms, options.signal), {
      prefixes: options.prefixes,
      compression: options.compression,
      outlet: spool,
      room: () => spool.room(options.signal),
      shed: () => spool.shed(),
      onProgress: (progress) => {
        fed = progress;
      },
    });
    const { failure } = await Promise.race([work, post.broken]);
    await post.drainedOrStuck(options.drain_ms ?? DRAIN_MS);
    return { failure };
  } finally {
    clearInterval(timer);
    report();
    await post.close();
  }
}

export interface ReplayOptions extends Common, Pick<CaptureOptions, 'paths' | 'workers' | 'prefixes'> {
  /** Called twice a second, and whenever a little more was read; what it throws ends the replay. */
  readonly onProgress?: (progress: ReplayProgress) => void;
  /** A center that takes nothing for so long, without asking for more time itself, is given up; default one minute. */
  readonly patience_ms?: number;
}

/** How far reading is, how many segments that gave, and what became of them. */
export interface ReplayProgress extends Progress {
  readonly segments: number;
  readonly status: Readonly<UplinkStatus>;
}

export interface ReplayOutcome extends CaptureOutcome {
  readonly segments: number;
  readonly status: Readonly<UplinkStatus>;
}

/** The center does not answer, does not accept us, or does not want what is sent. */
export class CenterError extends Error {
  override readonly name = 'CenterError';
  readonly kind: 'unreachable' | 'forbidden' | 'refused';

  constructor(kind: CenterError['kind'], sentence: string) {
    super(sentence);
    this.kind = kind;
  }
}

const PATIENCE_MS = 60_000;
const WATCH_MS = 100;

/** Throws CenterError, the file system's errors, and the signal's reason. */
export async function runReplay(options: ReplayOptions): Promise<ReplayOutcome> {
  // A replay ends with its first refused segment; the others must be those of the next attempt, whatever came of this one.
  const post = new Post({ ...options, spool: { ...options.spool, reportsRefused: false } });
  const { spool, status } = post;
  const over = new AbortController();
  const signal = AbortSignal.any([options.signal, over.signal]);
  let read: Progress = { packets: 0, bytesRead: 0, bytesTotal: undefined };
  const report = (): void => options.onProgress?.({ ...read, segments: spool.nextSequence, status });
  const timer = setInterval(() => {
    try {
      report();
    } catch (error) {
      over.abort(error);
    }
  }, PROGRESS_MS);
  try {
    await post.knock(signal);
    const watching = post
      .watch(options.patience_ms ?? PATIENCE_MS, signal)
      .catch((error: unknown) => over.abort(error));
    const work = cutCaptures({
      ...options,
      outlet: spool,
      room: () => spool.room(signal),
      onProgress: (progress) => {
        signal.throwIfAborted();
        read = progress;
        report();
      },
    });
    // Standard input may never give another byte: the work is not waited for when the center has failed.
    const outcome = await Promise.race([work, aborted(signal), post.broken]);
    await Promise.race([post.drained(signal), post.broken]);
    signal.throwIfAborted();
    post.check();
    over.abort();
    await watching;
    return { ...outcome, segments: spool.nextSequence, status };
  } finally {
    clearInterval(timer);
    over.abort();
    await post.close();
  }
}

/** Rejects with the signal's reason when it is aborted. */
async function aborted(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort');
  throw signal.reason;
}

/** Spool and uplink, which belong together. */
class Post {
  readonly spool: Spool;
  private readonly center: Center;
  private readonly uplink: Uplink;
  private readonly stop = new AbortController();
  private readonly sending: Promise<void>;
  /** Rejects when sending broke down, with what the file system said. */
  readonly broken: Promise<never>;
  private readonly url: string;

  constructor({ sensor, center, spool, log }: Common) {
    this.url = center.url;
    this.center = new Center({ ...center, connectionsMax: IN_FLIGHT_MAX, silence_ms: SILENCE_MS, now_ms: Date.now });
    this.spool = new Spool({ ...spool, sensor, log: log.named('spool') });
    this.uplink = new Uplink({
      source: this.spool,
      center: this.center,
      log: log.named('uplink'),
      random: Math.random,
      now_ms: Date.now,
    });
    this.sending = this.uplink.run(this.stop.signal);
    this.broken = this.sending.then(() => new Promise<never>(() => {}));
    // Whoever waits for it hears of it; when nobody does that is no fault.
    this.broken.catch(() => {});
  }

  get status(): Readonly<UplinkStatus> {
    return this.uplink.status;
  }

  /** Throws CenterError when the center does not answer or does not accept us. */
  async knock(signal: AbortSignal): Promise<void> {
    const { sensor } = this.spool;
    let meaning: Meaning;
    try {
      const answer = await this.center.head({ sensor, sequence: 0 }, signal);
      meaning = meaningOfHead(answer, Date.now());
    } catch (error) {
      signal.throwIfAborted();
      throw this.error('unreachable', stateOf(error));
    }
    if (meaning.kind === 'forbidden') throw this.error('forbidden', meaning.sentence);
    if (meaning.kind === 'trouble') throw this.error('unreachable', meaning.sentence);
  }

  /** Throws CenterError when the center refuses something or takes nothing for too long; returns when nobody wants to know. */
  async watch(patience_ms: number, signal: AbortSignal): Promise<void> {
    for (let since_ms = Date.now(), before = -1; !signal.aborted; ) {
      const { stored, duplicate, trouble, asked_ms } = this.status;
      if (trouble === undefined || stored + duplicate !== before) since_ms = Date.now();
      since_ms = Math.max(since_ms, asked_ms);
      before = stored + duplicate;
      this.check();
      if (trouble !== undefined && Date.now() - since_ms > patience_ms) throw this.error('unreachable', trouble);
      await wait(WATCH_MS, undefined, { signal }).catch(() => {});
    }
  }

  /** Throws CenterError when the center does not want what we send, or us. */
  check(): void {
    const { trouble, isForbidden, refusal } = this.status;
    if (refusal !== undefined) throw this.error('refused', refusal);
    if (trouble !== undefined && isForbidden) throw this.error('forbidden', trouble);
  }

  /** Resolves when nothing waits any more, or the signal is aborted. */
  async drained(signal: AbortSignal): Promise<void> {
    const end = aborted(signal).catch(() => {});
    while (this.spool.waiting > 0 && !signal.aborted) await Promise.race([this.spool.changed(), end]);
  }

  /** Resolves when nothing waits any more, the center is in trouble, or the time is over. */
  async drainedOrStuck(within_ms: number): Promise<void> {
    const over = AbortSignal.timeout(within_ms);
    while (this.spool.waiting > 0 && this.status.trouble === undefined && !over.aborted) {
      await Promise.race([this.spool.changed(), wait(WATCH_MS)]);
    }
  }

  async close(): Promise<void> {
    this.stop.abort();
    // A fault of it has come out by `broken`.
    await this.sending.catch(() => {});
    this.center.close();
    this.spool.close();
  }

  private error(kind: CenterError['kind'], state: string): CenterError {
    const action = kind === 'unreachable' ? 'Cannot reach the center at' : 'Cannot send to the center at';
    return new CenterError(kind, `${action} ${this.url}: ${state}`);
  }
}
