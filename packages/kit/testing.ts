/**
 * What a test may need from outside the checkout: third-party captures, programs of the operating system; and how it waits for
 * what it cannot be told.
 *
 *     test('walk: sees what tshark sees', needs(sharedFile('data', 'pcap'), program('tshark')), () => { … });
 *
 * Where something is absent the test skips and says what is missing; when CI is set it fails instead, so that a green
 * run in CI has really run everything.
 */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import type { TestOptions } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { findProgram } from './programs.ts';

/** Something a test cannot run without: `missing` is undefined when it is there, else a state in words. */
export type Need = { readonly missing: string | undefined };

const ASK_EVERY_MS = 10;
const PATIENCE_MS = 20_000;
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

/** The need for an executable. */
export function program(name: string): Need {
  return { missing: findProgram(name) === undefined ? `no program ${name}` : undefined };
}

/** Options for `test` of node:test: it runs, or skips with the reason, or fails with the reason when CI is set. */
export function needs(...all: readonly Need[]): TestOptions {
  const missing = all.flatMap((need) => need.missing ?? []).join('; ');
  if (missing === '') return {};
  if (!isCI()) return { skip: missing };
  // node:test has no option to fail, but a test whose signal is aborted fails with its reason and never begins.
  return { signal: AbortSignal.abort(new Error(`Cannot run this test: ${missing}`)) };
}

/**
 * Asks again and again until the answer is neither false nor undefined, and gives that answer. Throws Error with the sentence, or
 * with the question itself, when it does not come to that within `patience_ms`; what `ask` throws ends the waiting at once.
 */
export async function until<T>(
  ask: () => T | Promise<T>,
  sentence = (): string => `Waited in vain for ${String(ask)}`,
  patience_ms = PATIENCE_MS,
): Promise<Exclude<T, false | undefined>> {
  const end_ms = performance.now() + patience_ms;
  for (;;) {
    const answer = await ask();
    if (answer !== false && answer !== undefined) return answer as Exclude<T, false | undefined>;
    if (performance.now() > end_ms) throw new Error(sentence());
    await wait(ASK_EVERY_MS);
  }
}

/** A TCP port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
