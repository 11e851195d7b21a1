/** Files that a verb writes for its user. `-` is standard output; a device or a FIFO is written as it is. */
import { constants, fstatSync, openSync, type Stats, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isStandardOutput, isWrittenInPlace, PartFile, partOf } from '@noroshi/kit/part-file.ts';
import { named } from '../look/style.ts';
import { EXIT, OutputClosed, Refusal, refusalOf } from './exit.ts';
import type { Io } from './io.ts';

const STANDARD_INPUT_FD = 0;
/** How often is looked whether a FIFO has a reader. */
const READER_MS = 50;

export interface OutputRules {
  /** Files that the verb reads; `-` is standard input. */
  readonly inputs?: readonly string[];
  /** Files that are there already may be replaced. */
  readonly force: boolean;
  /** A terminal can show it. */
  readonly isText: boolean;
}

/**
 * Throws Refusal for outputs that must not or cannot be written; to be called before anything is read. Of a FIFO it waits for the
 * reader, because opening it would wait without heeding Ctrl-C.
 */
export async function checkOutputs(io: Io, outs: readonly string[], rules: OutputRules): Promise<void> {
  refuseOutputs(io, outs, rules);
  const over = new AbortController();
  try {
    for (const out of outs) {
      if (statOf(out)?.isFIFO() === true) await io.interrupt.orStop(readerOf(out, over.signal));
    }
  } finally {
    over.abort();
  }
}

/** Resolves when somebody reads the FIFO. The end that tells so stays open to the program's end: the reader must not see another one. */
async function readerOf(path: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw refusalOf('write', named(path), error);
    }
    await wait(READER_MS, undefined, { signal });
  }
}

function refuseOutputs(io: Io, outs: readonly string[], { inputs = [], force, isText }: OutputRules): void {
  const places = outs.map((out) => (isStandardOutput(out) ? '-' : resolve(out)));
  const devices = outs.map((out) => !isStandardOutput(out) && isWrittenInPlace(out));
  if (new Set(places.filter((_, index) => !devices[index])).size < devices.filter((is) => !is).length) {
    throw new Refusal('usage', 'Cannot write: two outputs have one name');
  }
  for (const out of outs) {
    refuseInput(out, inputs);
    if (isStandardOutput(out)) {
      if (io.isTerminal && !isText) {
        throw new Refusal('usage', 'Cannot write to the terminal: it is not text; > or | leads it elsewhere');
      }
      continue;
    }
    const stat = statOf(out);
    if (stat?.isDirectory() === true) throw new Refusal('io', `Cannot write ${named(out)}: is a directory`);
    if (stat?.isFile() === true && !force) {
      throw new Refusal('io', `Cannot write ${named(out)}: it exists already (--force overwrites)`);
    }
  }
}

/** Writing would destroy what is read. Devices such as /dev/null are the same for both without harm. */
function refuseInput(out: string, inputs: readonly string[]): void {
  const spots = isStandardOutput(out) ? [fstatSync(1)] : [statOf(out), statOf(partOf(out) ?? out)];
  for (const input of inputs) {
    const read = input === '-' ? fstatSync(STANDARD_INPUT_FD) : statOf(input);
    if (read === undefined || !(read.isFile() || read.isFIFO())) continue;
    if (!spots.some((spot) => spot?.dev === read.dev && spot.ino === read.ino)) continue;
    const same = input === '-' ? 'standard input' : named(input);
    throw new Refusal('usage', `Cannot write ${shownOut(out)}: it would overwrite ${same}, which is read`);
  }
}

/** Undefined where nothing is, or nothing can be seen: opening it says why. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** Where what a verb says goes to: the error output when standard output has its file. */
export function besides(io: Io, outs: readonly (string | undefined)[]): Io {
  return outs.some((out) => out !== undefined && isStandardOutput(out))
    ? { ...io, out: io.errors, style: io.errorStyle }
    : io;
}

/** The output as sentences name it. */
export function shownOut(out: string): string {
  return isStandardOutput(out) ? 'standard output' : named(out);
}

/** An error of the file system about one of the outputs as a refusal; other errors as they are. */
export function writeRefusal(outs: readonly string[], error: unknown): unknown {
  if (!(error instanceof Error) || !('path' in error)) return error;
  const out = outs.find((one) => error.path === one || error.path === partOf(one));
  if (out === undefined) return error;
  if ('code' in error && error.code === 'EPIPE') return new OutputClosed();
  return refusalOf('write', shownOut(out), error);
}

/** Writes a text into a file. Throws Refusal. */
export function writeText(out: string, text: string): void {
  let file: PartFile | undefined;
  try {
    file = new PartFile(out);
    file.write(Buffer.from(text));
    file.finish();
  } catch (error) {
    file?.abandon();
    throw writeRefusal([out], error);
  }
}

/** Writes a text where `--out` says and says so, or to standard output; the exit code. Throws Refusal. */
export function writeOut(io: Io, out: string | undefined, text: string): number {
  if (out === undefined || isStandardOutput(out)) {
    io.out.write(text);
    return EXIT.ok.code;
  }
  writeText(out, text);
  io.out.write(`Wrote ${named(out)}\n`);
  return EXIT.ok.code;
}
