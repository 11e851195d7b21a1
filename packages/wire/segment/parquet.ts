/**
 * A Parquet file for columns that already lie in typed arrays, at the speed of a memory copy.
 *
 *   offset 0   'PAR1'                                   fileHeader()
 *          4   row group, row group, …                  encodeRowGroup() each, anywhere, in any order (workers)
 *              footer, its length as u32, 'PAR1'        encodeFooter(), once the groups have their places
 *
 * Row groups know only offsets relative to their own first byte; the file's writer places them and says where in
 * encodeFooter. Reading back: readFooter. Nothing here does I/O. Shapes of the arguments: columns.ts.
 *
 * Why not a library: hyparquet-writer 0.17 converts every value, 0.4 million rows/s of 25 columns against 50 to 200 here,
 * where the values are handed out as views; and it refuses unsigned values above 2³¹.
 */

export type {
  Codec,
  Column,
  ColumnData,
  ColumnType,
  EncodeOptions,
  Entries,
  PlacedRowGroup,
  RowGroupMeta,
  Schema,
} from './columns.ts';
export { ROW_GROUPS_MAX } from './format.ts';
export { encodeFooter, fileHeader } from './footer-encode.ts';
export { type FooterFailure, readFooter } from './footer-read.ts';
export { PAGE_BYTES_MAX } from './page.ts';
export { encodeRowGroup, joinChunks } from './row-group.ts';
