/**
 * From a column's memory to the shape its pages take. The choice between plain values, dictionary and one run is made
 * here, once per row group.
 *
 *   plain    values at a fixed width, as they lie                      u32, u64, timestamp_ms, fixed16; other u16
 *   indices  a dictionary page, then indices as they lie               dictionary; u8 and u16 when that is shorter
 *   equal    a dictionary page of one entry, then one run per page     every value is the same
 *   blobs    length and bytes of each value, copied                    string, bytes
 *   tails    one prefix, then four bytes of each value as they lie     fixed16
 *
 * Parquet has no 8- or 16-bit integer: PLAIN would spend four bytes on each. With the dictionary in which entry i is i,
 * the indices are the values, and the typed array is the page.
 */

import type { BlobsData, Column, ColumnData, ColumnType, DictionaryData, TailsData, ValuesData } from './columns.ts';
import * as delta from './delta.ts';
import * as format from './format.ts';
import { type Dictionary, toDictionary } from './scalars.ts';
import type { Scratch } from './scratch.ts';

// A module's own constants are part of its machine code; imported and exported ones are loaded and checked at each use.
const { PREFIX_BYTES, TAIL_BYTES } = delta;
const { TYPE_FORMAT } = format;

export type Body =
  | { readonly form: 'plain'; readonly bytes: Uint8Array; readonly width: number }
  | { readonly form: 'indices'; readonly indices: Uint8Array | Uint16Array; readonly dictionary: Dictionary }
  | { readonly form: 'equal'; readonly dictionary: Dictionary }
  | { readonly form: 'blobs'; readonly blobs: BlobsData }
  | { readonly form: 'tails'; readonly tails: TailsData };

/** The typed array of `values`, by its elements. */
const ELEMENTS: Readonly<Partial<Record<ColumnType, { bytes: 1 | 2 | 4; perValue: 1 | 2 | 16 }>>> = {
  u8: { bytes: 1, perValue: 1 },
  u16: { bytes: 2, perValue: 1 },
  u32: { bytes: 4, perValue: 1 },
  u64: { bytes: 4, perValue: 2 },
  timestamp_ms: { bytes: 4, perValue: 2 },
  fixed16: { bytes: 1, perValue: 16 },
};

let identity32: Uint8Array | undefined;
let identity64: Uint8Array | undefined;

/** The first `count` entries of the dictionary in which entry i is i. Shared: 256 or 512 KiB, made once. */
function identityDictionary(count: number, width: 4 | 8 = 4): Dictionary {
  if (width === 4) identity32 ??= new Uint8Array(Uint32Array.from({ length: 65_536 }, (_, i) => i).buffer);
  else identity64 ??= new Uint8Array(Uint32Array.from({ length: 131_072 }, (_, i) => (i & 1 ? 0 : i / 2)).buffer);
  const all = (width === 4 ? identity32 : identity64) as Uint8Array;
  return { plain: all.subarray(0, width * count), count, bounds: undefined };
}

/**
 * `valueCount`: the present values, at least one. Throws RangeError when the data do not fit the column's type or are
 * too few. Cost: a pass over the values while they are all equal, a pass over u16 values; else nothing per value.
 */
export function toBody(column: Column, data: ColumnData, valueCount: number, scratch: Scratch): Body {
  if (data.kind === 'values') return valuesBody(column.type, data, valueCount, scratch);
  if (data.kind === 'dictionary') return dictionaryBody(column.type, data, valueCount, scratch);
  if (data.kind === 'constant') {
    if (data.value === null) throw new RangeError('null is no value');
    return { form: 'equal', dictionary: toDictionary(column.type, [data.value]) };
  }
  if (data.kind === 'tails') return tailsBody(column.type, data, valueCount);
  if (TYPE_FORMAT[column.type].width > 0) throw new RangeError(`blobs do not fit ${column.type}`);
  const given = Math.min(data.offsets.length, data.lengths.length);
  if (given < valueCount) throw new RangeError(`${given} blobs are fewer than ${valueCount} values`);
  return { form: 'blobs', blobs: data };
}

function valuesBody(type: ColumnType, data: ValuesData, valueCount: number, scratch: Scratch): Body {
  const { values } = data;
  if (isNarrow(type, values)) return narrowBody(type, values as Uint8Array | Uint16Array, valueCount, scratch);
  const element = ELEMENTS[type];
  if (element === undefined || values.BYTES_PER_ELEMENT !== element.bytes) {
    throw new RangeError(`a ${values.constructor.name} does not fit ${type}`);
  }
  const used = valueCount * element.perValue;
  if (values.length < used) throw new RangeError(`${values.length} elements are fewer than ${used}`);
  const bytes = new Uint8Array(values.buffer, values.byteOffset, used * element.bytes);
  const width = element.bytes * element.perValue;
  if (type === 'u16') return u16Body(values as Uint16Array, valueCount, scratch);
  if (repeats(values, used, element.perValue)) return { form: 'equal', dictionary: plainEntry(type, bytes, width) };
  if (type === 'u8') return { form: 'indices', indices: values as Uint8Array, dictionary: identityDictionary(256) };
  return { form: 'plain', bytes, width };
}

