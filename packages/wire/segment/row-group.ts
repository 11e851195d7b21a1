/**
 * One row group: for each column of the schema its dictionary page, if any, and its data pages.
 *
 *   column chunk   [dictionary page]  data page  data page …      a page: header, [levels], values
 *
 * The values' bytes are views on the caller's arrays: encoding ten million rows touches little but the blobs.
 */

import { blobRowsEnd, copyBlobs, type RowRange } from './blobs.ts';
import { type Body, toBody } from './body.ts';
import type { Column, ColumnChunkMeta, ColumnData, EncodedRowGroup, EncodeOptions, Schema } from './columns.ts';
import { TAIL_BYTES, tailPieces, VALUE_BYTES } from './delta.ts';
import { DATA_PAGE, DELTA_BYTE_ARRAY, DICTIONARY_PAGE, PLAIN, RLE_DICTIONARY } from './format.ts';
import { encodingsOf, join, PAGE_BYTES_MAX, PAGE_BYTES_MIN, PageSink } from './page.ts';
import { countPresent, levelPieces, type Present, toPresent } from './presence.ts';
import { indexPieces, zeroIndexPieces } from './runs.ts';
import { Scratch } from './scratch.ts';

/** Rows of one group: page headers count values as i32, and shifts of row numbers stay positive. */
export const ROWS_MAX = 2 ** 30;

/** Bytes of a page that are not its values: levels' length and run header, index width, run header. */
const PAGE_OVERHEAD_BYTES = 32;
const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
/** The values of a column chunk that has none. */
const NO_VALUES: Body = { form: 'plain', bytes: new Uint8Array(0), width: 1 };

/**
 * Encodes `rowCount` (1 … ROWS_MAX) rows. `columns` holds the data of every column of `schema`, by name.
 *
 * The returned chunks are views on the columns' arrays and on the scratch: write, hash or join them before changing those. Meta is plain
 * data. Throws RangeError, naming the column, when data are missing, too few or do not fit their type: mistakes of the
 * caller, not of what came from the network.
 */
export function encodeRowGroup(
  schema: Schema,
  columns: Readonly<Record<string, ColumnData>>,
  rowCount: number,
  options: EncodeOptions = {},
): EncodedRowGroup {
  checkCall(schema, columns, rowCount, options);
  const sink = new PageSink(options);
  const { pageBytesMax = PAGE_BYTES_MAX, scratch = new Scratch() } = options;
  const metas = schema.map((column) => {
    try {
      return encodeColumn(sink, column, columns[column.name], rowCount, { pageBytesMax, scratch });
    } catch (cause) {
      throw new RangeError(`Cannot encode column ${column.name}: ${(cause as Error).message}`, { cause });
    }
  });
  return {
    chunks: sink.chunks,
    byteLength: sink.byteLength,
    meta: { rowCount, byteLength: sink.byteLength, columns: metas },
  };
}

/** Copies a row group's chunks into one new array, e.g. to post it from a worker. */
export function joinChunks(group: EncodedRowGroup): Uint8Array {
  return join(group.chunks);
}

function checkCall(
  schema: Schema,
  columns: Readonly<Record<string, ColumnData>>,
  rowCount: number,
  { pageBytesMax = PAGE_BYTES_MAX }: EncodeOptions,
): void {
  const refuse = (why: string): never => {
    throw new RangeError(`Cannot encode a row group: ${why}`);
  };
  if (!IS_LITTLE_ENDIAN) refuse('typed arrays of this machine are big-endian');
  if (!Number.isInteger(rowCount) || rowCount < 1 || rowCount > ROWS_MAX) refuse(`${rowCount} rows`);
  if (pageBytesMax < PAGE_BYTES_MIN || pageBytesMax > PAGE_BYTES_MAX) refuse(`pages of ${pageBytesMax} bytes`);
  if (Object.keys(columns).length !== schema.length) refuse(`columns given: ${Object.keys(columns).join()}`);
}

