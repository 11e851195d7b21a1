/** Counterexamples: written when the fuzzer meets one, kept in found/, replayed by found.test.ts ever after. */
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { checkCapture, checkPacket, newGist } from './laws.ts';

const SHRINK_TRIES = 3000;
const FOUND = join(import.meta.dirname, 'found');

export interface Counterexample {
  /** The law that was broken, or the text of the error that was thrown. */
  readonly law: string;
  readonly seed: number;
  readonly number: number;
  /** Link type of a packet; for a whole capture, the sizes of the pieces in which it was read. */
  readonly link?: number;
  readonly sizes?: readonly number[];
  /** In hexadecimal, deflated, in base64: a capture that was shrunk is mostly zeros. */
  readonly bytes: string;
}

export function packBytes(bytes: Uint8Array): string {
  return deflateRawSync(Buffer.from(bytes).toString('hex')).toString('base64');
}

function hexOf(packed: string): string {
  return inflateRawSync(Buffer.from(packed, 'base64')).toString();
}

/** The law that the counterexample breaks now; undefined once it is mended. */
export function replay({ link, sizes, bytes: packed }: Counterexample): string | undefined {
  return check(hexOf(packed), link, sizes);
}

function check(hex: string, link?: number, sizes?: readonly number[]): string | undefined {
  const bytes = Uint8Array.from(Buffer.from(hex, 'hex'));
  try {
    if (link === undefined) return checkCapture(bytes, sizes ?? [bytes.length], newGist());
    return checkPacket(new DataView(bytes.buffer), 0, bytes.length, link);
  } catch (error) {
    return textOf(error);
  }
}

export function textOf(error: unknown): string {
  return error instanceof Error ? `throws ${error.name}: ${error.message}` : 'throws something that is no error';
}

/**
 * Cuts bytes off the end, then turns bytes to 0, as long as some law stays broken: what stays is small, and none of the
 * third-party bytes that do not matter.
 */
export function shrink(found: Counterexample): Counterexample {
  const breaks = (hex: string): boolean => check(hex, found.link, found.sizes) !== undefined;
  const hex = blank(cut(hexOf(found.bytes), breaks), breaks);
  return { ...found, bytes: packBytes(Buffer.from(hex, 'hex')) };
}

function cut(hex: string, breaks: (hex: string) => boolean): string {
  let kept = hex;
  for (let step = hex.length >> 2; step >= 1; step >>= 1) {
    let size = kept.length - 2 * step;
    for (; size > 0 && breaks(kept.slice(0, size)); size -= 2 * step) kept = kept.slice(0, size);
  }
  return kept;
}

/** In blocks that are halved, so that a long capture takes thousands of tries, not hundreds of thousands. */
function blank(hex: string, breaks: (hex: string) => boolean): string {
  let kept = hex;
  let tries = SHRINK_TRIES;
  for (let block = 2 << 16; block >= 2; block >>= 1) {
    for (let at = 0; at < kept.length && tries > 0; at += block) {
      const part = kept.slice(at, at + block);
      if (/^0*$/.test(part)) continue;
      const candidate = `${kept.slice(0, at)}${'0'.repeat(part.length)}${kept.slice(at + block)}`;
      if (breaks(candidate)) kept = candidate;
      tries--;
    }
  }
  return kept;
}

/** Writes a counterexample and gives the file's name. */
export function keep(found: Counterexample): string {
  if (!existsSync(FOUND)) mkdirSync(FOUND, { recursive: true });
  const path = join(FOUND, `${found.seed}-${found.number}.json`);
  writeFileSync(path, `${JSON.stringify(found, undefined, 2)}\n`);
  return path;
}

export function readFound(): [name: string, found: Counterexample][] {
  const names = globSync('*.json', { cwd: FOUND }).toSorted();
  return names.map((name) => [name, JSON.parse(readFileSync(join(FOUND, name), 'utf8')) as Counterexample]);
}
