/** Dictionary pages read back: the entries as values, and the bounds that the writer gives to them. */
import type { Column } from './columns.ts';
import { TYPE_FORMAT } from './format.ts';
import { BOUND_BYTES_MAX, BOUNDED_ENTRIES_MAX, type Bounds, compareBytes, VALUE_BYTES_MAX } from './scalars.ts';
import { decodeUtf8 } from './utf8.ts';

export interface Entries {
  readonly count: number;
  /** The page's body, uncompressed. */
  readonly plain: Uint8Array;
  /** Of integers: every one within its type, exact below 2⁵³. Else empty. */
  readonly numbers: Float64Array;
  /** Of strings and byte strings, in their plain form. Else empty. */
  readonly values: readonly (string | Uint8Array)[];
}

const NO_NUMBERS = new Float64Array(0);

/** `plain`: the page's body, uncompressed. Undefined when it does not hold just `count` ≥ 1 entries that fit the column. */
export function readDictionary(plain: Uint8Array, { type }: Column, count: number): Entries | undefined {
  const { width, bits } = TYPE_FORMAT[type];
  if (count < 1) return undefined;
  if (width === 4 || width === 8) {
    const numbers = readNumbers(plain, width, 2 ** (bits ?? 64), count);
    return numbers && { count, plain, numbers, values: [] };
  }
  const values = width === 16 ? readFixed(plain, count) : readPrefixed(plain, type === 'string', count);
  return values && { count, plain, numbers: NO_NUMBERS, values };
}

function readNumbers(
  plain: Uint8Array,
  width: 4 | 8,
  below: number,
  count: number,
): Float64Array<ArrayBuffer> | undefined {
  if (plain.length !== count * width) return undefined;
  const view = new DataView(plain.buffer, plain.byteOffset, plain.length);
  const numbers = new Float64Array(count);
  for (let index = 0, at = 0; index < count; index++, at += width) {
    const high = width === 8 ? view.getUint32(at + 4, true) : 0;
    numbers[index] = view.getUint32(at, true) + high * 0x1_0000_0000;
    if (numbers[index] >= below && below < 2 ** 64) return undefined;
  }
  return numbers;
}

function readFixed(plain: Uint8Array, count: number): Uint8Array[] | undefined {
  if (plain.length !== count * 16) return undefined;
  return Array.from({ length: count }, (_, index) => plain.subarray(index * 16, index * 16 + 16));
}

function readPrefixed(plain: Uint8Array, isText: boolean, count: number): (string | Uint8Array)[] | undefined {
  const view = new DataView(plain.buffer, plain.byteOffset, plain.length);
  const values: (string | Uint8Array)[] = [];
  let at = 0;
  // Every entry takes four bytes at least: the page bounds the loop, whatever `count` claims.
  while (values.length < count) {
    if (at + 4 > plain.length) return undefined;
    const length = view.getUint32(at, true);
    const end = at + 4 + length;
    if (length > VALUE_BYTES_MAX || end > plain.length) return undefined;
    const bytes = plain.subarray(at + 4, end);
    const value = isText ? decodeUtf8(bytes) : bytes;
    if (value === undefined) return undefined;
    values.push(value);
    at = end;
  }
  return at === plain.length ? values : undefined;
}

/**
 * Bounds that the writer may have given to a column chunk with this dictionary, as views on it; undefined where it gives none. As
 * toDictionary finds them, without making the dictionary anew.
 */
export function boundsOf({ type }: Column, { count, plain, numbers }: Entries): Bounds | undefined {
  if (count > BOUNDED_ENTRIES_MAX) return undefined;
  const { width } = TYPE_FORMAT[type];
  const view = new DataView(plain.buffer, plain.byteOffset, plain.length);
  const bounds = { min: plain, max: plain };
  let [least, most] = [0, 0];
  for (let index = 0, at = 0; index < count; index++) {
    const from = width === 0 ? at + 4 : at;
    at = from + (width === 0 ? view.getUint32(at, true) : width);
    const entry = plain.subarray(from, at);
    const isNumber = numbers.length > 0;
    if (index === 0 || (isNumber ? numbers[index] < numbers[least] : compareBytes(entry, bounds.min) < 0)) {
      bounds.min = entry;
      least = index;
    }
    if (index === 0 || (isNumber ? numbers[index] > numbers[most] : compareBytes(entry, bounds.max) > 0)) {
      bounds.max = entry;
      most = index;
    }
  }
  return Math.max(bounds.min.length, bounds.max.length) <= BOUND_BYTES_MAX ? bounds : undefined;
}
