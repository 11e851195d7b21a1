/**
 * Pages of a row group: header in Thrift, then the body, which is a list of pieces that are not copied together.
 *
 *   PageHeader   1 type · 2 uncompressed size · 3 compressed size · 4 crc · 5 DataPageHeader | 7 DictionaryPageHeader
 *   data page    [definition levels: u32 length, hybrid runs]  values         (nullable columns only)
 *
 * DataPage V1: the version every reader knows, and its levels may be views just as well as V2's.
 */

import type { Codec, EncodeOptions } from './columns.ts';
import { DATA_PAGE, DICTIONARY_PAGE, PLAIN, RLE, RLE_DICTIONARY } from './format.ts';
import { ThriftWriter } from './thrift.ts';

/** Default bound of a page's uncompressed body, in bytes. Readers hold a page in memory as a whole. */
export const PAGE_BYTES_MAX = 8 * 1024 * 1024;
export const PAGE_BYTES_MIN = 1024;

export type PageHead =
  | { readonly type: typeof DATA_PAGE; readonly valueCount: number; readonly encoding: number }
  | { readonly type: typeof DICTIONARY_PAGE; readonly valueCount: number };

/** The bytes of a row group in the making: pieces in order, and how far they reach. */
export class PageSink {
  readonly chunks: Uint8Array[] = [];
  readonly codec: Codec;
  /** Bytes so far, as they will lie in the file. */
  byteLength = 0;
  /** Bytes so far if no page were compressed; headers included. */
  uncompressed_bytes = 0;
  readonly #options: EncodeOptions;

  constructor(options: EncodeOptions) {
    this.#options = options;
    this.codec = options.compress?.codec ?? 'UNCOMPRESSED';
  }

  /** Appends a page. `pieces` make up its body; without compression they are kept, not copied. */
  page(head: PageHead, pieces: readonly Uint8Array[]): void {
    const { compress, crc32 } = this.#options;
    const plain_bytes = lengthOf(pieces);
    const body = compress ? [compress.fn(join(pieces))] : pieces;
    const body_bytes = compress ? lengthOf(body) : plain_bytes;
    const crc = crc32 && body.reduce((sum, piece) => crc32(piece, sum), 0);
    const header = encodeHead(head, plain_bytes, body_bytes, crc);
    this.chunks.push(header);
    for (const piece of body) if (piece.length > 0) this.chunks.push(piece);
    this.byteLength += header.length + body_bytes;
    this.uncompressed_bytes += header.length + plain_bytes;
  }
}

export function encodeHead(
  head: PageHead,
  plain_bytes: number,
  body_bytes: number,
  crc: number | undefined,
): Uint8Array {
  const writer = new ThriftWriter();
  writer.i32(1, head.type);
  writer.i32(2, plain_bytes);
  writer.i32(3, body_bytes);
  if (crc !== undefined) writer.i32(4, crc | 0);
  if (head.type === DATA_PAGE) {
    writer.struct(5, () => {
      writer.i32(1, head.valueCount);
      writer.i32(2, head.encoding);
      writer.i32(3, RLE);
      writer.i32(4, RLE);
    });
  }
  if (head.type === DICTIONARY_PAGE) {
    writer.struct(7, () => {
      writer.i32(1, head.valueCount);
      writer.i32(2, PLAIN);
    });
  }
  return writer.finish();
}

/** The encodings that a column chunk names whose data pages have this one. */
export function encodingsOf(encoding: number): readonly number[] {
  if (encoding === RLE_DICTIONARY) return [PLAIN, RLE, RLE_DICTIONARY];
  return encoding === PLAIN ? [PLAIN, RLE] : [RLE, encoding];
}

function lengthOf(pieces: readonly Uint8Array[]): number {
  let sum_bytes = 0;
  for (const piece of pieces) sum_bytes += piece.length;
  return sum_bytes;
}

/** Copies pieces, one after the other, into one new array. */
export function join(pieces: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(lengthOf(pieces));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
