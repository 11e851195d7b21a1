/**
 * Refused segments of known sensors, kept for a person to look at:
 *
 *   00000012-tokyo-1-345-wrong_rows-0f1e2d3c4b5a6978.parquet     the original, byte for byte
 *   00000012-tokyo-1-345-wrong_rows-0f1e2d3c4b5a6978.json        why, when, whose
 *
 * Numbers grow by one a file, whatever the clock does. Bounded in bytes and files: the oldest give way, counted. The same file
 * refused again for the same reason is not kept twice.
 */
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder, writeDurably } from '@noroshi/kit/durable.ts';
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import type { RefusalWord } from './refusals.ts';

export interface QuarantineNote {
  readonly word: RefusalWord;
  readonly detail: string;
  readonly sensor: string;
  readonly feed: FeedName;
  readonly sequence: number;
  /** SHA-256 of the file, hex. */
  readonly digest: string;
  readonly refused_at_ms: number;
}

export interface QuarantineLimits {
  readonly bytesMax: number;
  readonly filesMax: number;
}

interface Kept {
  /** File name without ending. */
  readonly name: string;
  readonly number: number;
  /** What it is, whenever it was kept. */
  readonly what: string;
  readonly bytes: number;
}

const NAME = /^(\d{8,15})-([a-z0-9_-]+)\.parquet$/;
const DIGEST_CHARS = 16;

export class Quarantine {
  /** Files that gave way to newer ones. */
  dropped = 0;
  private readonly folder: string;
  private readonly limits: QuarantineLimits;
  /** Oldest first. */
  private readonly kept: Kept[];
  private last: Promise<unknown> = Promise.resolve();

  private constructor(folder: string, limits: QuarantineLimits, kept: Kept[]) {
    this.folder = folder;
    this.limits = limits;
    this.kept = kept;
  }

  /** Makes the folder where it is missing. Files that are not ours are left alone. */
  static async open(folder: string, limits: QuarantineLimits): Promise<Quarantine> {
    await mkdir(folder, { recursive: true });
    const kept: Kept[] = [];
    for (const file of await readdir(folder)) {
      const [, number, what] = NAME.exec(file) ?? [];
      if (number === undefined || what === undefined) continue;
      const { size } = await stat(join(folder, file));
      kept.push({ name: file.slice(0, -'.parquet'.length), number: Number(number), what, bytes: size });
    }
    const quarantine = new Quarantine(
      folder,
      limits,
      kept.toSorted((a, b) => a.number - b.number),
    );
    await quarantine.makeRoom(0);
    return quarantine;
  }

  get files(): number {
    return this.kept.length;
  }

  get bytes(): number {
    return this.kept.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Moves the file in, one after the other. Resolves when it is durable; the file is left where it is when it is too large. */
  async keep(path: string, note: QuarantineNote): Promise<void> {
    const mine = this.last.then(() => this.take(path, note));
    this.last = mine.catch(() => undefined);
    await mine;
  }

  private async take(path: string, note: QuarantineNote): Promise<void> {
    const { sensor, sequence, word, digest } = note;
    const what = `${sensor}-${sequence}-${word}-${digest.slice(0, DIGEST_CHARS)}`;
    if (this.kept.some((other) => other.what === what)) return;
    const bytes = await syncFile(path);
    if (bytes > this.limits.bytesMax || this.limits.filesMax < 1) return;
    await this.makeRoom(bytes, 1);
    const number = (this.kept.at(-1)?.number ?? 0) + 1;
    const name = `${String(number).padStart(8, '0')}-${what}`;
    await rename(path, join(this.folder, `${name}.parquet`));
    this.kept.push({ name, number, what, bytes });
    await syncFolder(this.folder);
    const { refused_at_ms, ...facts } = note;
    const json = { ...facts, bytes, refused_at: new Date(refused_at_ms).toISOString() };
    await writeDurably(join(this.folder, `${name}.json`), `${JSON.stringify(json, undefined, 2)}\n`);
  }

  private async makeRoom(bytes: number, files = 0): Promise<void> {
    const { bytesMax, filesMax } = this.limits;
    while (this.kept.length > 0 && (this.bytes + bytes > bytesMax || this.kept.length + files > filesMax)) {
      const [oldest] = this.kept.splice(0, 1);
      if (oldest === undefined) return;
      await rm(join(this.folder, `${oldest.name}.parquet`), { force: true });
      await rm(join(this.folder, `${oldest.name}.json`), { force: true });
      this.dropped += 1;
    }
  }
}

async function syncFile(path: string): Promise<number> {
  const file = await open(path, 'r');
  try {
    await file.sync();
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}
