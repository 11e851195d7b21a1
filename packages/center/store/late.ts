/**
 * A store that is opened while the center runs already: until then everything that needs the database says that it is away. A
 * center in front of a server need not wait for it, and need not be started again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError } from './error.ts';
import type { Store, StoredNotice } from './store.ts';

export interface LateStore {
  readonly store: Store;
  /** Resolves when the store is open; rejects when it cannot be opened, now or ever, or `signal` was aborted. */
  readonly opened: Promise<void>;
}

export interface LateOptions {
  readonly open: () => Promise<Store>;
  readonly offset_minutes: number;
  /** How long to wait before the next attempt. */
  readonly pause_ms: (attempt: number) => number;
  /** Told of every attempt that failed. */
  readonly onFailure: (error: StoreError) => void;
  readonly signal: AbortSignal;
}

export function openLate(options: LateOptions): LateStore {
  const listeners = new Set<(notice: StoredNotice) => void>();
  let open: Store | undefined;
  const here = (): Store => {
    if (open === undefined) throw new StoreError('unreachable', 'Cannot reach the database: it was not there yet');
    return open;
  };
  const opened = (async () => {
    open = await keepTrying(options);
    open.onStored((notice) => {
      for (const listener of listeners) listener(notice);
    });
  })();
  const store: Store = {
    offset_minutes: options.offset_minutes,
    get versions() {
      return open?.versions ?? { country: '', asn: '', scanners: '' };
    },
    get isStoring() {
      return open?.isStoring ?? false;
    },
    query: async (sql, params) => here().query(sql, params),
    read: async (sql, params) => here().read(sql, params),
    replaceSourceHour: async (hour) => here().replaceSourceHour(hour),
    addSegment: async (insert) => here().addSegment(insert),
    receipt: async (sensor, sequence) => here().receipt(sensor, sequence),
    loadTables: async (tables) => here().loadTables(tables),
    version: (feed, day) => open?.version(feed, day) ?? 0,
    dropFlowsBefore: async (day) => here().dropFlowsBefore(day),
    onStored(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    end: () => open?.end(),
    close: async () => open?.close(),
  };
  return { store, opened };
}

/** An unreachable server may come back; one that refuses us will go on doing so. */
async function keepTrying({ open, pause_ms, onFailure, signal }: LateOptions): Promise<Store> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await open();
    } catch (error) {
      const isPassing = error instanceof StoreError && (error.kind === 'unreachable' || error.kind === 'timeout');
      if (!isPassing || signal.aborted) throw error;
      onFailure(error);
      await sleep(pause_ms(attempt), undefined, { signal });
    }
  }
}
