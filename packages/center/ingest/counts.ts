/**
 * Refusals by feed and word since the data directory began, in `refusals.json`. A count that is to last is on the disk before its
 * sender hears of it; the others follow within a second.
 */
import { readFile } from 'node:fs/promises';
import { isDiskFull, writeDurably } from '@noroshi/kit/durable.ts';
import type { Log } from '@noroshi/kit/log.ts';
import { FEEDS, type FeedName } from '@noroshi/wire/api/feed.ts';
import { isRefusalWord, type RefusalWord } from './refusals.ts';

const LATER_MS = 1000;
/** Whom a refusal concerns when nobody knows the sender. */
const NOBODY = 'unknown';
type Whose = FeedName | typeof NOBODY;
const WHOSE: ReadonlySet<string> = new Set([...FEEDS, NOBODY]);

type Counts = Map<Whose, Map<RefusalWord, number>>;

export class RefusalCounts {
  private readonly path: string;
  private readonly log: Log;
  private readonly counts: Counts;
  private isChanged = false;
  private writing: Promise<boolean> | undefined;
  private timer: NodeJS.Timeout | undefined;

  private constructor(path: string, log: Log, counts: Counts) {
    this.path = path;
    this.log = log;
    this.counts = counts;
  }

  /** Reads what was counted before; a file that cannot be understood is set aside in the log and begun anew. */
  static async open(path: string, log: Log): Promise<RefusalCounts> {
    let text = '{}';
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
    const counts = parseCounts(text);
    if (counts === undefined) log.error('counts_unreadable', `Cannot read ${path}: not counts; refusals begin at zero`);
    return new RefusalCounts(path, log, counts ?? (new Map() as Counts));
  }

  /** @param feed whose sensor it is; undefined for strangers */
  add(feed: FeedName | undefined, word: RefusalWord): void {
    const mine = this.counts.get(feed ?? NOBODY) ?? new Map<RefusalWord, number>();
    this.counts.set(feed ?? NOBODY, mine.set(word, (mine.get(word) ?? 0) + 1));
    this.isChanged = true;
    this.timer ??= setTimeout(() => void this.flush(), LATER_MS).unref();
  }

  /** Refusals by word: of one feed, or of all with those of strangers. */
  byWord(feed?: FeedName): Record<string, number> {
    const sums = new Map<string, number>();
    for (const [whose, counts] of this.counts) {
      if (feed !== undefined && whose !== feed) continue;
      for (const [word, count] of counts) sums.set(word, (sums.get(word) ?? 0) + count);
    }
    return Object.fromEntries(sums);
  }

  /** Resolves when everything counted so far is durable, or could not be made so: then the log says why. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    while (this.isChanged || this.writing !== undefined) {
      // One write at a time; whoever waits for it shares the next one.
      this.writing ??= this.write();
      if (await this.writing) continue;
      // The next refusal tries again.
      this.isChanged = true;
      return;
    }
  }

  private async write(): Promise<boolean> {
    this.isChanged = false;
    const json = Object.fromEntries([...this.counts].map(([whose, counts]) => [whose, Object.fromEntries(counts)]));
    try {
      await writeDurably(this.path, `${JSON.stringify(json)}\n`);
      return true;
    } catch (error) {
      const state = isDiskFull(error) ? 'the disk is full' : String(error);
      this.log.error('counts_unwritten', `Cannot write the counts of refusals: ${state}`);
      return false;
    } finally {
      this.writing = undefined;
    }
  }
}

function parseCounts(text: string): Counts | undefined {
  const json = parseJson(text);
  if (!isObject(json)) return undefined;
  const counts = new Map() as Counts;
  for (const [whose, byWord] of Object.entries(json)) {
    if (!WHOSE.has(whose) || !isObject(byWord)) return undefined;
    // A word that this version does not have any more is left out, not an error.
    const known = Object.entries(byWord).flatMap(([word, count]): [RefusalWord, number][] => {
      return isRefusalWord(word) && Number.isSafeInteger(count) ? [[word, Number(count)]] : [];
    });
    counts.set(whose as Whose, new Map(known));
  }
  return counts;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
