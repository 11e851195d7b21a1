/** Trying again, later each time. Randomness and waiting are arguments. */
import { setTimeout as wait } from 'node:timers/promises';

export interface Backoff {
  /** Longest first pause. */
  readonly first_ms: number;
  /** No pause is longer. */
  readonly max_ms: number;
}

export interface RetryOptions extends Backoff {
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  /** Attempts in all; default without end. */
  readonly attemptsMax?: number;
  /** Ends the waiting; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Whether this failure may pass by itself; default always. */
  readonly isPassing?: (error: unknown) => boolean;
  /** Called before each pause. */
  readonly onFailure?: (error: unknown, attempt: number, pause_ms: number) => void;
  /** Default: `pause` on the real clock. */
  readonly sleep?: (pause_ms: number, signal?: AbortSignal) => Promise<void>;
}

/**
 * The pause behind attempt `attempt` (from 0): it doubles up to `max_ms`, and a random part of its second half is taken off, so
 * that those who failed together do not come back together.
 */
export function backoff_ms(attempt: number, { first_ms, max_ms }: Backoff, random: () => number): number {
  const whole_ms = Math.min(max_ms, first_ms * 2 ** Math.min(attempt, 52));
  return Math.round(whole_ms * (1 - random() / 2));
}

/** Waits; rejects with the signal's reason as soon as it is aborted. */
export async function pause(pause_ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  try {
    await wait(pause_ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/** `action`'s first success. Throws its last failure when that is not a passing one or the attempts are used up. */
export async function retry<T>(action: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const { attemptsMax = Infinity, signal, isPassing = () => true, onFailure, sleep = pause } = options;
  for (let attempt = 0; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await action(attempt);
    } catch (error) {
      if (attempt + 1 >= attemptsMax || signal?.aborted === true || !isPassing(error)) throw error;
      const pause_ms = backoff_ms(attempt, options, options.random);
      onFailure?.(error, attempt, pause_ms);
      await sleep(pause_ms, signal);
    }
  }
}
