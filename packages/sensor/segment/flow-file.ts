/**
 * Writes row groups to a Parquet segment file: into `<path>.part`, then fsync and rename, so that a file under its final name is
 * always whole.
 */
import { createHash, type Hash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
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
  readonly path: string;
  private readonly fd: number;
  private position = 0;
  private isClosed = false;
  private readonly groups: PlacedRowGroup[] = [];
  private readonly digests: string[] = [];
  private readonly digest: Hash = createHash('sha256');

  /** Creates `<path>.part`; throws the file system's error. */
  constructor(path: string) {
    this.path = path;
    this.fd = openSync(`${path}.part`, 'w');
    try {
      this.write(fileHeader());
    } catch (error) {
      this.abandon();
      throw error;
    }
  }

  /** Bytes written so far. */
  get byteLength(): number {
    return this.position;
  }

  /** Throws, before anything is written, when the file holds as many groups as readers accept (4 G packets at the least). */
  add({ chunks, meta, digest }: EncodedGroup): void {
    if (this.groups.length === ROW_GROUPS_MAX) {
      throw new RangeError(`Cannot write ${this.path}: more than ${ROW_GROUPS_MAX} row groups; split the capture`);
    }
    this.groups.push({ meta, fileOffset: this.position });
    for (const chunk of chunks) this.write(chunk);
    this.digests.push(digest);
    this.digest.update(Buffer.from(digest, 'hex'));
  }

  /** Where the bytes lie until the file gets its name. */
  private get unfinished(): string {
    return `${this.path}.part`;
  }

  /** Writes the footer, makes the file durable and gives it its name, or another one in the same file system. */
  finish(facts: SegmentFacts, path = this.path): Segment {
    const rows = this.groups.reduce((sum, { meta }) => sum + meta.rowCount, 0);
    const segment: Segment = { ...facts, rows, digests: this.digests, digest: this.digest.digest('hex') };
    this.write(encodeFooter(FLOW_SCHEMA, this.groups, encodeSegment(segment), 'noroshi version 0.1.0'));
    fsyncSync(this.fd);
    this.close();
    renameSync(this.unfinished, path);
    return segment;
  }

  /** Gives up, at whatever point: closes and removes the unfinished file. */
  abandon(): void {
    this.close();
    rmSync(this.unfinished, { force: true });
  }

  private close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    closeSync(this.fd);
  }

  private write(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) from += writeSync(this.fd, bytes, from);
    this.position += bytes.length;
  }
}
