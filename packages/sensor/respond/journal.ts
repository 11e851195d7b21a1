/**
 * What visitors did, as lines of JSON in a folder: a file of visits and a file of payloads an hour. Bounded in memory and on disk: what
 * comes faster than the disk takes it is counted and left out, and the oldest files go first. Files are the operator's own: they hold
 * addresses of the sensor and what people typed.
 */
import { createHash } from 'node:crypto';
import { appendFile, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '@noroshi/kit/folder.ts';

/** Lines that wait for the disk. */
export const WAITING_MAX = 20_000;
/** Payloads known by their digest; the oldest are forgotten, and written again when they come again. */
const KNOWN_MAX = 65_536;
const FLUSH_MS = 250;
/** Part of the limit that may be written before it is looked whether old files must go. */
const ROOM_SHARE = 1 / 64;
const NAME = /^(visits|payloads)-\d{4}-\d{2}-\d{2}T\d{2}\.jsonl$/;

export interface JournalOptions {
  readonly folder: string;
  readonly bytes_max: number;
  readonly now_ms: () => number;
  /** Told once for each failure in a row to write. */
  readonly onFailure: (error: unknown) => void;
}

interface Line {
  readonly kind: 'visits' | 'payloads';
  readonly line: string;
}

export class Journal {
  /** Lines that were left out. */
  dropped = 0;
  written = 0;
  private readonly options: JournalOptions;
  private waiting: Line[] = [];
  private readonly known = new Set<string>();
  private readonly timer: NodeJS.Timeout;
  private writing: Promise<void> = Promise.resolve();
  private isBusy = false;
  private hasFailed = false;
  /** Bytes since it was looked for room; at once after the start. */
  private unseen_bytes = Number.POSITIVE_INFINITY;

  private constructor(options: JournalOptions) {
    this.options = options;
    this.timer = setInterval(() => this.flush(), FLUSH_MS);
    this.timer.unref();
  }

  static async open(options: JournalOptions): Promise<Journal> {
    makeFolder(options.folder, 0o700);
    return new Journal(options);
  }

  visit(record: object): void {
    this.add('visits', JSON.stringify(record));
  }

  /** Digest of a payload; its bytes are written when they are new. */
  payload(bytes: Uint8Array): string {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (!this.known.has(sha256)) {
      this.known.add(sha256);
      for (const oldest of this.known) {
        if (this.known.size <= KNOWN_MAX) break;
        this.known.delete(oldest);
      }
      const base64 = Buffer.from(bytes).toString('base64');
      this.add('payloads', JSON.stringify({ sha256, bytes: bytes.length, base64, first: this.now() }));
    }
    return sha256;
  }

  /** Writes what waits. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.writing;
    this.flush();
    await this.writing;
  }

  private now(): string {
    return new Date(this.options.now_ms()).toISOString();
  }

  private add(kind: 'visits' | 'payloads', line: string): void {
    if (this.waiting.length >= WAITING_MAX) this.dropped++;
    else this.waiting.push({ kind, line });
  }

  private flush(): void {
    if (this.isBusy || this.waiting.length === 0) return;
    const lines = this.waiting;
    this.waiting = [];
    this.isBusy = true;
    this.writing = this.tryToWrite(lines);
  }

  private async tryToWrite(lines: readonly Line[]): Promise<void> {
    try {
      await this.write(lines);
      this.written += lines.length;
      this.hasFailed = false;
    } catch (error) {
      this.dropped += lines.length;
      if (!this.hasFailed) this.options.onFailure(error);
      this.hasFailed = true;
    } finally {
      this.isBusy = false;
    }
  }

  private async write(lines: readonly Line[]): Promise<void> {
    const hour = this.now().slice(0, 13);
    for (const kind of ['payloads', 'visits']) {
      const own = lines.filter((entry) => entry.kind === kind);
      if (own.length === 0) continue;
      const text = `${own.map(({ line }) => line).join('\n')}\n`;
      await appendFile(join(this.options.folder, `${kind}-${hour}.jsonl`), text, { mode: 0o600 });
      this.unseen_bytes += text.length;
    }
    if (this.unseen_bytes < this.options.bytes_max * ROOM_SHARE) return;
    await this.makeRoom();
    this.unseen_bytes = 0;
  }

  /** The file being written stays, whatever its size. */
  private async makeRoom(): Promise<void> {
    const names = (await readdir(this.options.folder)).filter((name) => NAME.test(name));
    const hourOf = (name: string): string => name.slice(name.indexOf('-') + 1);
    names.sort((a, b) => (hourOf(a) < hourOf(b) ? 1 : -1));
    let sum = 0;
    for (const name of names) {
      const path = join(this.options.folder, name);
      sum += (await stat(path)).size;
      const isOpen = hourOf(name) === `${this.now().slice(0, 13)}.jsonl`;
      if (sum > this.options.bytes_max && !isOpen) await rm(path, { force: true });
    }
  }
}
