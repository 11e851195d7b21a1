/**
 * Takes segments from the spool to the center: the oldest first, a few at a time. A segment leaves the spool when the center has
 * said that it is durable, or that it will never take it. When the center does not answer, one segment at a time is tried again,
 * later and later; when it does not accept us, nothing is sent until it does.
 */
import type { Log } from '@noroshi/kit/log.ts';
import { backoff_ms, pause } from '@noroshi/kit/retry.ts';
import type { Waiting } from '../spool/spool.ts';
import { type Meaning, meaningOfHead, meaningOfPut } from './answer.ts';
import type { Center } from './center.ts';

/** What the uplink needs of a spool. */
export interface Source {
  readonly sensor: string;
  readonly waiting: number;
  take(): Waiting | undefined;
  giveBack(segment: Waiting): void;
  acknowledge(segment: Waiting): void;
  refuse(segment: Waiting, reason: unknown): void;
  changed(): Promise<void>;
}

export interface UplinkOptions {
  readonly source: Source;
  readonly center: Pick<Center, 'put' | 'head'>;
  readonly log: Log;
  /** Segments on their way at the same time. Default 4. */
  readonly inFlightMax?: number;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  readonly now_ms: () => number;
  /** Default: `pause` of kit/retry.ts. */
  readonly sleep?: (pause_ms: number, signal?: AbortSignal) => Promise<void>;
}

/** What has become of the segments since the start, and how it stands. */
export interface UplinkStatus {
  /** Stored now, or already before. */
  stored: number;
  duplicate: number;
  refused: number;
  bytes: number;
  /** The sentence of the last refusal. */
  refusal: string | undefined;
  /** Why nothing goes at the moment; it changes only with the reason. */
  trouble: string | undefined;
  /** While there is trouble, Unix ms: since when, when the next attempt is due, and until when the center itself asked us to wait. */
  since_ms: number;
  again_ms: number;
  asked_ms: number;
  /** The trouble is that the center does not accept us. */
  isForbidden: boolean;
}

export const IN_FLIGHT_MAX = 4;
const BACKOFF = { first_ms: 500, max_ms: 60_000 };
/** Pause between two questions whether the center accepts us by now. */
const FORBIDDEN_MS = 60_000;

export class Uplink {
  readonly status: UplinkStatus = {
    stored: 0,
    duplicate: 0,
    refused: 0,
    bytes: 0,
    refusal: undefined,
    trouble: undefined,
    since_ms: 0,
    again_ms: 0,
    asked_ms: 0,
    isForbidden: false,
  };
  private readonly options: Required<UplinkOptions>;
  /** Segments of which nobody knows whether the center has them. */
  private readonly doubtful = new Set<number>();
  private readonly inFlight = new Set<Promise<void>>();
  /** Failures in a row. */
  private failures = 0;
  private reason = '';
  private wake: () => void = () => {};
  /** A fault of ours, or of the disk below the spool: it ends {@link run}. */
  private fault: unknown;

  constructor(options: UplinkOptions) {
    this.options = { ...options, inFlightMax: options.inFlightMax ?? IN_FLIGHT_MAX, sleep: options.sleep ?? pause };
  }

  /** Sends until the signal is aborted; resolves when the last connection has ended. Rejects with what the spool throws. */
  async run(signal: AbortSignal): Promise<void> {
    const { source, sleep, now_ms } = this.options;
    const wake = (): void => this.wake();
    signal.addEventListener('abort', wake);
    try {
      while (!signal.aborted && this.fault === undefined) {
        const changed = source.changed();
        const wait_ms = this.status.again_ms - now_ms();
        if (this.inFlight.size === 0 && wait_ms > 0) await sleep(wait_ms, signal).catch(() => {});
        else if (!this.sendOne(signal)) await this.woken(changed);
      }
    } finally {
      signal.removeEventListener('abort', wake);
      await Promise.all(this.inFlight);
    }
    if (this.fault !== undefined) throw this.fault as Error;
  }

