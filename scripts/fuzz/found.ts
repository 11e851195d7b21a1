/** Counterexamples: written when the fuzzer meets one, kept in found/, replayed by found.test.ts ever after. */
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { checkCapture, checkPacket, newGist } from './laws.ts';

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

/** Cuts bytes off the end, then turns bytes to 0, as long as some law stays broken. */
export function shrink(found: Counterexample): Counterexample {
  let hex = hexOf(found.bytes);
  const breaks = (candidate: string): boolean => check(candidate, found.link, found.sizes) !== undefined;
  for (let cut = hex.length >> 2; cut >= 1; cut >>= 1) {
    let size = hex.length - 2 * cut;
    for (; size > 0 && breaks(hex.slice(0, size)); size -= 2 * cut) hex = hex.slice(0, size);
  }
  for (let at = 0; at < Math.min(hex.length, 2000); at += 2) {
    const candidate = `${hex.slice(0, at)}00${hex.slice(at + 2)}`;
    if (breaks(candidate)) hex = candidate;
  }
  return { ...found, bytes: packBytes(Buffer.from(hex, 'hex')) };
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
