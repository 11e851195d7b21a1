/**
 * TCP option layouts: `kinds_mss_ws`, e.g. `2-1-3-1-1-4_1460_8` (kinds in order, MSS and window scale or nothing). Time stamp
 * values do not count. Layouts get numbers in order of first sight; 0 is "no options".
 */
import * as tcp from '../net/tcp.ts';

// A module's own constants are part of its machine code; imported and exported ones are loaded and checked at each use.
const { TCP_OPTION_END, TCP_OPTION_MSS, TCP_OPTION_NOP, TCP_OPTION_WINDOW_SCALE } = tcp;

/** Layouts that one row group tells apart: the indices are 16 bits wide. A table that reaches it is closed early. */
export const LAYOUTS_MAX = 65_535;
const SLOTS = 4096;

export class OptionLayouts {
  /** Text of each layout, by number. */
  texts: string[] = [''];
  private readonly numbers = new Map<string, number>();
  // Cache by the raw option bytes: scanners repeat themselves, so almost every look-up ends in one compare.
  private readonly cacheKeys = new Int32Array(SLOTS);
  private readonly cacheNumbers = new Uint16Array(SLOTS);
  private short = 0;
  private shortNumber = 0;

  get isFull(): boolean {
    return this.texts.length >= LAYOUTS_MAX;
  }

  /** Number of the layout of `bytes` option bytes at `at`. Allocates only for layouts it has not seen lately. */
  numberOf(data: DataView, at: number, bytes: number): number {
    if (bytes <= 0) return 0;
    // A single MSS option, what most scanners send: one compare with the one before, as they come in crowds.
    if (bytes === 4 && this.shortNumber !== 0 && data.getInt32(at) === this.short) return this.shortNumber;
    const key = hashOptions(data, at, at + bytes);
    const slot = (key ^ (key >>> 12)) & (SLOTS - 1);
    // The cached hash is 32 bits over kinds, MSS and scale: a collision would need 2^32 layouts within one row group's cache.
    if (this.cacheKeys[slot] === key && this.cacheNumbers[slot] !== 0) return this.cacheNumbers[slot];
    const number = this.intern(layoutText(data, at, at + bytes));
    this.cacheKeys[slot] = key;
    this.cacheNumbers[slot] = number;
    if (bytes === 4) {
      this.short = data.getInt32(at);
      this.shortNumber = number;
    }
    return number;
  }

  clear(): void {
    if (this.texts.length === 1) return;
    this.texts = [''];
    this.numbers.clear();
    this.cacheNumbers.fill(0);
    this.shortNumber = 0;
  }

  private intern(text: string): number {
    let number = this.numbers.get(text);
    if (number === undefined) {
      number = this.texts.length;
      this.texts.push(text);
      this.numbers.set(text, number);
    }
    return number;
  }
}

/** FNV-1a over what the layout's text is made of; the walk is the same as {@link layoutText}'s. */
function hashOptions(data: DataView, at: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let offset = at; offset < end; ) {
    const kind = data.getUint8(offset);
    hash = Math.imul(hash ^ kind, 0x01000193);
    if (kind === TCP_OPTION_END) break;
    const length = optionLength(data, offset, end, kind);
    if (length === 0) return ~hash;
    if (kind === TCP_OPTION_MSS && length === 4) hash = Math.imul(hash ^ data.getUint16(offset + 2), 0x01000193);
    if (kind === TCP_OPTION_WINDOW_SCALE && length === 3) {
      hash = Math.imul(hash ^ data.getUint8(offset + 2), 0x01000193);
    }
    offset += length;
  }
  return hash;
}

/** Bytes of the option at `offset`; 0 when its length lies or it is cut. */
function optionLength(data: DataView, offset: number, end: number, kind: number): number {
  if (kind === TCP_OPTION_NOP) return 1;
  if (offset + 2 > end) return 0;
  const length = data.getUint8(offset + 1);
  return length >= 2 && offset + length <= end ? length : 0;
}

/** The layout's text; a lying or cut option ends it with `!`. */
export function layoutText(data: DataView, at: number, end: number): string {
  const kinds: string[] = [];
  let mss = '';
  let scale = '';
  for (let offset = at; offset < end; ) {
    const kind = data.getUint8(offset);
    kinds.push(String(kind));
    if (kind === TCP_OPTION_END) break;
    const length = optionLength(data, offset, end, kind);
    if (length === 0) {
      kinds.push('!');
      break;
    }
    if (kind === TCP_OPTION_MSS && length === 4) mss = String(data.getUint16(offset + 2));
    if (kind === TCP_OPTION_WINDOW_SCALE && length === 3) scale = String(data.getUint8(offset + 2));
    offset += length;
  }
  return `${kinds.join('-')}_${mss}_${scale}`;
}
