/**
 * What may be asked of a column's values, in passes over typed arrays: a nanosecond a value at most, and none where the dictionary
 * or the type says enough already.
 */
import type { Entries } from '../segment/dictionary-read.ts';
import type { ColumnCheck } from '../segment/group-read.ts';
import { PAGE_BYTES_MAX } from '../segment/page.ts';
import type { PageValues } from '../segment/page-read.ts';
import { decodeUtf8 } from '../segment/utf8.ts';

const INDICES_MAX = 65_536;
/** Different texts that a column without dictionary is remembered by. */
const TEXTS_MAX = 65_536;

/** Copies a page's values to where typed arrays can look at them; shared by all checks, so one page at a time. */
class Aligned {
  private buffer = new ArrayBuffer(0);

  words(bytes: Uint8Array): Uint32Array {
    this.copy(bytes);
    return new Uint32Array(this.buffer, 0, bytes.length >>> 2);
  }

  halves(bytes: Uint8Array): Uint16Array {
    this.copy(bytes);
    return new Uint16Array(this.buffer, 0, bytes.length >>> 1);
  }

  private copy(bytes: Uint8Array): void {
    if (this.buffer.byteLength < bytes.length) {
      this.buffer = new ArrayBuffer(Math.min(PAGE_BYTES_MAX, bytes.length * 2));
    }
    new Uint8Array(this.buffer).set(bytes);
  }
}

const ALIGNED = new Aligned();

/** Which entries of a dictionary its indices name. */
export class Used {
  private readonly flags = new Uint8Array(INDICES_MAX);
  /** No flag is set from here on. */
  private limit = 0;

  clear(): void {
    this.flags.fill(0, 0, this.limit);
    this.limit = 0;
  }

  note(index: number): void {
    this.flags[index] = 1;
    this.limit = Math.max(this.limit, index + 1);
  }

  noteAll(indices: Uint8Array | Uint16Array): void {
    // One loop per element type keeps each of them monomorphic.
    if (indices instanceof Uint8Array) note8(this.flags, indices);
    else note16(this.flags, indices);
    this.limit = Math.max(this.limit, indices instanceof Uint8Array ? 256 : INDICES_MAX);
  }

  /** One more than the highest index used. */
  get end(): number {
    return this.flags.subarray(0, this.limit).lastIndexOf(1) + 1;
  }

  has(index: number): boolean {
    return this.flags[index] === 1;
  }
}

function note8(flags: Uint8Array, indices: Uint8Array): void {
  for (let i = 0; i < indices.length; i++) flags[indices[i]] = 1;
}

function note16(flags: Uint8Array, indices: Uint16Array): void {
  for (let i = 0; i < indices.length; i++) flags[indices[i]] = 1;
}

export function indicesOf(values: PageValues & { form: 'indices' }): Uint8Array | Uint16Array {
  return values.width === 1 ? values.bytes : ALIGNED.halves(values.bytes);
}

export interface NumberRule {
  /** Default 0. */
  readonly least?: number;
  readonly most: number;
  /** Every value is a multiple of it. */
  readonly step?: number;
  /** Their sum is wanted. */
  readonly isSummed?: boolean;
}

/** u8 … u64 and times. */
export class NumberCheck implements ColumnCheck {
  /** Of all values seen, when the rule asks for it; exact below 2⁵³. */
  sum = 0;
  private readonly rule: Required<NumberRule>;
  /** Bytes of a plain value. */
  private readonly width: 4 | 8;
  private readonly used = new Used();
  private entries: Entries | undefined;
  /** Any index of one byte, or of two, names an allowed entry: nothing is to be looked at. */
  private allowsAll: Readonly<Record<1 | 2, boolean>> = { 1: false, 2: false };
  private state: string | undefined;

  constructor(width: 4 | 8, rule: NumberRule) {
    this.width = width;
    this.rule = { least: 0, step: 1, isSummed: false, ...rule };
  }

  begin(dictionary: Entries | undefined): void {
    this.entries = dictionary;
    this.state = undefined;
    this.used.clear();
    this.allowsAll = { 1: false, 2: false };
    if (dictionary === undefined || this.rule.isSummed) return;
    const { count, numbers } = dictionary;
    const isFull = count === 256 || count >= INDICES_MAX;
    if (!isFull || !numbers.every((value) => this.allows(value))) return;
    this.allowsAll = { 1: true, 2: count >= INDICES_MAX };
  }

  page(values: PageValues, valueCount: number): void {
    if (values.form === 'none') return;
    if (values.form === 'equal') {
      this.used.note(values.index);
      if (this.rule.isSummed) this.sum += valueCount * (this.entries?.numbers[values.index] ?? 0);
    } else if (values.form === 'indices') {
      if (this.allowsAll[values.width]) return;
      const indices = indicesOf(values);
      this.used.noteAll(indices);
      if (this.rule.isSummed && this.entries !== undefined) this.sum += sumOf(indices, this.entries.numbers);
    } else if (values.form === 'plain') this.plain(ALIGNED.words(values.bytes));
    else this.state ??= 'values of a form that it never has';
  }

  end(): string | undefined {
    if (this.entries !== undefined) {
      const { end } = this.used;
      if (end > this.entries.count) return 'an index beyond its dictionary';
      for (let index = 0; index < end; index++) {
        if (this.used.has(index) && !this.allows(this.entries.numbers[index])) return 'a value that is not allowed';
      }
    }
    return this.state;
  }

