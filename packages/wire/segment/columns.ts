/**
 * What a Parquet writer is given: a schema and, per row group, the columns' memory.
 *
 * The shapes follow what a flow table already holds, so that most columns reach the file as views on their own bytes:
 *
 *   type          Parquet (physical, logical)             values as
 *   u8            INT32, UINT_8                            Uint8Array, one per value
 *   u16           INT32, UINT_16                           Uint16Array, one per value
 *   u32           INT32, UINT_32                           Uint32Array, one per value
 *   u64           INT64, UINT_64                           Uint32Array, two per value: low word, high word
 *   timestamp_ms  INT64, TIMESTAMP(MILLIS, UTC)            Uint32Array, two per value: low word, high word
 *   fixed16       FIXED_LEN_BYTE_ARRAY(16)                 Uint8Array, 16 per value (IPv4 as v4-mapped IPv6)
 *   string        BYTE_ARRAY, STRING                       `blobs` or `dictionary`
 *   bytes         BYTE_ARRAY                               `blobs` or `dictionary`
 *
 * u32 and u64 may also come as Uint8Array or Uint16Array, one per value, when every value is that small; fixed16 as `tails`
 * when most values share their first twelve bytes. Any type may also come as `dictionary` or `constant`. Arrays may be longer than the row count (a table's capacity):
 * the first rowCount values count.
 *
 * Source: https://github.com/apache/parquet-format (README, LogicalTypes.md, Encodings.md).
 */

import type { Scratch } from './scratch.ts';

export type ColumnType = 'u8' | 'u16' | 'u32' | 'u64' | 'timestamp_ms' | 'fixed16' | 'string' | 'bytes';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** May hold nulls. Default false. */
  readonly nullable?: boolean;
}

export type Schema = readonly Column[];

/**
 * Which rows of a nullable column hold a value; without it, all do. Values are always dense: the k-th value belongs to
 * the k-th present row.
 *
 * - `rows`: row numbers, strictly ascending.
 * - `bitmap`: one bit per row, least significant first, at least ⌈rowCount / 8⌉ bytes (Arrow's validity bitmap).
 */
export type Presence = { readonly rows: Uint32Array } | { readonly bitmap: Uint8Array };

/** One number, one string, or the bytes of one value (16 for fixed16). Numbers are safe integers. */
export type Scalar = number | string | Uint8Array;

/**
 * The distinct values of a dictionary column: strings for string; numbers for u8 … timestamp_ms; Uint8Arrays for bytes and
 * fixed16, where one Uint8Array of 16 bytes per entry does as well.
 */
export type Entries = readonly Scalar[] | ArrayLike<number>;

/** Values side by side in a typed array; which array for which type: see the file's head. */
export interface ValuesData {
  readonly kind: 'values';
  readonly values: Uint8Array | Uint16Array | Uint32Array;
  readonly present?: Presence;
}

/** Indices into `entries`. Every index must be below the number of entries: the writer does not look. */
export interface DictionaryData {
  readonly kind: 'dictionary';
  readonly indices: Uint8Array | Uint16Array;
  readonly entries: Entries;
  readonly present?: Presence;
}

/** One value in every (present) row; null in every row when `value` is null. */
export interface ConstantData {
  readonly kind: 'constant';
  readonly value: Scalar | null;
  readonly present?: Presence;
}

/** Byte strings of an arena: the k-th value is arena[offsets[k], offsets[k] + lengths[k]). Copied. */
export interface BlobsData {
  readonly kind: 'blobs';
  readonly arena: Uint8Array;
  readonly offsets: Uint32Array;
  readonly lengths: Uint8Array | Uint16Array | Uint32Array;
  readonly present?: Presence;
}

/**
 * fixed16 values that for the most part begin alike: `prefix` (12 bytes), then four bytes of `tails` for each, e.g. v4-mapped IPv4
 * addresses. The values numbered in `whole` (ascending) are others: the next 16 bytes of `wholes` each; their tails do not count.
 */
export interface TailsData {
  readonly kind: 'tails';
  readonly prefix: Uint8Array;
  readonly tails: Uint8Array;
  readonly whole?: Uint32Array;
  readonly wholes?: Uint8Array;
  readonly present?: Presence;
}

export type ColumnData = ValuesData | DictionaryData | ConstantData | BlobsData | TailsData;

/** Names of the compression codecs that parquet-format numbers. */
export type Codec = 'UNCOMPRESSED' | 'SNAPPY' | 'GZIP' | 'BROTLI' | 'ZSTD' | 'LZ4_RAW';

export interface EncodeOptions {
  /** CRC-32 as in gzip, continued from `seed`; `node:zlib`'s crc32 fits. Without it pages carry no checksum. */
  readonly crc32?: (bytes: Uint8Array, seed?: number) => number;
  /** Applied to each page's body; must return memory of its own. Without it pages are views on the columns. */
  readonly compress?: { readonly codec: Codec; readonly fn: (bytes: Uint8Array) => Uint8Array };
  /**
   * Bound of one page's uncompressed body, 1 KiB … PAGE_BYTES_MAX (the default), but for dictionaries and for blobs so
   * long that eight rows exceed it: eight rows always share a page.
   */
  readonly pageBytesMax?: number;
  /** Where the writer puts what it has to rearrange. Without it every group gets memory of its own. */
  readonly scratch?: Scratch;
}

/** Bounds of a column chunk's values as PLAIN bytes without length prefix; absent where they are not nearly free. */
export interface ColumnStatistics {
  readonly nullCount: number;
  readonly min?: Uint8Array;
  readonly max?: Uint8Array;
  /** Whether min and max are values that occur; false for a dictionary, whose entries need not all be used. */
  readonly exact?: boolean;
}

/** One column chunk. Offsets are relative to the row group's first byte. */
export interface ColumnChunkMeta {
  /** Parquet encoding numbers of its pages and levels, ascending. */
  readonly encodings: readonly number[];
  readonly codec: Codec;
  readonly valueCount: number;
  readonly uncompressed_bytes: number;
  readonly compressed_bytes: number;
  readonly dictionaryOffset?: number;
  readonly dataOffset: number;
  readonly statistics: ColumnStatistics;
}

/** One row group: plain data that survives structuredClone, so that a worker can post it. Columns in schema order. */
export interface RowGroupMeta {
  readonly rowCount: number;
  readonly byteLength: number;
  readonly columns: readonly ColumnChunkMeta[];
}

/** A row group and where its first byte lies in the file. */
export interface PlacedRowGroup {
  readonly meta: RowGroupMeta;
  readonly fileOffset: number;
}

export interface EncodedRowGroup {
  /** To be written one after the other. Views on the caller's columns and on small buffers of the writer. */
  readonly chunks: Uint8Array[];
  readonly byteLength: number;
  readonly meta: RowGroupMeta;
}
