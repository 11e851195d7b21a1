/**
 * Reads and verifies a footer that footer-encode.ts could have written; field numbers are drawn there.
 *
 *   … row groups | FileMetaData, n bytes | n as u32 | 'PAR1'
 *
 * Meant for files from elsewhere: every count, length and offset is checked before it is used, every byte between header
 * and footer must belong to exactly one column chunk, and column types are those of this writer. What a Parquet engine
 * may be asked to open afterwards is thereby known to be of the promised shape; the pages themselves are not read.
 */

import type { Column, ColumnChunkMeta, ColumnStatistics, ColumnType, PlacedRowGroup } from './columns.ts';
import { FieldReader } from './fields.ts';
import {
  CODEC_NUMBER,
  COLUMNS_MAX,
  FOOTER_BYTES_MAX,
  HEADER_BYTES,
  KEY_VALUES_MAX,
  MAGIC,
  NAME_CHARS_MAX,
  OPTIONAL,
  ROW_GROUPS_MAX,
  TRAILER_BYTES,
  TYPE_FORMAT,
} from './format.ts';
import { type ThriftFailure, type ThriftStruct, readThrift } from './thrift.ts';

export interface Footer {
  readonly schema: readonly Column[];
  readonly groups: readonly PlacedRowGroup[];
  readonly keyValue: Readonly<Record<string, string>>;
  readonly createdBy: string;
  readonly rowCount: number;
}

export type FooterFailure =
  /** Not a Parquet file, or cut. */
  | { readonly reason: 'magic' }
  /** The footer claims a length that the file or the caller does not allow. */
  | { readonly reason: 'length'; readonly claimed_bytes: number }
  /** The bytes given do not reach far enough back: read again with the file's last `needed_bytes`. */
  | { readonly reason: 'tail'; readonly needed_bytes: number }
  /** Not Thrift; `offset` from the footer's first byte. */
  | { readonly reason: 'thrift'; readonly failure: ThriftFailure }
  /** The field at `path` is missing, or not what this reader accepts there. */
  | { readonly reason: 'field'; readonly path: string };

export type FooterResult =
  | { readonly ok: true; readonly footer: Footer }
  | { readonly ok: false; readonly failure: FooterFailure };

/**
 * `tail`: the file's last bytes, or all of them. `file_bytes`: the whole file's length, where `tail` is only its end.
 * `footer_bytesMax`: for files from strangers, less than the default; memory may reach a hundred times that. Never
 * throws. Bounds in statistics are views on `tail`.
 */
export function readFooter(
  tail: Uint8Array,
  file_bytes = tail.length,
  footer_bytesMax = FOOTER_BYTES_MAX,
): FooterResult {
  const fail = (failure: FooterFailure): FooterResult => ({ ok: false, failure });
  const trailer = tail.subarray(Math.max(0, tail.length - TRAILER_BYTES));
  const isParquet = trailer.length === TRAILER_BYTES && MAGIC.every((byte, i) => byte === trailer[4 + i]);
  if (!isParquet) return fail({ reason: 'magic' });
  const claimed_bytes = new DataView(trailer.buffer, trailer.byteOffset).getUint32(0, true);
  const groupsEnd = file_bytes - TRAILER_BYTES - claimed_bytes;
  if (groupsEnd < HEADER_BYTES || claimed_bytes > footer_bytesMax) return fail({ reason: 'length', claimed_bytes });
  const needed_bytes = claimed_bytes + TRAILER_BYTES;
  if (needed_bytes > tail.length) return fail({ reason: 'tail', needed_bytes });
  const thrift = readThrift(tail.subarray(tail.length - needed_bytes, tail.length - TRAILER_BYTES));
  if (!thrift.ok) return fail({ reason: 'thrift', failure: thrift.failure });
  const fields = new FieldReader();
  const footer = toFooter(fields, thrift.value, groupsEnd);
  return fields.failedPath === undefined ? { ok: true, footer } : fail({ reason: 'field', path: fields.failedPath });
}

function toFooter(fields: FieldReader, file: ThriftStruct, groupsEnd: number): Footer {
  const schema = toSchema(fields, file);
  const groups: PlacedRowGroup[] = [];
  let at = HEADER_BYTES;
  for (const struct of fields.structs(file, 4, ROW_GROUPS_MAX, 'row_groups')) {
    const group = toRowGroup(fields, schema, struct, at);
    groups.push(group);
    at += group.meta.byteLength;
  }
  fields.check(at === groupsEnd, 'row_groups');
  const rowCount = fields.count(file, 3, 'num_rows');
  fields.check(rowCount === groups.reduce((sum, group) => sum + group.meta.rowCount, 0), 'num_rows');
  const keyValues = fields.structs(file, 5, KEY_VALUES_MAX, 'key_value_metadata').map((pair) => {
    return [fields.text(pair, 1, 'key_value_metadata'), fields.text(pair, 2, 'key_value_metadata')] as const;
  });
  fields.check(new Set(keyValues.map(([key]) => key)).size === keyValues.length, 'key_value_metadata');
  return {
    schema,
    groups,
    keyValue: Object.fromEntries(keyValues),
    createdBy: fields.text(file, 6, 'created_by'),
    rowCount,
  };
}

