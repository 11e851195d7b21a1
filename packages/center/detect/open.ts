/** The engine as a center runs it: over its store and its ledger, in a thread, with the detectors that were chosen. */
import type { Log } from '@noroshi/kit/log.ts';
import type { Metrics } from '@noroshi/kit/metrics.ts';
import { backoff_ms } from '@noroshi/kit/retry.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Store } from '../store/store.ts';
import type { Detector } from './detector.ts';
import { SOURCE_CLASSES, SOURCE_REASONS } from './detectors/sources/names.ts';
import { TOOLS } from './detectors/sources/tools.ts';
import { Engine } from './engine/engine.ts';
import { STEP_MS, ThreadHost } from './engine/host.ts';
import { sourceOf } from './read/source.ts';

export interface DetectionOptions {
  readonly store: Pick<Store, 'query' | 'read' | 'isStoring' | 'onStored' | 'replaceSourceHour'>;
  readonly ledger: Ledger;
  readonly detectors: readonly Detector[];
  readonly grace_minutes: number;
  readonly history_days: number;
  readonly now_ms: () => number;
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: Metrics;
}

const RETRY = { first_ms: 500, max_ms: 30_000 };

const namesOf = (list: readonly { readonly name: string }[]): string[] => list.map(({ name }) => name);

/** Not started yet. */
export function openEngine({ store, random, ...options }: DetectionOptions): Engine {
  const module = new URL('detectors/index.ts', import.meta.url).href;
  return new Engine({
    ...options,
    source: sourceOf(store),
    thread: new ThreadHost({ module, step_ms: STEP_MS }),
    names: {
      classNames: namesOf(SOURCE_CLASSES),
      reasonNames: namesOf(SOURCE_REASONS),
      toolNames: namesOf(TOOLS),
    },
    pause_ms: (attempt) => backoff_ms(attempt, RETRY, random),
  });
}
