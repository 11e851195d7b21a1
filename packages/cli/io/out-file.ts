/** Files that a verb writes for its user. */
import { existsSync, writeFileSync } from 'node:fs';
import { named } from '../look/style.ts';
import { EXIT, Refusal, refusalOf } from './exit.ts';
import type { Io } from './io.ts';

/** Throws Refusal naming the first file that is there already. */
export function refuseOverwriting(files: readonly string[]): void {
  const there = files.find((file) => existsSync(file));
  if (there === undefined) return;
  throw new Refusal('io', `Cannot write ${named(there)}: it exists already (--force overwrites)`);
}

/** Writes a text into a file and says so; the exit code. Throws Refusal. */
export function writeOut(io: Io, out: string, text: string): number {
  try {
    writeFileSync(out, text);
  } catch (error) {
    throw refusalOf('write', named(out), error);
  }
  io.out.write(`Wrote ${named(out)}\n`);
  return EXIT.ok.code;
}
