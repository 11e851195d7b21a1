/**
 * A row group read back from its first byte to its last, each page shown to the check of its column. What comes out is the meta that
 * the footer must have for it: counted, not believed.
 *
 * Bounded: a page is read only when its header promises no more than PAGE_BYTES_MAX; decompression gets that promise as its limit;
 * all pages together are counted against a budget. Memory is one page and what the checks keep.
 */
import type { Codec, Column, ColumnChunkMeta, PlacedRowGroup, RowGroupMeta, Schema } from './columns.ts';
import { boundsOf, type Entries, readDictionary } from './dictionary-read.ts';
import { DATA_PAGE, DICTIONARY_PAGE, RLE_DICTIONARY } from './format.ts';
import { encodingsOf, PAGE_BYTES_MAX } from './page.ts';
import { PAGE_HEADER_BYTES_MAX, type PageHeader, type PageValues, readPageBody, readPageHeader } from './page-read.ts';
import { equalBytes } from './runs.ts';

/** A compressed page may be longer than it was; zstd and gzip add less than this. */
const COMPRESSED_SLACK_BYTES = 64 * 1024;
/** The most that {@link ByteSource.take} is asked for. */
export const TAKE_BYTES_MAX = PAGE_HEADER_BYTES_MAX + PAGE_BYTES_MAX + COMPRESSED_SLACK_BYTES;

/** The file's bytes from front to back. */
export interface ByteSource {
  /** The next `bytes` bytes, or as many as there are; they stay the next. */
  peek(bytes: number): Uint8Array;
  /** The next `bytes` bytes, good until the next call; undefined when the file ends before. At most TAKE_BYTES_MAX. */
  take(bytes: number): Uint8Array | undefined;
}

/** What is asked of a column's values. One object sees all row groups, chunk after chunk. */
export interface ColumnCheck {
  /** A column chunk begins; `dictionary` when it has one. */
  begin(dictionary: Entries | undefined): void;
  /** The next page's `valueCount` values. The bytes are good until it returns. */
  page(values: PageValues, valueCount: number): void;
  /** The chunk ends; what is wrong with it in words, e.g. `a value above 255`. */
  end(): string | undefined;
}

export interface ReadOptions {
  readonly checks: Readonly<Record<string, ColumnCheck>>;
  /** CRC-32 as in gzip. */
  readonly crc32: (bytes: Uint8Array) => number;
  /** Decompresses a page to at most `bytesMax` bytes; `exploded` when it is more, `damaged` when it is not such data. */
  readonly inflate: (codec: Codec, bytes: Uint8Array, bytesMax: number) => Uint8Array | 'exploded' | 'damaged';
  /** Uncompressed bytes that may still be read; counted down. */
  readonly budget: { plain_bytes: number };
}

export interface GroupFailure {
  /** `exploded`: more uncompressed bytes than promised or allowed. `page`: not as written here. `value`: a check's answer. */
  readonly reason: 'exploded' | 'page' | 'checksum' | 'value';
  readonly column: string;
  readonly state: string;
}

export type GroupResult =
  | { readonly ok: true; readonly meta: RowGroupMeta }
  | { readonly ok: false; readonly failure: GroupFailure };

/** `group`: from a footer that readFooter accepted. The source stands at the group's first byte. Never throws. */
export function readRowGroup(
  schema: Schema,
  { meta }: PlacedRowGroup,
  source: ByteSource,
  options: ReadOptions,
): GroupResult {
  const columns: ColumnChunkMeta[] = [];
  let offset = 0;
  for (const [index, column] of schema.entries()) {
    const reader = new ChunkReader(column, meta.columns[index], source, options);
    const chunk = reader.read(meta.rowCount, offset);
    if (reader.failure !== undefined) return { ok: false, failure: reader.failure };
    columns.push(chunk);
    offset += chunk.compressed_bytes;
  }
  return { ok: true, meta: { rowCount: meta.rowCount, byteLength: offset, columns } };
}

interface Page extends PageHeader {
  readonly body: Uint8Array;
}

/** One column chunk. The first failure sticks and ends the reading. */
class ChunkReader {
  failure: GroupFailure | undefined;
  private readonly column: Column;
  private readonly claimed: ColumnChunkMeta;
  private readonly source: ByteSource;
  private readonly options: ReadOptions;
  private compressed_bytes = 0;
  private plain_bytes = 0;
  private encoding: number | undefined;
  private nullCount = 0;
  private isEqual = true;

  constructor(column: Column, claimed: ColumnChunkMeta, source: ByteSource, options: ReadOptions) {
    this.column = column;
    this.claimed = claimed;
    this.source = source;
    this.options = options;
  }

