/**
 * New embedded databases, quickly. PGlite takes five seconds of CPU time to make one; the second one of a checkout is a copy of the
 * first, which is kept in node_modules/.cache under PGlite's version. Where nothing can be kept, each is made anew.
 *
 * A database appears under its name whole: a kill leaves a folder ending in `.part`, which the next start clears away.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { PART } from '@noroshi/kit/durable.ts';

const CACHE = resolve(import.meta.dirname, '../../../node_modules/.cache/noroshi');

/** Makes an empty database in `folder` unless there is one. Throws when something else is there, the file system's errors and PGlite's. */
export async function placeTemplate(folder: string, cache = CACHE): Promise<void> {
  if (existsSync(join(folder, 'PG_VERSION'))) return;
  if (existsSync(folder) && readdirSync(folder).length > 0) throw new Error(`${folder} holds something else`);
  const part = `${folder}${PART}`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  const template = await templateIn(cache);
  if (template === undefined) await make(part);
  else cpSync(template, part, { recursive: true });
  renameSync(part, folder);
}

/** The template's folder, made when it is not there; undefined where none can be kept. */
async function templateIn(cache: string): Promise<string | undefined> {
  const template = join(cache, `ledger-${versionOfPGlite()}`);
  if (existsSync(template)) return template;
  // Of its own, for others may be about the same.
  const part = `${template}.${process.pid}${PART}`;
  try {
    mkdirSync(cache, { recursive: true });
    await make(part);
    renameSync(part, template);
  } catch {
    rmSync(part, { recursive: true, force: true });
  }
  return existsSync(template) ? template : undefined;
}

async function make(folder: string): Promise<void> {
  const lite = await PGlite.create({ dataDir: folder });
  await lite.close();
}

function versionOfPGlite(): string {
  const file = findPackageJSON('@electric-sql/pglite', import.meta.url) ?? '';
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string };
  return version;
}
