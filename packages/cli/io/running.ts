/** Verbs that run until somebody stops them. */
import { Interrupted } from './exit.ts';
import type { Io } from './io.ts';

/** Starts something that can be stopped; when the user does not want to wait, it is stopped as soon as it has started. */
export async function startOrStop<T extends { stop(reason: string): Promise<void> }>(
  io: Io,
  start: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const leaving = new AbortController();
  const starting = start(leaving.signal);
  try {
    return await io.interrupt.orStop(starting);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    leaving.abort();
    const started = await starting.catch(() => undefined);
    await started?.stop('asked to');
    throw error;
  }
}

/** Resolves at Ctrl-C or SIGTERM. */
export async function untilStopped(io: Io): Promise<void> {
  try {
    await io.interrupt.orStop(new Promise<never>(() => {}));
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
  }
}
