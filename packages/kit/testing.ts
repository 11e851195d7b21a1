/**
 * What a test may need from outside the checkout: third-party captures, programs of the operating system.
 *
 *     test('walk: sees what tshark sees', needs(sharedFile('data', 'pcap'), program('tshark')), () => { … });
 *
 * Where something is absent the test skips and says what is missing; when CI is set it fails instead, so that a green
 * run in CI has really run everything.
 */
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import type { TestOptions } from 'node:test';

/** Something a test cannot run without: `missing` is undefined when it is there, else a state in words. */
export type Need = { readonly missing: string | undefined };

const CHECKOUT = resolve(import.meta.dirname, '../..');

/** True in a run that must not skip anything. Set but empty, `0` and `false` mean no. */
export function isCI(env: NodeJS.ProcessEnv = process.env): boolean {
  return !['', '0', 'false'].includes(env.CI ?? '');
}

/**
 * The absolute path of third-party material, which is never committed: below the folder named by NOROSHI_SHARED, else
 * below `shared` beside the checkout. Whether anything is there is another question: `sharedFile`.
 */
export function sharedData(...path: readonly string[]): string {
  return join(resolve(process.env.NOROSHI_SHARED ?? join(CHECKOUT, '../shared')), ...path);
}

/** The need for a file or folder below `sharedData`. */
export function sharedFile(...path: readonly string[]): Need {
  const file = sharedData(...path);
  return { missing: existsSync(file) ? undefined : `no ${file} (NOROSHI_SHARED names another folder)` };
}

/** The need for an executable on PATH or in Debian's folders for administrators, which a user's PATH leaves out. */
export function program(name: string): Need {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return { missing: folders.some((folder) => isExecutable(join(folder, name))) ? undefined : `no program ${name}` };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Options for `test` of node:test: it runs, or skips with the reason, or fails with the reason when CI is set. */
export function needs(...all: readonly Need[]): TestOptions {
  const missing = all.flatMap((need) => need.missing ?? []).join('; ');
  if (missing === '') return {};
  if (!isCI()) return { skip: missing };
  // node:test has no option to fail, but a test whose signal is aborted fails with its reason and never begins.
  return { signal: AbortSignal.abort(new Error(`Cannot run this test: ${missing}`)) };
}
