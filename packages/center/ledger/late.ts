/**
 * A ledger that is opened while the center runs already: until then whoever asks is told that it is away. A center in front of a
 * server need not wait for it, and a new embedded one takes its time.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { LedgerError } from './error.ts';
import type { Ledger } from './ledger.ts';

export interface LateLedger {
  readonly ledger: Ledger;
  /** Resolves when the ledger is open; rejects when it cannot be opened, now or ever, or `signal` was aborted. */
  readonly opened: Promise<void>;
}

export interface LateLedgerOptions {
  readonly open: () => Promise<Ledger>;
  /** How long to wait before the next attempt. */
  readonly pause_ms: (attempt: number) => number;
  /** Told of every attempt that failed and is made again. */
  readonly onFailure: (error: LedgerError) => void;
  readonly signal: AbortSignal;
}

export function openLateLedger(options: LateLedgerOptions): LateLedger {
  let open: Ledger | undefined;
  const here = (): Ledger => {
    if (open === undefined) throw new LedgerError('unreachable', 'Cannot reach the ledger: it was not there yet');
    return open;
  };
  const opened = (async () => {
    open = await keepTrying(options);
  })();
  const ledger: Ledger = {
    record: async (report) => here().record(report),
    findings: async (query) => here().findings(query),
    finding: async (id) => here().finding(id),
    history: async (id) => here().history(id),
    sightings: async (id) => here().sightings(id),
    decide: async (id, decision) => here().decide(id, decision),
    memory: async (key) => here().memory(key),
    remember: async (key, value) => here().remember(key, value),
    expire: async (feed, watermark_ms, at_ms) => here().expire(feed, watermark_ms, at_ms),
    // One that is being opened is closed when it is open.
    close: async () => {
      await opened.catch(() => {});
      await open?.close();
    },
  };
  return { ledger, opened };
}

/** A server that does not answer may come back; one that refuses us will go on doing so. */
async function keepTrying({ open, pause_ms, onFailure, signal }: LateLedgerOptions): Promise<Ledger> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await open();
    } catch (error) {
      const isPassing = error instanceof LedgerError && (error.kind === 'unreachable' || error.kind === 'timeout');
      if (!isPassing || signal.aborted) throw error;
      onFailure(error);
      await sleep(pause_ms(attempt), undefined, { signal });
    }
  }
}
