/** What the engine remembers of a feed from one start to the next, as one text in the ledger: there whole or not at all. */
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import type { Interval } from './intervals.ts';
import type { Progress } from './plan.ts';
import type { HourCounts } from './receipts.ts';

export interface Memo {
  /** Segments that progress takes into account. */
  readonly hours: HourCounts;
  /** By `id@version`. */
  readonly detectors: Readonly<Record<string, Progress>>;
}

/** Ranges that are remembered of a detector; with more, what lies between them is answered again too. */
export const TODO_MAX = 500;
const VERSION = 1;

export const memoKey = (feed: FeedName): string => `engine/${feed}`;

export function writeMemo({ hours, detectors }: Memo): string {
  const kept: Record<string, Progress> = {};
  for (const [name, progress] of Object.entries(detectors)) {
    const { todo } = progress;
    const all = [{ from_ms: todo[0]?.from_ms, to_ms: todo.at(-1)?.to_ms ?? 0 }];
    kept[name] = todo.length <= TODO_MAX ? progress : { ...progress, todo: all };
  }
  return JSON.stringify({ version: VERSION, hours, detectors: kept });
}

/** Undefined for what is no memo, also of another version: then everything is answered again. */
export function readMemo(text: string | undefined): Memo | undefined {
  if (text === undefined) return undefined;
  try {
    const { version, hours, detectors } = JSON.parse(text) as Memo & { readonly version: number };
    const isOne = version === VERSION && isRecord(hours) && isRecord(detectors);
    return isOne && Object.values(detectors).every(isProgress) ? { hours, detectors } : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isProgress(value: unknown): value is Progress {
  if (!isRecord(value)) return false;
  const { to_ms, todo, is_settled } = value;
  return (
    Number.isSafeInteger(to_ms) && typeof is_settled === 'boolean' && Array.isArray(todo) && todo.every(isInterval)
  );
}

function isInterval(value: unknown): value is Interval {
  return isRecord(value) && Number.isSafeInteger(value.from_ms) && Number.isSafeInteger(value.to_ms);
}
