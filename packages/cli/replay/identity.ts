/**
 * Whose segments a replay's are: a name that follows from the bytes of the captures, so that the same captures, replayed again, are
 * the same segments and change nothing. Of a large file blocks are taken, evenly spread, and its length: different captures that
 * agree in all of them are told apart by the center, which refuses another segment under a known name.
 */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { Refusal } from '../io/exit.ts';
import { named } from '../look/style.ts';

const BLOCK_BYTES = 64 * 1024;
/** Blocks of one file: 16 MiB. */
const BLOCKS_MAX = 256;
/** What is looked at of standard input, which gives its bytes only once. */
const HEAD_BYTES = 1024 * 1024;
const NAME_DIGITS = 12;
const STANDARD_INPUT = 0;

/** `replay-0123456789ab`. The order of the captures does not matter. Throws Refusal for a pipe with a name, and the file system's error. */
export async function sensorOf(paths: readonly string[]): Promise<string> {
  const digests: string[] = [];
  for (const path of paths) digests.push(path === '-' ? await digestOfInput() : digestOfPath(path));
  const digest = createHash('sha256').update(digests.toSorted().join()).digest('hex');
  return `replay-${digest.slice(0, NAME_DIGITS)}`;
}

/** A file behind standard input can be looked at like any other. */
async function digestOfInput(): Promise<string> {
  return fstatSync(STANDARD_INPUT).isFile() ? digestOfFile(STANDARD_INPUT) : digestOfStream(process.stdin);
}

function digestOfPath(path: string): string {
  const fd = openSync(path, 'r');
  try {
    if (fstatSync(fd).isFile()) return digestOfFile(fd);
    const state = 'it gives its bytes only once; --as names it';
    throw new Refusal('usage', `Cannot name the replay of ${named(path)}: ${state}`);
  } finally {
    closeSync(fd);
  }
}

function digestOfFile(fd: number): string {
  const { size } = fstatSync(fd);
  const hash = createHash('sha256').update(`${size}\n`);
  const blocks = Math.min(BLOCKS_MAX, Math.ceil(size / BLOCK_BYTES));
  const last = Math.max(0, size - BLOCK_BYTES);
  const block = new Uint8Array(BLOCK_BYTES);
  for (let index = 0; index < blocks; index++) {
    const at = blocks === 1 ? 0 : Math.floor((last * index) / (blocks - 1));
    hash.update(block.subarray(0, readSync(fd, block, 0, BLOCK_BYTES, at)));
  }
  return hash.digest('hex');
}

/** Looks at the beginning of a stream and puts it back; the same beginning whatever the pieces in which it comes. */
async function digestOfStream(stream: NodeJS.ReadStream): Promise<string> {
  const head = await new Promise<Buffer | null>((resolve) => {
    const look = (): void => {
      const found = stream.read(HEAD_BYTES) as Buffer | null;
      if (found === null && !stream.readableEnded) return;
      stream.off('readable', look).off('end', look);
      // Put back in the same breath: a stream that has ended must not see itself empty.
      if (found !== null) stream.unshift(found);
      resolve(found);
    };
    stream.on('readable', look).on('end', look);
  });
  return createHash('sha256')
    .update(head ?? '')
    .digest('hex');
}
