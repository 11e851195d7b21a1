/**
 * What lies around the row groups: the magic in front; FileMetaData, its length and the magic behind.
 *
 *   FileMetaData   1 version · 2 schema, depth first · 3 rows · 4 row groups · 5 key-values · 6 created by · 7 orders
 *   RowGroup       1 column chunks · 2 uncompressed size · 3 rows · 5 file offset · 6 compressed size
 *   ColumnChunk    2 file offset (0: obsolete) · 3 ColumnMetaData
 *   ColumnMetaData 1 type · 2 encodings · 3 path · 4 codec · 5 values · 6, 7 sizes · 9 data · 11 dictionary · 12 statistics
 *   Statistics     3 nulls · 5 max · 6 min · 7, 8 whether those are exact
 *
 * Source: https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
 */

import type { Column, ColumnChunkMeta, ColumnStatistics, PlacedRowGroup, Schema } from './columns.ts';
import {
  CHUNKS_MAX,
  CODEC_NUMBER,
  COLUMNS_MAX,
  FOOTER_BYTES_MAX,
  HEADER_BYTES,
  KEY_VALUES_MAX,
  MAGIC,
  NAME_CHARS_MAX,
  OPTIONAL,
  REQUIRED,
  ROW_GROUPS_MAX,
  TYPE_FORMAT,
} from './format.ts';
import { join } from './page.ts';
import { u32Bytes } from './scalars.ts';
import { THRIFT_BINARY, THRIFT_I32, THRIFT_STRUCT, ThriftWriter } from './thrift.ts';
import { encodeUtf8 } from './utf8.ts';

/** Name of the schema's root, which no reader shows. */
const ROOT_NAME = 'schema';

/** The four bytes a Parquet file begins with. The first row group is placed behind them, at offset 4. */
export function fileHeader(): Uint8Array {
  return MAGIC.slice();
}

/**
 * Everything behind the last row group. `groups` in the order of their places, the first at offset 4 and each where the
 * one before ends, so that every byte between header and footer belongs to one; an empty file has none. `createdBy` by
 * convention reads `name version x.y.z (build hash)`.
 *
 * Throws RangeError when groups leave gaps or overlap, or when there is more of something than readFooter accepts.
 */
export function encodeFooter(
  schema: Schema,
  groups: readonly PlacedRowGroup[],
  keyValue: Readonly<Record<string, string>>,
  createdBy: string,
): Uint8Array {
  const keyValues = Object.entries(keyValue);
  checkPlaces(groups);
  checkCount('columns', schema.length, COLUMNS_MAX);
  for (const { name } of schema) checkCount('characters of a name', name.length, NAME_CHARS_MAX);
  checkCount('row groups', groups.length, ROW_GROUPS_MAX);
  checkCount('column chunks', groups.length * schema.length, CHUNKS_MAX);
  checkCount('key-values', keyValues.length, KEY_VALUES_MAX);
  const writer = new ThriftWriter();
  const rowCount = groups.reduce((sum, group) => sum + group.meta.rowCount, 0);
  writer.i32(1, 2);
  writer.list(2, THRIFT_STRUCT, [undefined, ...schema], (column) => writeSchemaElement(writer, schema, column));
  writer.i64(3, rowCount);
  writer.list(4, THRIFT_STRUCT, groups, (group) => writeRowGroup(writer, schema, group));
  writer.list(5, THRIFT_STRUCT, keyValues, ([key, value]) => {
    writer.element(() => {
      writer.string(1, key);
      writer.string(2, value);
    });
  });
  writer.string(6, createdBy);
  // TypeDefinedOrder for each: without it readers must not trust the bounds of unsigned columns.
  writer.list(7, THRIFT_STRUCT, schema, () => writer.element(() => writer.struct(1, () => {})));
  const footer = writer.finish();
  checkCount('bytes', footer.length, FOOTER_BYTES_MAX);
  return join([footer, u32Bytes(footer.length), MAGIC]);
}

