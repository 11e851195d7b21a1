/**
 * The AS table in its fast form, kept between runs. A cache is never needed: a folder that cannot be written, a cut or damaged
 * file, two programs at once, all end in a table that is built again.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { AsRanges } from './asn-ranges.ts';

/** `$XDG_CACHE_HOME/noroshi`, else `~/.cache/noroshi`; undefined when neither is known. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const base = env.XDG_CACHE_HOME ?? '';
  if (base.startsWith('/')) return join(base, 'noroshi');
  const home = env.HOME ?? homedir();
  return home.startsWith('/') ? join(home, '.cache', 'noroshi') : undefined;
}

/** The ranges kept in `folder` under `name`, built and kept when they are not there. */
export function cached(folder: string | undefined, name: string, build: () => AsRanges): AsRanges {
  if (folder === undefined) return build();
  const file = join(folder, `${name}.ranges`);
  const kept = read(file);
  if (kept !== undefined) return kept;
  const ranges = build();
  write(folder, file, ranges.bytes);
  return ranges;
}

function read(file: string): AsRanges | undefined {
  try {
    const { buffer, byteOffset, length } = readFileSync(file);
    return AsRanges.from(new Uint8Array(buffer, byteOffset, length));
  } catch {
    return undefined;
  }
}

function write(folder: string, file: string, bytes: Uint8Array): void {
  const part = `${file}.${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(part, bytes);
    renameSync(part, file);
  } catch {
    remove(part);
  }
}

function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // It was never there: the folder is none.
  }
}
