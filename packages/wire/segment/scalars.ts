/**
 * Single values and dictionaries: checked against their column's type and put into PLAIN bytes, with their bounds.
 *
 * PLAIN: integers little-endian; fixed16 its 16 bytes; string and bytes a u32 length, then the bytes.
 * Bounds compare as Parquet's TypeDefinedOrder: integers by value, bytes as unsigned bytes from the left, strings as
 * their UTF-8 bytes.
 */

import type { ColumnType, Entries, Scalar } from './columns.ts';
import { TYPE_FORMAT } from './format.ts';
import { join, PAGE_BYTES_MAX } from './page.ts';
import { encodeUtf8 } from './utf8.ts';

/** Bounds longer than this are left out of the statistics. */
export const BOUND_BYTES_MAX = 64;
/** Dictionaries larger than this are not searched for their bounds: they would narrow no query. */
export const BOUNDED_ENTRIES_MAX = 1024;
/** Longest string or byte string, in bytes: eight of them fit a page of the default size. */
export const VALUE_BYTES_MAX = PAGE_BYTES_MAX / 8 - 4;

/** Lowest and highest value as PLAIN bytes without length prefix. */
export interface Bounds {
  readonly min: Uint8Array;
  readonly max: Uint8Array;
}

/** A dictionary page's content. */
export interface Dictionary {
  readonly plain: Uint8Array;
  readonly count: number;
  readonly bounds: Bounds | undefined;
}

/**
 * Throws RangeError when an entry does not fit `type`, or all of them no page. A Uint8Array of fixed16 entries is kept,
 * not copied. Cost: per entry, not per row.
 */
export function toDictionary(type: ColumnType, entries: Entries): Dictionary {
  if (type === 'fixed16' && entries instanceof Uint8Array) return addressDictionary(entries);
  const values = Array.from(entries as ArrayLike<Scalar>, (value) => ({ value, bytes: valueBytes(type, value) }));
  const prefixed = TYPE_FORMAT[type].width === 0;
  const plain = join(values.flatMap(({ bytes }) => (prefixed ? [u32Bytes(bytes.length), bytes] : [bytes])));
  if (plain.length > PAGE_BYTES_MAX) throw new RangeError(`a dictionary of ${plain.length} bytes fits no page`);
  return { plain, count: values.length, bounds: boundsOf(values) };
}

function addressDictionary(plain: Uint8Array): Dictionary {
  const count = plain.length / 16;
  if (!Number.isInteger(count)) throw new RangeError(`${plain.length} bytes are not entries of 16`);
  if (plain.length > PAGE_BYTES_MAX) throw new RangeError(`a dictionary of ${plain.length} bytes fits no page`);
  const bounded = count <= BOUNDED_ENTRIES_MAX ? count : 0;
  const values = Array.from({ length: bounded }, (_, i) => plain.subarray(16 * i, 16 * i + 16));
  return { plain, count, bounds: boundsOf(values.map((bytes) => ({ value: bytes, bytes }))) };
}

function boundsOf(values: readonly Valued[]): Bounds | undefined {
  if (values.length === 0 || values.length > BOUNDED_ENTRIES_MAX) return undefined;
  const min = values.reduce((a, b) => (compare(b, a) < 0 ? b : a)).bytes;
  const max = values.reduce((a, b) => (compare(b, a) > 0 ? b : a)).bytes;
  return Math.max(min.length, max.length) <= BOUND_BYTES_MAX ? { min, max } : undefined;
}

export function u32Bytes(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer);
}

function valueBytes(type: ColumnType, value: Scalar): Uint8Array {
  const { width } = TYPE_FORMAT[type];
  if (typeof value === 'number') {
    checkInteger(type, value);
    return width === 4 ? u32Bytes(value) : new Uint8Array(BigInt64Array.of(BigInt(value)).buffer);
  }
  if ((typeof value === 'string') !== (type === 'string')) throw new RangeError(`a value does not fit ${type}`);
  const bytes = typeof value === 'string' ? encodeUtf8(value) : value;
  const fits = type === 'fixed16' ? bytes.length === 16 : width === 0 && bytes.length <= VALUE_BYTES_MAX;
  if (!fits) throw new RangeError(`a value of ${bytes.length} bytes does not fit ${type}`);
  return bytes;
}

function checkInteger(type: ColumnType, value: number): void {
  const { bits } = TYPE_FORMAT[type];
  const lowest = type === 'timestamp_ms' ? Number.MIN_SAFE_INTEGER : 0;
  const highest = bits === undefined || bits === 64 ? Number.MAX_SAFE_INTEGER : 2 ** bits - 1;
  const isInteger = bits !== undefined || type === 'timestamp_ms';
  if (!isInteger || !Number.isInteger(value) || value < lowest || value > highest) {
    throw new RangeError(`the value ${value} does not fit ${type}`);
  }
}

interface Valued {
  readonly value: Scalar;
  readonly bytes: Uint8Array;
}

function compare(a: Valued, b: Valued): number {
  if (typeof a.value === 'number' && typeof b.value === 'number') return a.value - b.value;
  return compareBytes(a.bytes, b.bytes);
}

/** Below 0 when `a` comes first: as unsigned bytes from the left, a beginning before what it begins. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}