  read(rowCount: number, offset: number): ColumnChunkMeta {
    const { claimed, column } = this;
    const dictionary = claimed.dictionaryOffset === undefined ? undefined : this.readDictionary();
    const dataOffset = offset + this.compressed_bytes;
    const check = this.options.checks[column.name];
    if (check === undefined) this.fail('value', 'it has no check');
    else {
      check.begin(dictionary);
      this.readData(rowCount, check, dictionary !== undefined);
      const state = this.failure === undefined ? check.end() : undefined;
      if (state !== undefined) this.fail('value', state);
    }
    return {
      encodings: encodingsOf(this.encoding ?? 0),
      codec: claimed.codec,
      valueCount: rowCount,
      uncompressed_bytes: this.plain_bytes,
      compressed_bytes: this.compressed_bytes,
      ...(dictionary !== undefined && { dictionaryOffset: offset }),
      dataOffset,
      statistics: this.statistics(dictionary),
    };
  }

  /** Bounds may be left out; those that are there must be the dictionary's. */
  private statistics(dictionary: Entries | undefined): ColumnChunkMeta['statistics'] {
    const { nullCount, isEqual } = this;
    const { min, max } = this.claimed.statistics;
    if (min === undefined || max === undefined) return { nullCount };
    const bounds = dictionary && boundsOf(this.column, dictionary);
    const isSame = bounds !== undefined && equalBytes(bounds.min, min) && equalBytes(bounds.max, max);
    if (!isSame) this.fail('page', 'its bounds are not those of its values');
    return { nullCount, min, max, exact: isEqual };
  }

  private readDictionary(): Entries | undefined {
    const page = this.nextPage();
    if (page === undefined) return undefined;
    const entries =
      page.head.type === DICTIONARY_PAGE
        ? readDictionary(page.body.slice(), this.column, page.head.valueCount)
        : undefined;
    if (entries === undefined) this.fail('page', 'its dictionary is none');
    return entries;
  }

  private readData(rowCount: number, check: ColumnCheck, hasDictionary: boolean): void {
    let rows = 0;
    while (this.failure === undefined && rows < rowCount) {
      const page = this.nextPage();
      if (page === undefined) return;
      const { head, body } = page;
      const isData = head.type === DATA_PAGE && head.valueCount > 0 && head.valueCount <= rowCount - rows;
      if (!isData) return this.fail('page', 'a page is none of its rows');
      this.encoding ??= head.encoding;
      const isExpected = head.encoding === this.encoding && (head.encoding === RLE_DICTIONARY) === hasDictionary;
      const read = isExpected ? readPageBody(body, this.column, head.encoding, head.valueCount) : undefined;
      if (read === undefined) return this.fail('page', 'a page is not laid out as this writer does');
      rows += head.valueCount;
      this.nullCount += head.valueCount - read.valueCount;
      this.isEqual &&= read.values.form !== 'indices';
      check.page(read.values, read.valueCount);
    }
    if (this.compressed_bytes !== this.claimed.compressed_bytes) this.fail('page', 'its pages do not fill its place');
  }

  private nextPage(): Page | undefined {
    const left_bytes = this.claimed.compressed_bytes - this.compressed_bytes;
    const header = readPageHeader(this.source.peek(Math.min(left_bytes, PAGE_HEADER_BYTES_MAX)));
    if (header === undefined) return this.fail('page', 'a page has no header');
    const { header_bytes, plain_bytes, body_bytes } = header;
    const { budget } = this.options;
    if (plain_bytes > PAGE_BYTES_MAX || plain_bytes > budget.plain_bytes) {
      return this.fail('exploded', 'a page promises too much');
    }
    if (header_bytes + body_bytes > Math.min(left_bytes, TAKE_BYTES_MAX)) {
      return this.fail('page', 'a page reaches beyond its place');
    }
    const bytes = this.source.take(header_bytes + body_bytes);
    if (bytes === undefined) return this.fail('page', 'the file ends in it');
    this.compressed_bytes += bytes.length;
    this.plain_bytes += header_bytes + plain_bytes;
    budget.plain_bytes -= plain_bytes;
    const body = this.plain(header, bytes.subarray(header_bytes));
    return body && { ...header, body };
  }

  /** The page's body uncompressed. */
  private plain({ plain_bytes, crc }: PageHeader, body: Uint8Array): Uint8Array | undefined {
    const { crc32, inflate } = this.options;
    if (crc !== undefined && (crc32(body) | 0) !== crc) return this.fail('checksum', 'the checksum of a page differs');
    const plain = this.claimed.codec === 'UNCOMPRESSED' ? body : inflate(this.claimed.codec, body, plain_bytes);
    if (plain === 'exploded') return this.fail('exploded', 'a page is longer than it promises');
    if (plain === 'damaged') return this.fail('page', 'a page cannot be decompressed');
    return plain.length === plain_bytes ? plain : this.fail('page', 'a page is shorter than it promises');
  }

  private fail(reason: GroupFailure['reason'], state: string): undefined {
    this.failure ??= { reason, column: this.column.name, state };
    return undefined;
  }
}