function encodeColumn(
  sink: PageSink,
  column: Column,
  data: ColumnData | undefined,
  rowCount: number,
  { pageBytesMax, scratch }: { readonly pageBytesMax: number; readonly scratch: Scratch },
): ColumnChunkMeta {
  if (data === undefined) throw new RangeError('its data are missing');
  const present = presentOf(column, data, rowCount, scratch);
  const valueCount = countPresent(present, 0, rowCount);
  const body = valueCount === 0 ? NO_VALUES : toBody(column, data, valueCount, scratch);
  const start = { offset: sink.byteLength, uncompressed_bytes: sink.uncompressed_bytes };
  const dictionary = 'dictionary' in body ? body.dictionary : undefined;
  if (dictionary) sink.page({ type: DICTIONARY_PAGE, valueCount: dictionary.count }, [dictionary.plain]);
  const dataOffset = sink.byteLength;
  const encoding = dictionary ? RLE_DICTIONARY : body.form === 'tails' ? DELTA_BYTE_ARRAY : PLAIN;
  for (const { rowFrom, rowTo, valueFrom, valueTo } of pagesOf(body, present, rowCount, pageBytesMax)) {
    const levels = column.nullable ? levelPieces(present, rowFrom, rowTo) : [];
    const pieces = [...levels, ...valuePieces(body, valueFrom, valueTo, scratch)];
    sink.page({ type: DATA_PAGE, valueCount: rowTo - rowFrom, encoding }, pieces);
  }
  const bounds = dictionary?.bounds && { ...dictionary.bounds, exact: body.form === 'equal' };
  return {
    encodings: encodingsOf(encoding),
    codec: sink.codec,
    valueCount: rowCount,
    uncompressed_bytes: sink.uncompressed_bytes - start.uncompressed_bytes,
    compressed_bytes: sink.byteLength - start.offset,
    ...(dictionary && { dictionaryOffset: start.offset }),
    dataOffset,
    statistics: { nullCount: rowCount - valueCount, ...bounds },
  };
}

function presentOf(column: Column, data: ColumnData, rowCount: number, scratch: Scratch): Present {
  const isNull = data.kind === 'constant' && data.value === null;
  if (!column.nullable && (isNull || data.present)) throw new RangeError('it is not nullable');
  if (isNull) return 'none';
  return data.present ? toPresent(data.present, rowCount, scratch) : 'all';
}

/** Cuts the rows into pages; all but the last hold a multiple of eight rows. */
function* pagesOf(body: Body, present: Present, rowCount: number, bytesMax: number): Generator<RowRange> {
  const valueCount = countPresent(present, 0, rowCount);
  const perPage_bytes = bytesMax - PAGE_OVERHEAD_BYTES;
  const width = widthOf(body);
  const fixedRows = Math.floor(perPage_bytes / (width + 1 / 8)) & ~7;
  for (let rowFrom = 0, valueFrom = 0; rowFrom < rowCount; ) {
    const lengths = body.form === 'blobs' ? body.blobs.lengths : undefined;
    const whole = { rowFrom, rowTo: rowCount, valueFrom, valueTo: valueCount };
    const rowTo = lengths
      ? blobRowsEnd(lengths, present, whole, perPage_bytes)
      : Math.min(rowCount, rowFrom + fixedRows);
    const valueTo = valueFrom + countPresent(present, rowFrom, rowTo);
    yield { rowFrom, rowTo, valueFrom, valueTo };
    rowFrom = rowTo;
    valueFrom = valueTo;
  }
}

/** Bytes that one value takes of a page; 0 where that is next to nothing, or different for each. */
function widthOf(body: Body): number {
  if (body.form === 'indices') return body.indices.BYTES_PER_ELEMENT;
  // The two lists of lengths add up to 1.5 bytes a value where whole values and tails alternate.
  if (body.form === 'tails') return (body.tails.whole ? VALUE_BYTES : TAIL_BYTES) + 2;
  return body.form === 'plain' ? body.width : 0;
}

function valuePieces(body: Body, from: number, to: number, scratch: Scratch): Uint8Array[] {
  if (body.form === 'plain') return [body.bytes.subarray(from * body.width, to * body.width)];
  if (body.form === 'tails') return tailPieces(body.tails, from, to, scratch);
  if (body.form === 'indices') return indexPieces(body.indices, from, to);
  return body.form === 'equal' ? zeroIndexPieces(to - from) : [copyBlobs(body.blobs, from, to, scratch)];
}
