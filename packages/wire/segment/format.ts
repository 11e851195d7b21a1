/**
 * Parquet's numbers, named: what parquet.thrift calls Type, ConvertedType, LogicalType, Encoding, PageType, Codec.
 * Source: https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
 */

import type { Codec, ColumnType } from './columns.ts';

export const MAGIC = Uint8Array.of(0x50, 0x41, 0x52, 0x31); // 'PAR1'

/** Bytes of the file before the first row group. */
export const HEADER_BYTES = 4;
/** Bytes at the file's end that say how long the footer is. */
export const TRAILER_BYTES = 8;

/** Longest footer read or written. It is held in memory as a whole, read at up to a hundred times its length. */
export const FOOTER_BYTES_MAX = 32 * 1024 * 1024;
/** Row groups × columns: their values in the footer (≤ 25 each) stay below THRIFT_VALUES_MAX. */
export const CHUNKS_MAX = 262_144;
export const COLUMNS_MAX = 256;
/** Longest column name, in UTF-16 units. */
export const NAME_CHARS_MAX = 128;
export const ROW_GROUPS_MAX = 8192;
export const KEY_VALUES_MAX = 256;

const INT32 = 1;
const INT64 = 2;
const BYTE_ARRAY = 6;
const FIXED_LEN_BYTE_ARRAY = 7;

export const REQUIRED = 0;
export const OPTIONAL = 1;

export const PLAIN = 0;
export const RLE = 3;
export const DELTA_BYTE_ARRAY = 7;
export const RLE_DICTIONARY = 8;

export const DATA_PAGE = 0;
export const DICTIONARY_PAGE = 2;

export const CODEC_NUMBER: Readonly<Record<Codec, number>> = {
  UNCOMPRESSED: 0,
  SNAPPY: 1,
  GZIP: 2,
  BROTLI: 4,
  ZSTD: 6,
  LZ4_RAW: 7,
};

/** How a column type is stored and annotated. */
export interface TypeFormat {
  readonly physical: number;
  /** Bytes of one PLAIN value; 0 where each value carries its length. */
  readonly width: 0 | 4 | 8 | 16;
  /** ConvertedType, for readers older than LogicalType. */
  readonly converted?: number;
  /** LogicalType. */
  readonly logical?: 'string' | 'timestamp' | 'integer';
  /** Bits of an integer's logical type. */
  readonly bits?: 8 | 16 | 32 | 64;
}

export const TYPE_FORMAT: Readonly<Record<ColumnType, TypeFormat>> = {
  u8: { physical: INT32, width: 4, converted: 11, logical: 'integer', bits: 8 },
  u16: { physical: INT32, width: 4, converted: 12, logical: 'integer', bits: 16 },
  u32: { physical: INT32, width: 4, converted: 13, logical: 'integer', bits: 32 },
  u64: { physical: INT64, width: 8, converted: 14, logical: 'integer', bits: 64 },
  timestamp_ms: { physical: INT64, width: 8, converted: 9, logical: 'timestamp' },
  fixed16: { physical: FIXED_LEN_BYTE_ARRAY, width: 16 },
  string: { physical: BYTE_ARRAY, width: 0, converted: 0, logical: 'string' },
  bytes: { physical: BYTE_ARRAY, width: 0 },
};
