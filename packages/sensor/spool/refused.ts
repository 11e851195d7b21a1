/** Segments that the center will never take, each with the reason beside it: for a person to look at, the oldest ones go first. */
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface RefusedLimits {
  readonly filesMax: number;
  readonly bytesMax: number;
}

export class Refused {
  private readonly folder: string;
  private readonly limits: RefusedLimits;

  constructor(folder: string, limits: RefusedLimits) {
    this.folder = folder;
    this.limits = limits;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** Segments here. */
  get count(): number {
    return this.segments().length;
  }

  /** Moves the file here and puts `reason` beside it as `<name>.problem.json`. */
  add(path: string, name: string, reason: unknown): void {
    renameSync(path, join(this.folder, name));
    writeFileSync(join(this.folder, problemName(name)), `${JSON.stringify(reason, undefined, 2)}\n`);
    this.trim();
  }

  private segments(): string[] {
    return readdirSync(this.folder)
      .filter((name) => name.endsWith('.parquet'))
      .toSorted();
  }

  private trim(): void {
    const files = this.segments().map((name) => ({ name, bytes: statSync(join(this.folder, name)).size }));
    let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    for (let index = 0; files.length - index > this.limits.filesMax || total > this.limits.bytesMax; index++) {
      const { name, bytes } = files[index];
      rmSync(join(this.folder, name), { force: true });
      rmSync(join(this.folder, problemName(name)), { force: true });
      total -= bytes;
    }
  }
}

function problemName(name: string): string {
  return `${name.replace(/\.parquet$/, '')}.problem.json`;
}
