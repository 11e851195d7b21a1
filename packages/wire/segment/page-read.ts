/**
 * Pages read back, as far as this package writes them; fields and layouts are drawn in page.ts, runs.ts, presence.ts, delta.ts and
 * blobs.ts. Another writer's pages may be good Parquet and are refused all the same: what is accepted here can be handed to any
 * engine without wondering how it reads the rarer forms.
 *
 * Nothing is converted: values come as the bytes they lie in, for whoever looks at them in typed arrays.
 */
import type { Column } from './columns.ts';
import { VALUE_BYTES } from './delta.ts';
import { readTails } from './delta-read.ts';
import { FieldReader } from './fields.ts';
import { DATA_PAGE, DELTA_BYTE_ARRAY, DICTIONARY_PAGE, PLAIN, RLE_DICTIONARY, TYPE_FORMAT } from './format.ts';
import { encodeHead, type PageHead } from './page.ts';
import { onesOf } from './presence.ts';
import { equalBytes, readVarint } from './runs.ts';
import { readThrift } from './thrift.ts';

/** A page header of this writer is shorter: four i32 and a struct of at most four. */
export const PAGE_HEADER_BYTES_MAX = 64;

export interface PageHeader {
  readonly head: PageHead;
  readonly header_bytes: number;
  /** Of the body, before and after compression. */
  readonly plain_bytes: number;
  readonly body_bytes: number;
  readonly crc: number | undefined;
}

/** Values of one data page. */
export type PageValues =
  /** There are none: every row is null. */
  | { readonly form: 'none' }
  /** Every value is that entry of the dictionary. */
  | { readonly form: 'equal'; readonly index: number }
  /** An index for each value, one or two bytes wide. */
  | { readonly form: 'indices'; readonly width: 1 | 2; readonly bytes: Uint8Array }
  /** Values of a fixed width side by side. */
  | { readonly form: 'plain'; readonly bytes: Uint8Array }
  /** u32 length and bytes of each value; not walked yet. */
  | { readonly form: 'blobs'; readonly bytes: Uint8Array }
  /** 16 bytes of the values numbered in `starts` (ascending from 0), four of each other: it repeats 12 of the value before. */
  | { readonly form: 'tails'; readonly starts: Uint32Array; readonly suffixes: Uint8Array };

export interface PageBody {
  /** Rows that are not null. */
  readonly valueCount: number;
  readonly values: PageValues;
}

/** The header that `bytes` begins with; undefined when it is not byte for byte what this package writes. */
export function readPageHeader(bytes: Uint8Array): PageHeader | undefined {
  const thrift = readThrift(bytes.subarray(0, PAGE_HEADER_BYTES_MAX));
  if (!thrift.ok) return undefined;
  const fields = new FieldReader();
  const page = thrift.value;
  const type = fields.count(page, 1, 'type');
  const plain_bytes = fields.count(page, 2, 'uncompressed_page_size');
  const body_bytes = fields.count(page, 3, 'compressed_page_size');
  const crc = page.get(4);
  const isData = type === DATA_PAGE;
  const inner = fields.struct(page, isData ? 5 : 7, 'header');
  const valueCount = fields.count(inner, 1, 'num_values');
  const encoding = fields.count(inner, 2, 'encoding');
  if (fields.failedPath !== undefined || !(isData || type === DICTIONARY_PAGE)) return undefined;
  const head: PageHead = isData ? { type: DATA_PAGE, valueCount, encoding } : { type: DICTIONARY_PAGE, valueCount };
  const checksum = typeof crc === 'number' ? crc : undefined;
  const again = encodeHead(head, plain_bytes, body_bytes, checksum);
  if (again.length !== thrift.end || !equalBytes(again, bytes.subarray(0, thrift.end))) return undefined;
  return { head, header_bytes: thrift.end, plain_bytes, body_bytes, crc: checksum };
}

/** A data page's body, uncompressed; undefined when it is not of a form that this package writes for the column. */
export function readPageBody(
  body: Uint8Array,
  column: Column,
  encoding: number,
  rowCount: number,
): PageBody | undefined {
  const levels = column.nullable === true ? readLevels(body, rowCount) : { valueCount: rowCount, end: 0 };
  if (levels === undefined) return undefined;
  const values = readValues(body.subarray(levels.end), column, encoding, levels.valueCount);
  return values === undefined ? undefined : { valueCount: levels.valueCount, values };
}

function readValues(bytes: Uint8Array, { type }: Column, encoding: number, count: number): PageValues | undefined {
  const { width } = TYPE_FORMAT[type];
  switch (encoding) {
    case RLE_DICTIONARY:
      return readIndices(bytes, count);
    case DELTA_BYTE_ARRAY:
      return width === VALUE_BYTES ? readTails(bytes, count) : undefined;
    case PLAIN:
      if (count === 0) return bytes.length === 0 ? { form: 'none' } : undefined;
      if (width === 0) return { form: 'blobs', bytes };
      return bytes.length === count * width ? { form: 'plain', bytes } : undefined;
    default:
      return undefined;
  }
}

/** Width in bits, then one run of equals or one packed run that fills the page; its padding is zero. */
function readIndices(bytes: Uint8Array, count: number): PageValues | undefined {
  const width = bytes[0] === 8 ? 1 : 2;
  if (bytes[0] !== 8 && bytes[0] !== 16) return undefined;
  if (count === 0) return bytes.length === 1 ? { form: 'none' } : undefined;
  const head = readVarint(bytes, 1);
  if (head === undefined) return undefined;
  if (head.value === count * 2) {
    const isWhole = width === 1 && head.end + 1 === bytes.length;
    return isWhole ? { form: 'equal', index: bytes[head.end] } : undefined;
  }
  const groups = Math.ceil(count / 8);
  if (head.value !== groups * 2 + 1 || bytes.length !== head.end + groups * 8 * width) return undefined;
  const end = head.end + count * width;
  for (let at = end; at < bytes.length; at++) if (bytes[at] !== 0) return undefined;
  return { form: 'indices', width, bytes: bytes.subarray(head.end, end) };
}

/** Definition levels: all present, all null, or one bit a row. */
function readLevels(body: Uint8Array, rowCount: number): { valueCount: number; end: number } | undefined {
  if (body.length < 4) return undefined;
  const length = (body[0] | (body[1] << 8) | (body[2] << 16) | (body[3] << 24)) >>> 0;
  const end = 4 + length;
  const head = readVarint(body, 4);
  if (head === undefined || end > body.length) return undefined;
  if (head.value === rowCount * 2) {
    const level = body[head.end];
    return head.end + 1 === end && level <= 1 ? { valueCount: level * rowCount, end } : undefined;
  }
  const groups = Math.ceil(rowCount / 8);
  if (head.value !== groups * 2 + 1 || head.end + groups !== end) return undefined;
  let valueCount = 0;
  for (let at = head.end; at < end; at++) valueCount += onesOf(body[at]);
  // Bits behind the last row say nothing: a bitmap is written as it lies.
  if ((rowCount & 7) !== 0) valueCount -= onesOf(body[end - 1] >> (rowCount & 7));
  return { valueCount, end };
}