function toSchema(fields: FieldReader, file: ThriftStruct): Column[] {
  const [root, ...elements] = fields.structs(file, 2, COLUMNS_MAX + 1, 'schema');
  fields.check(root !== undefined && root.get(5) === elements.length, 'schema');
  const schema = elements.map((element) => toColumn(fields, element));
  fields.check(new Set(schema.map(({ name }) => name)).size === schema.length, 'schema');
  return schema;
}

function toColumn(fields: FieldReader, element: ThriftStruct): Column {
  const name = fields.text(element, 4, 'schema.name');
  fields.check(name.length <= NAME_CHARS_MAX, 'schema.name');
  const types = Object.keys(TYPE_FORMAT) as ColumnType[];
  const type = types.find((candidate) => {
    const { physical, converted, width } = TYPE_FORMAT[candidate];
    const length = width === 16 ? 16 : undefined;
    return element.get(1) === physical && element.get(2) === length && element.get(6) === converted;
  });
  const repetition = fields.count(element, 3, `schema.${name}`);
  fields.check(type !== undefined && repetition <= OPTIONAL && !element.has(5), `schema.${name}`);
  return { name, type: type ?? 'bytes', ...(repetition === OPTIONAL && { nullable: true }) };
}

function toRowGroup(fields: FieldReader, schema: readonly Column[], group: ThriftStruct, at: number): PlacedRowGroup {
  const rowCount = fields.count(group, 3, 'row_groups.num_rows');
  const structs = fields.structs(group, 1, COLUMNS_MAX, 'row_groups.columns');
  fields.check(rowCount > 0 && structs.length === schema.length, 'row_groups.columns');
  const columns: ColumnChunkMeta[] = [];
  let end = at;
  for (const [i, column] of schema.entries()) {
    if (fields.failedPath !== undefined) break;
    const chunk = toChunk(fields, column, fields.struct(structs[i], 3, `${column.name}.meta_data`), at, end, rowCount);
    columns.push(chunk);
    end += chunk.compressed_bytes;
  }
  const uncompressed_bytes = columns.reduce((sum, chunk) => sum + chunk.uncompressed_bytes, 0);
  fields.check(
    fields.count(group, 2, 'row_groups.total_byte_size') === uncompressed_bytes,
    'row_groups.total_byte_size',
  );
  fields.check(fields.count(group, 5, 'row_groups.file_offset') === at, 'row_groups.file_offset');
  fields.check(
    fields.count(group, 6, 'row_groups.total_compressed_size') === end - at,
    'row_groups.total_compressed_size',
  );
  return { meta: { rowCount, byteLength: end - at, columns }, fileOffset: at };
}

/** `groupAt`: the row group's first byte; `at`: where this chunk must begin. */
function toChunk(
  fields: FieldReader,
  column: Column,
  meta: ThriftStruct,
  groupAt: number,
  at: number,
  rowCount: number,
): ColumnChunkMeta {
  const path = (field: string): string => `${column.name}.${field}`;
  const names = fields.list(meta, 3, 1, path('path_in_schema'));
  fields.check(
    names.length === 1 && fields.textOf(names[0], path('path_in_schema')) === column.name,
    path('path_in_schema'),
  );
  fields.check(meta.get(1) === TYPE_FORMAT[column.type].physical, path('type'));
  const codec = Object.entries(CODEC_NUMBER).find(
    ([, number]) => number === meta.get(4),
  )?.[0] as keyof typeof CODEC_NUMBER;
  fields.check(codec !== undefined, path('codec'));
  const compressed_bytes = fields.count(meta, 7, path('total_compressed_size'));
  const dataOffset = fields.count(meta, 9, path('data_page_offset'));
  const dictionaryOffset = meta.has(11) ? fields.count(meta, 11, path('dictionary_page_offset')) : undefined;
  fields.check((dictionaryOffset ?? dataOffset) === at, path('data_page_offset'));
  fields.check(dataOffset < at + compressed_bytes, path('total_compressed_size'));
  fields.check(dictionaryOffset === undefined || dictionaryOffset < dataOffset, path('dictionary_page_offset'));
  fields.check(fields.count(meta, 5, path('num_values')) === rowCount, path('num_values'));
  return {
    encodings: fields.list(meta, 2, 8, path('encodings')).map((value) => fields.countOf(value, path('encodings'))),
    codec,
    valueCount: rowCount,
    uncompressed_bytes: fields.count(meta, 6, path('total_uncompressed_size')),
    compressed_bytes,
    ...(dictionaryOffset !== undefined && { dictionaryOffset: dictionaryOffset - groupAt }),
    dataOffset: dataOffset - groupAt,
    statistics: toStatistics(fields, column, fields.struct(meta, 12, path('statistics')), rowCount),
  };
}

function toStatistics(fields: FieldReader, column: Column, struct: ThriftStruct, rowCount: number): ColumnStatistics {
  const path = `${column.name}.statistics`;
  const nullCount = fields.count(struct, 3, path);
  fields.check(nullCount <= (column.nullable ? rowCount : 0), path);
  if (!struct.has(5) && !struct.has(6)) return { nullCount };
  const [max, min] = [fields.bytes(struct, 5, path), fields.bytes(struct, 6, path)];
  const { width } = TYPE_FORMAT[column.type];
  fields.check(width === 0 || (min.length === width && max.length === width), path);
  fields.check(typeof struct.get(7) === 'boolean' && struct.get(7) === struct.get(8), path);
  return { nullCount, min, max, exact: struct.get(7) === true };
}