function checkPlaces(groups: readonly PlacedRowGroup[]): void {
  let expected = HEADER_BYTES;
  for (const { meta, fileOffset } of groups) {
    if (fileOffset !== expected) {
      throw new RangeError(`Cannot write the footer: a row group lies at ${fileOffset} instead of ${expected}`);
    }
    expected += meta.byteLength;
  }
}

function checkCount(what: string, count: number, max: number): void {
  if (count > max) throw new RangeError(`Cannot write the footer: ${count} ${what} are more than ${max}`);
}

function writeSchemaElement(writer: ThriftWriter, schema: Schema, column: Column | undefined): void {
  writer.element(() => {
    if (column === undefined) {
      writer.string(4, ROOT_NAME);
      writer.i32(5, schema.length);
      return;
    }
    const format = TYPE_FORMAT[column.type];
    writer.i32(1, format.physical);
    if (format.width === 16) writer.i32(2, 16);
    writer.i32(3, column.nullable ? OPTIONAL : REQUIRED);
    writer.string(4, column.name);
    if (format.converted !== undefined) writer.i32(6, format.converted);
    if (format.logical) writer.struct(10, () => writeLogicalType(writer, column));
  });
}

/** LogicalType is a union: 1 STRING, 8 TIMESTAMP {adjusted to UTC, unit {1 MILLIS}}, 10 INTEGER {bits, signed}. */
function writeLogicalType(writer: ThriftWriter, column: Column): void {
  const { logical, bits } = TYPE_FORMAT[column.type];
  if (logical === 'string') writer.struct(1, () => {});
  if (logical === 'timestamp') {
    writer.struct(8, () => {
      writer.bool(1, true);
      writer.struct(2, () => writer.struct(1, () => {}));
    });
  }
  if (bits !== undefined) {
    writer.struct(10, () => {
      writer.i8(1, bits);
      writer.bool(2, false);
    });
  }
}

function writeRowGroup(writer: ThriftWriter, schema: Schema, { meta, fileOffset }: PlacedRowGroup): void {
  writer.element(() => {
    const uncompressed_bytes = meta.columns.reduce((sum, column) => sum + column.uncompressed_bytes, 0);
    writer.list(1, THRIFT_STRUCT, meta.columns, (chunk, i) => {
      writer.element(() => {
        writer.i64(2, 0);
        writer.struct(3, () => writeColumnMeta(writer, schema[i], chunk, fileOffset));
      });
    });
    writer.i64(2, uncompressed_bytes);
    writer.i64(3, meta.rowCount);
    writer.i64(5, fileOffset);
    writer.i64(6, meta.byteLength);
  });
}

function writeColumnMeta(writer: ThriftWriter, column: Column, chunk: ColumnChunkMeta, fileOffset: number): void {
  writer.i32(1, TYPE_FORMAT[column.type].physical);
  writer.list(2, THRIFT_I32, chunk.encodings, (encoding) => writer.integer(encoding));
  writer.list(3, THRIFT_BINARY, [column.name], (name) => writer.bytes(encodeUtf8(name)));
  writer.i32(4, CODEC_NUMBER[chunk.codec]);
  writer.i64(5, chunk.valueCount);
  writer.i64(6, chunk.uncompressed_bytes);
  writer.i64(7, chunk.compressed_bytes);
  writer.i64(9, fileOffset + chunk.dataOffset);
  if (chunk.dictionaryOffset !== undefined) writer.i64(11, fileOffset + chunk.dictionaryOffset);
  writer.struct(12, () => writeStatistics(writer, chunk.statistics));
}

function writeStatistics(writer: ThriftWriter, { nullCount, min, max, exact }: ColumnStatistics): void {
  writer.i64(3, nullCount);
  if (max) writer.binary(5, max);
  if (min) writer.binary(6, min);
  if (max) writer.bool(7, exact === true);
  if (min) writer.bool(8, exact === true);
}