function tailsBody(type: ColumnType, data: TailsData, valueCount: number): Body {
  const { prefix, tails, whole, wholes } = data;
  if (type !== 'fixed16' || prefix.length !== PREFIX_BYTES) throw new RangeError(`tails do not fit ${type}`);
  const given = Math.floor(tails.length / TAIL_BYTES);
  if (given < valueCount) throw new RangeError(`${given} tails are fewer than ${valueCount} values`);
  const isComplete = (whole?.length ?? 0) * 16 === (wholes?.length ?? 0);
  if (!isComplete) throw new RangeError('whole values and their numbers differ');
  return { form: 'tails', tails: data };
}

/** Whether wide integers came in a narrow array. */
function isNarrow(type: ColumnType, values: ValuesData['values']): boolean {
  return (type === 'u32' || type === 'u64') && values.BYTES_PER_ELEMENT < 4;
}

/** The array is the page, as for u8 and u16, up to the highest value that occurs. */
function narrowBody(type: ColumnType, values: Uint8Array | Uint16Array, valueCount: number, scratch: Scratch): Body {
  if (values.length < valueCount) throw new RangeError(`${values.length} elements are fewer than ${valueCount}`);
  const few = values instanceof Uint16Array ? fewValues(type, values, valueCount, scratch) : undefined;
  if (few !== undefined) return few;
  if (repeats(values, valueCount, 1)) return { form: 'equal', dictionary: toDictionary(type, [values[0]]) };
  const highest = highestOf(values, valueCount);
  return { form: 'indices', indices: values, dictionary: identityDictionary(highest + 1, type === 'u64' ? 8 : 4) };
}

/** The shortest of one-byte indices, two-byte indices into a dictionary up to the highest value, and plain values of four bytes. */
function u16Body(values: Uint16Array, valueCount: number, scratch: Scratch): Body {
  const few = fewValues('u16', values, valueCount, scratch);
  if (few !== undefined) return few;
  const highest = highestOf(values, valueCount);
  if (4 * (highest + 1) < 2 * valueCount) {
    return { form: 'indices', indices: values, dictionary: identityDictionary(highest + 1) };
  }
  const bytes = scratch.take(valueCount * 4);
  new Uint32Array(bytes.buffer, bytes.byteOffset, valueCount).set(values.subarray(0, valueCount));
  return { form: 'plain', bytes, width: 4 };
}

/** Number + 1 of each value met, while a column is looked at; all 0 in between. */
const numbers = new Uint16Array(65_536);

/** One-byte indices, when there are at most 256 different values; gives up at the 257th, which many-valued columns meet soon. */
function fewValues(type: ColumnType, values: Uint16Array, valueCount: number, scratch: Scratch): Body | undefined {
  const entries: number[] = [];
  const indices = scratch.take(valueCount);
  let i = 0;
  for (; i < valueCount; i++) {
    const value = values[i];
    let number = numbers[value];
    if (number === 0) {
      if (entries.length === 256) break;
      number = entries.push(value);
      numbers[value] = number;
    }
    indices[i] = number - 1;
  }
  for (const value of entries) numbers[value] = 0;
  if (i < valueCount) return undefined;
  const dictionary = toDictionary(type, entries);
  return entries.length === 1 ? { form: 'equal', dictionary } : { form: 'indices', indices, dictionary };
}

function highestOf(values: Uint8Array | Uint16Array, valueCount: number): number {
  let highest = 0;
  for (let i = 0; i < valueCount; i++) if (values[i] > highest) highest = values[i];
  return highest;
}

function dictionaryBody(type: ColumnType, data: DictionaryData, valueCount: number, scratch: Scratch): Body {
  const { indices, entries } = data;
  if (indices.length < valueCount) throw new RangeError(`${indices.length} indices are fewer than ${valueCount}`);
  if (!repeats(indices, valueCount, 1)) {
    const dictionary = toDictionary(type, entries);
    const isNarrower = dictionary.count <= 256 && indices instanceof Uint16Array;
    return {
      form: 'indices',
      indices: isNarrower ? narrowed(indices, valueCount, scratch) : indices,
      dictionary,
    };
  }
  const index = indices[0];
  const entry =
    type === 'fixed16' && entries instanceof Uint8Array
      ? entries.subarray(16 * index, 16 * index + 16)
      : [entries[index]];
  if (entry.length === 0 || entry[0] === undefined) throw new RangeError(`there is no entry ${index}`);
  return { form: 'equal', dictionary: toDictionary(type, entry) };
}

function narrowed(indices: Uint16Array, valueCount: number, scratch: Scratch): Uint8Array {
  const narrow = scratch.take(valueCount);
  narrow.set(indices.subarray(0, valueCount));
  return narrow;
}

/** Whether every `period` elements repeat the ones before; leaves at the first that differ. What ascends differs at its ends. */
function repeats(values: Uint8Array | Uint16Array | Uint32Array, length: number, period: number): boolean {
  if (values[0] !== values[length - period]) return false;
  for (let i = period; i < length; i++) if (values[i] !== values[i - period]) return false;
  return true;
}

/** The dictionary of the one value whose little-endian bytes `bytes` begins with. */
function plainEntry(type: ColumnType, bytes: Uint8Array, width: number): Dictionary {
  const plain = new Uint8Array(Math.max(width, TYPE_FORMAT[type].width));
  plain.set(bytes.subarray(0, width));
  return { plain, count: 1, bounds: { min: plain, max: plain } };
}
