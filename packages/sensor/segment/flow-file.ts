/** Writes row groups to a Parquet segment file, which has its name only when it is whole. */
import { createHash, type Hash } from 'node:crypto';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { PartFile } from '@noroshi/kit/part-file.ts';
import { FLOW_SCHEMA } from '@noroshi/wire/flow/columns.ts';
import type { RowStore } from '@noroshi/wire/flow/row-store.ts';
import { ColumnWriter } from '@noroshi/wire/flow/to-columns.ts';
import {
  type Codec,
  encodeFooter,
  encodeRowGroup,
  fileHeader,
  type PlacedRowGroup,
  ROW_GROUPS_MAX,
  type RowGroupMeta,
} from '@noroshi/wire/segment/parquet.ts';
import { Scratch } from '@noroshi/wire/segment/scratch.ts';
import { encodeSegment, type Segment } from '@noroshi/wire/segment/segment.ts';

/** How pages are compressed: not at all, fast, or for readers that know no zstd. */
export const COMPRESSIONS = ['none', 'zstd', 'gzip'] as const;
export type Compression = (typeof COMPRESSIONS)[number];

/** One encoded row group and the SHA-256 of its bytes, hex. */
export interface EncodedGroup {
  readonly chunks: readonly Uint8Array[];
  readonly meta: RowGroupMeta;
  readonly digest: string;
}

/** Segment metadata that the writer adds itself. */
export type SegmentFacts = Omit<Segment, 'digests' | 'digest' | 'rows'>;

/** Turns stores of rows into encoded groups; holds the scratch memory. Groups share it: write one before encoding the next. */
export class GroupEncoder {
  private readonly writer = new ColumnWriter();
  private readonly scratch = new Scratch();
  private readonly compress: { readonly codec: Codec; readonly fn: (bytes: Uint8Array) => Uint8Array } | undefined;

  constructor(compression: Compression) {
    this.compress = compressor(compression);
  }

  encode(store: RowStore): EncodedGroup {
    const { scratch, compress } = this;
    scratch.reset();
    // No CRC-32 of each page: the digest of the group covers the same bytes, and few readers look at it.
    const options = compress === undefined ? { scratch } : { scratch, compress };
    const { chunks, meta } = encodeRowGroup(FLOW_SCHEMA, this.writer.columns(store), store.count, options);
    const hash = createHash('sha256');
    for (const chunk of chunks) hash.update(chunk);
    return { chunks, meta, digest: hash.digest('hex') };
  }
}

function compressor(compression: Compression) {
  if (compression === 'none') return undefined;
  const gzip = (bytes: Uint8Array): Uint8Array => gzipSync(bytes, { level: 1 });
  if (compression === 'gzip') return { codec: 'GZIP', fn: gzip } as const;
  const params = { [constants.ZSTD_c_compressionLevel]: 1 };
  return { codec: 'ZSTD', fn: (bytes: Uint8Array) => zstdCompressSync(bytes, { params }) } as const;
}

export class FlowFile {
  private readonly file: PartFile;
  private readonly groups: PlacedRowGroup[] = [];
  private readonly digests: string[] = [];
  private readonly digest: Hash = createHash('sha256');

  /**
   * Creates the file under a name that says that it is unfinished; throws the file system's error.
   * @param options.isDirect past the page cache where that is possible: for what is large and not read at once
   */
  constructor(path: string, options: { readonly isDirect?: boolean } = {}) {
    this.file = new PartFile(path, options);
    try {
      this.file.write(fileHeader());
    } catch (error) {
      this.abandon();
      throw error;
    }
  }

  get path(): string {
    return this.file.path;
  }

  /** Bytes written so far. */
  get byteLength(): number {
    return this.file.byteLength;
  }

  /** Throws, before anything is written, when the file holds as many groups as readers accept (4 G packets at the least). */
  add({ chunks, meta, digest }: EncodedGroup): void {
    if (this.groups.length === ROW_GROUPS_MAX) {
      throw new RangeError(`Cannot write ${this.path}: more than ${ROW_GROUPS_MAX} row groups; split the capture`);
    }
    this.groups.push({ meta, fileOffset: this.file.byteLength });
    for (const chunk of chunks) this.file.write(chunk);
    this.digests.push(digest);
    this.digest.update(Buffer.from(digest, 'hex'));
  }

  /** Writes the footer, makes the file durable and gives it its name, or another one in the same file system. */
  finish(facts: SegmentFacts, path?: string): Segment {
    const rows = this.groups.reduce((sum, { meta }) => sum + meta.rowCount, 0);
    const segment: Segment = { ...facts, rows, digests: this.digests, digest: this.digest.digest('hex') };
    this.file.write(encodeFooter(FLOW_SCHEMA, this.groups, encodeSegment(segment), 'noroshi version 0.1.0'));
    this.file.finish(path);
    return segment;
  }

  /** Gives up, at whatever point: closes and removes the unfinished file. */
  abandon(): void {
    this.file.abandon();
  }
}