  /** Resolves when something may have become possible. */
  private woken(changed: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
      void changed.then(resolve);
    });
  }

  /** False when nothing can be sent now. */
  private sendOne(signal: AbortSignal): boolean {
    const { source, inFlightMax } = this.options;
    if (this.inFlight.size >= (this.failures === 0 ? inFlightMax : 1)) return false;
    const segment = source.take();
    if (segment === undefined) return false;
    const work = this.send(segment, signal)
      .catch((error: unknown) => {
        this.fault ??= error;
      })
      .finally(() => {
        this.inFlight.delete(work);
        this.wake();
      });
    this.inFlight.add(work);
    return true;
  }

  private async send(segment: Waiting, signal: AbortSignal): Promise<void> {
    const meaning = await this.ask(segment, signal);
    const { source, log } = this.options;
    if (meaning.kind === 'stored') {
      this.succeed();
      this.doubtful.delete(segment.sequence);
      this.status[meaning.state]++;
      this.status.bytes += segment.bytes;
      source.acknowledge(segment);
    } else if (meaning.kind === 'refused') {
      this.succeed();
      this.doubtful.delete(segment.sequence);
      this.status.refused++;
      this.status.refusal = meaning.problem.detail;
      const { type, detail } = meaning.problem;
      log.error('refused', 'The center refuses a segment', { sequence: segment.sequence, type, detail });
      source.refuse(segment, meaning.problem);
    } else {
      if (!signal.aborted) this.fail(meaning);
      source.giveBack(segment);
    }
  }

  /** Never rejects. After a broken connection, and while we are not accepted, a question costs less than the file. */
  private async ask(segment: Waiting, signal: AbortSignal): Promise<Meaning> {
    const { source, center, now_ms } = this.options;
    const { sequence } = segment;
    const upload = { ...segment, sensor: source.sensor };
    try {
      if (this.doubtful.has(sequence) || this.status.isForbidden) {
        const meaning = meaningOfHead(await center.head(upload, signal), now_ms());
        if (meaning.kind !== 'absent') return meaning;
      }
      this.doubtful.add(sequence);
      const meaning = meaningOfPut(await center.put(upload, signal), source.sensor, sequence, now_ms());
      // A clear no means that it is not there; everything else leaves it open.
      if (meaning.kind === 'forbidden') this.doubtful.delete(sequence);
      return meaning;
    } catch (error) {
      const sentence = stateOf(error);
      return { kind: 'trouble', sentence, reason: sentence, pause_ms: 0 };
    }
  }

  private succeed(): void {
    if (this.status.trouble !== undefined) this.options.log.info('sending', 'The center takes segments again');
    this.failures = 0;
    Object.assign(this.status, { trouble: undefined, since_ms: 0, again_ms: 0, asked_ms: 0, isForbidden: false });
  }

  private fail(meaning: Meaning): void {
    const { status } = this;
    const { now_ms, random, log } = this.options;
    const isForbidden = meaning.kind === 'forbidden';
    const sentence = meaning.kind === 'trouble' || isForbidden ? meaning.sentence : `unexpected ${meaning.kind}`;
    const reason = meaning.kind === 'trouble' ? meaning.reason : sentence;
    const asked_ms = meaning.kind === 'trouble' ? meaning.pause_ms : 0;
    const pause_ms = isForbidden ? FORBIDDEN_MS : Math.max(asked_ms, backoff_ms(this.failures, BACKOFF, random));
    const now = now_ms();
    // Those that were on their way together fail together: that counts once.
    if (now >= status.again_ms) this.failures++;
    status.again_ms = Math.max(status.again_ms, now + pause_ms);
    if (asked_ms > 0) status.asked_ms = Math.max(status.asked_ms, now + asked_ms);
    if (status.trouble === undefined) status.since_ms = now;
    else if (this.reason === reason && status.isForbidden === isForbidden) return;
    const advice = isForbidden ? '; nothing is sent until it accepts this sensor' : '';
    log.warning(isForbidden ? 'forbidden' : 'trouble', `Cannot send: ${sentence}${advice}`, { pause_ms });
    this.reason = reason;
    status.trouble = sentence;
    status.isForbidden = isForbidden;
  }
}

const STATES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the host’s name cannot be looked up now',
  ETIMEDOUT: 'no answer',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
};

/** Why a connection failed, in words that hold nothing of what was sent. */
export function stateOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const inner = error instanceof AggregateError ? (error.errors as unknown[]).at(-1) : error;
  const code = inner instanceof Error && 'code' in inner && typeof inner.code === 'string' ? inner.code : '';
  return STATES[code] ?? (code === '' ? error.message : `${error.message} (${code})`);
}
