/** Runs a program of node_modules/.bin or a script of ours to its end and keeps everything it says. */
import { spawn } from 'node:child_process';
import { delimiter, join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

/** More than any honest report; what follows is cut, so that a program gone wild cannot eat the memory. */
const OUTPUT_CHARS_MAX = 4 << 20;

export type Ended = { readonly ok: boolean; readonly output: string };

export function runCommand(program: string, args: readonly string[]): Promise<Ended> {
  const { promise, resolve: end } = Promise.withResolvers<Ended>();
  // Our own binaries first: their `#!/usr/bin/env node` must find the Node of node_modules.
  const env = { ...process.env, PATH: [join(ROOT, 'node_modules/.bin'), process.env.PATH].join(delimiter) };
  const child = spawn(program, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (text: string): void => {
    if (output.length < OUTPUT_CHARS_MAX) output += text;
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  child.on('error', (error) => end({ ok: false, output: `Cannot run ${program}: ${error.message}\n` }));
  child.on('close', (code, signal) => {
    if (signal !== null) keep(`${program} was ended by ${signal}\n`);
    end({ ok: code === 0, output });
  });
  return promise;
}

/** Runs one of our own scripts with the Node that runs this. */
export function runScript(path: string, ...args: readonly string[]): Promise<Ended> {
  return runCommand(process.execPath, [path, ...args]);
}