  private allows(value: number): boolean {
    const { least, most, step } = this.rule;
    return value >= least && value <= most && value % step === 0;
  }

  private plain(words: Uint32Array): void {
    const { least, most, step, isSummed } = this.rule;
    if (this.width === 8 || step !== 1) return this.plainSlow(words);
    if (!isSummed && least === 0 && most >= 0xffff_ffff) return;
    const found = rangeOf(words);
    if (found.least < least || found.most > most) this.state ??= 'a value that is not allowed';
    this.sum += found.sum;
  }

  private plainSlow(words: Uint32Array): void {
    const stride = this.width / 4;
    let isAllowed = true;
    for (let at = 0; at < words.length; at += stride) {
      const value = stride === 1 ? words[at] : words[at] + words[at + 1] * 0x1_0000_0000;
      this.sum += value;
      isAllowed &&= this.allows(value);
    }
    if (!isAllowed) this.state ??= 'a value that is not allowed';
  }
}

function rangeOf(words: Uint32Array): { least: number; most: number; sum: number } {
  let least = 0xffff_ffff;
  let most = 0;
  let sum = 0;
  for (let i = 0; i < words.length; i++) {
    const value = words[i];
    if (value < least) least = value;
    if (value > most) most = value;
    sum += value;
  }
  return { least, most, sum };
}

/** An index beyond the entries makes it NaN. */
function sumOf(indices: Uint8Array | Uint16Array, numbers: Float64Array): number {
  return indices instanceof Uint8Array ? sum8(indices, numbers) : sum16(indices, numbers);
}

function sum8(indices: Uint8Array, numbers: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < indices.length; i++) sum += numbers[indices[i]];
  return sum;
}

function sum16(indices: Uint16Array, numbers: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < indices.length; i++) sum += numbers[indices[i]];
  return sum;
}

/** Strings of a vocabulary: every entry of a dictionary, used or not, and every value without one. */
export class TextCheck implements ColumnCheck {
  private readonly isAllowed: (text: string) => boolean;
  private readonly used = new Used();
  private readonly known = new Set<string>();
  private entries: Entries | undefined;
  private state: string | undefined;

  constructor(isAllowed: (text: string) => boolean) {
    this.isAllowed = isAllowed;
  }

  begin(dictionary: Entries | undefined): void {
    this.entries = dictionary;
    this.state = undefined;
    this.used.clear();
    const isKnown = dictionary?.values.every((text) => typeof text === 'string' && this.knows(text)) ?? true;
    if (!isKnown) this.state = 'a text that is not in its vocabulary';
  }

  page(values: PageValues, valueCount: number): void {
    if (values.form === 'none') return;
    if (values.form === 'equal') this.used.note(values.index);
    else if (values.form === 'indices') this.used.noteAll(indicesOf(values));
    else if (values.form === 'blobs') this.blobs(values.bytes, valueCount);
    else this.state ??= 'values of a form that it never has';
  }

  end(): string | undefined {
    if (this.entries !== undefined && this.used.end > this.entries.count) return 'an index beyond its dictionary';
    return this.state;
  }

  private blobs(bytes: Uint8Array, valueCount: number): void {
    let count = 0;
    const isWhole = walkBlobs(bytes, (from, to) => {
      count++;
      const text = decodeUtf8(bytes.subarray(from, to));
      return text !== undefined && this.knows(text);
    });
    if (!isWhole || count !== valueCount) this.state ??= 'a text that is not in its vocabulary';
  }

  private knows(text: string): boolean {
    if (this.known.has(text)) return true;
    if (!this.isAllowed(text)) return false;
    if (this.known.size < TEXTS_MAX) this.known.add(text);
    return true;
  }
}

/** Byte strings between two lengths, never in a dictionary. */
export class BytesCheck implements ColumnCheck {
  private readonly least_bytes: number;
  private readonly most_bytes: number;
  private state: string | undefined;

  constructor(least_bytes: number, most_bytes: number) {
    this.least_bytes = least_bytes;
    this.most_bytes = most_bytes;
  }

  begin(dictionary: Entries | undefined): void {
    this.state = dictionary === undefined ? undefined : 'a dictionary, which it never has';
  }

  page(values: PageValues, valueCount: number): void {
    if (values.form === 'none') return;
    if (values.form !== 'blobs') {
      this.state ??= 'values of a form that it never has';
      return;
    }
    let count = 0;
    const isWhole = walkBlobs(values.bytes, (from, to) => {
      count++;
      return to - from >= this.least_bytes && to - from <= this.most_bytes;
    });
    if (!isWhole || count !== valueCount) this.state ??= 'a byte string of a length that is not allowed';
  }

  end(): string | undefined {
    return this.state;
  }
}

/** Whether the bytes are nothing but byte strings, all of them allowed. */
function walkBlobs(bytes: Uint8Array, isAllowed: (from: number, to: number) => boolean): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  while (at + 4 <= bytes.length) {
    const from = at + 4;
    at = from + view.getUint32(at, true);
    if (at > bytes.length || !isAllowed(from, at)) return false;
  }
  return at === bytes.length;
}
