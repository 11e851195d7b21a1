/** Row groups read back: what is written is what is read, and whatever is changed is either noticed or means the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import * as fc from 'fast-check';
import type { Codec, Column, EncodeOptions, PlacedRowGroup } from './columns.ts';
import type { Entries } from './dictionary-read.ts';
import { type ByteSource, type ColumnCheck, type GroupFailure, type ReadOptions, readRowGroup } from './group-read.ts';
import type { PageValues } from './page-read.ts';
import { encodeFooter, encodeRowGroup, PAGE_BYTES_MAX, readFooter } from './parquet.ts';
import {
  difference,
  everyWay,
  fileCases,
  fileOf,
  longPages,
  type Plain,
  plainScalar,
  writeCase,
  type Written,
} from './testing.ts';

const CODECS = [
  { codec: 'GZIP', fn: (bytes: Uint8Array) => gzipSync(bytes) },
  { codec: 'ZSTD', fn: (bytes: Uint8Array) => zstdCompressSync(bytes) },
] as const;

function inflate(codec: Codec, bytes: Uint8Array, bytesMax: number): Uint8Array | 'exploded' | 'damaged' {
  try {
    const options = { maxOutputLength: Math.max(1, bytesMax) };
    return codec === 'GZIP' ? gunzipSync(bytes, options) : zstdDecompressSync(bytes, options);
  } catch (error) {
    return error instanceof RangeError ? 'exploded' : 'damaged';
  }
}

class BytesSource implements ByteSource {
  private at: number;
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  peek(bytes: number): Uint8Array {
    return this.bytes.subarray(this.at, this.at + bytes);
  }

  take(bytes: number): Uint8Array | undefined {
    const taken = this.peek(bytes);
    this.at += bytes;
    return taken.length === bytes ? taken : undefined;
  }
}

/** Keeps every value as text; nulls are left out, as pages do not say where they are to a check. */
class Keeper implements ColumnCheck {
  readonly texts: Plain[] = [];
  private entries: Entries | undefined;
  private expected = 0;
  private readonly column: Column;

  constructor(column: Column) {
    this.column = column;
  }

  begin(dictionary: Entries | undefined): void {
    this.entries = dictionary;
  }

  page(values: PageValues, valueCount: number): void {
    this.expected += valueCount;
    this.keep(values, valueCount);
  }

  /** Byte strings are counted by whoever walks them. */
  end(): string | undefined {
    return this.texts.length === this.expected ? undefined : 'another number of values';
  }

  private keep(values: PageValues, valueCount: number): void {
    switch (values.form) {
      case 'none':
        return;
      case 'equal':
        for (let i = 0; i < valueCount; i++) this.texts.push(this.entry(values.index));
        return;
      case 'indices': {
        const { bytes, width } = values;
        for (let i = 0; i < valueCount; i++) {
          this.texts.push(this.entry(width === 1 ? bytes[i] : bytes[2 * i] | (bytes[2 * i + 1] << 8)));
        }
        return;
      }
      case 'plain':
        this.plain(values.bytes, valueCount);
        return;
      case 'blobs':
        this.blobs(values.bytes);
        return;
      case 'tails':
        this.tails(values, valueCount);
    }
  }

  private entry(index: number): string {
    if (this.entries === undefined || index >= this.entries.count) return 'beyond';
    const { count, plain, numbers, values } = this.entries;
    if (numbers.length === 0) return plainScalar(values[index]);
    const view = new DataView(plain.buffer, plain.byteOffset, plain.length);
    const width = plain.length / count;
    return String(width === 4 ? view.getUint32(index * 4, true) : view.getBigUint64(index * 8, true));
  }

  private plain(bytes: Uint8Array, valueCount: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const width = bytes.length / valueCount;
    for (let at = 0; at < bytes.length; at += width) {
      if (width === 16) this.texts.push(plainScalar(bytes.subarray(at, at + 16)));
      else this.texts.push(String(width === 4 ? view.getUint32(at, true) : view.getBigUint64(at, true)));
    }
  }

  private blobs(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = 0; at + 4 <= bytes.length; ) {
      const end = at + 4 + view.getUint32(at, true);
      const blob = bytes.subarray(at + 4, end);
      this.texts.push(this.column.type === 'string' ? String.fromCharCode(...blob) : plainScalar(blob));
      at = end;
    }
  }

  private tails({ starts, suffixes }: PageValues & { form: 'tails' }, valueCount: number): void {
    const isStart = new Set(starts);
    let at = 0;
    let prefix = '';
    for (let i = 0; i < valueCount; i++) {
      if (isStart.has(i)) {
        prefix = plainScalar(suffixes.subarray(at, at + 12));
        at += 12;
      }
      this.texts.push(prefix + plainScalar(suffixes.subarray(at, at + 4)));
      at += 4;
    }
  }
}

interface Read {
  readonly failure: GroupFailure | undefined;
  readonly columns: Plain[][];
  /** The footer written anew from what was found. */
  readonly footer: Uint8Array | undefined;
}

/** Reads a file whose footer is good; throws when it is not. */
function readAll(file: Uint8Array, plain_bytes = 2 ** 31): Read {
  const read = readFooter(file);
  assert.ok(read.ok);
  const { schema, groups, keyValue, createdBy } = read.footer;
  const keepers = schema.map((column) => new Keeper(column));
  const checks = Object.fromEntries(schema.map(({ name }, index) => [name, keepers[index]]));
  const options: ReadOptions = { checks, crc32, inflate, budget: { plain_bytes } };
  const source = new BytesSource(file, 4);
  const found: PlacedRowGroup[] = [];
  for (const group of groups) {
    const result = readRowGroup(schema, group, source, options);
    if (!result.ok) return { failure: result.failure, columns: [], footer: undefined };
    found.push({ meta: result.meta, fileOffset: group.fileOffset });
  }
  const columns = keepers.map(({ texts }) => texts);
  return { failure: undefined, columns, footer: encodeFooter(schema, found, keyValue, createdBy) };
}

function withoutNulls(written: Written): Written {
  return { ...written, expected: written.expected.map((column) => column.filter((value) => value !== null)) };
}

for (const fileCase of fileCases(CODECS)) {
  const written = writeCase({ ...fileCase, options: { ...fileCase.options, crc32 } });
  test(`readRowGroup reads what was written, and finds its footer: ${fileCase.name}`, () => {
    const { failure, columns, footer } = readAll(written.file);
    assert.equal(failure, undefined);
    assert.equal(difference(withoutNulls(written), columns), undefined);
    assert.deepEqual(footer, written.file.subarray(written.file.length - (footer?.length ?? 0)));
  });
}

test('readRowGroup reads pages up to their full length', () => {
  const { file, schema } = longPages();
  const read = readFooter(file);
  assert.ok(read.ok);
  let values = 0;
  const count: ColumnCheck = { begin() {}, page: (_, valueCount) => void (values += valueCount), end: () => undefined };
  const checks = Object.fromEntries(schema.map(({ name }) => [name, count]));
  const options = { checks, crc32, inflate, budget: { plain_bytes: 2 ** 31 } };
  const result = readRowGroup(schema, read.footer.groups[0], new BytesSource(file, 4), options);
  assert.deepEqual(result.ok ? result.meta : result.failure, read.footer.groups[0].meta);
  assert.equal(values, 3 * 530_001 + 200_000);
});

/** A file of one row group of few rows, and where its footer begins. */
function smallFile(options: EncodeOptions = { crc32 }): { file: Uint8Array; footerAt: number } {
  const schema = everyWay(1, 0).map(({ column }) => column);
  const file = fileOf(schema, [{ table: everyWay(300, 3), rowCount: 300 }], options);
  return { file, footerAt: file.length - 8 - new DataView(file.buffer).getUint32(file.length - 8, true) };
}

/** `file` with the bytes at some places of its row group replaced. */
function mutations(footerAt: number): fc.Arbitrary<readonly (readonly [at: number, byte: number])[]> {
  const place = fc.tuple(fc.integer({ min: 4, max: footerAt - 1 }), fc.nat(255));
  return fc.array(place, { minLength: 1, maxLength: 3 });
}

const { file: plainFile, footerAt } = smallFile({});

test('readRowGroup never throws, and a changed file that it accepts has as many rows', () => {
  fc.assert(
    fc.property(mutations(footerAt), (places) => {
      const file = plainFile.slice();
      for (const [at, byte] of places) file[at] = byte;
      const { failure, columns } = readAll(file);
      if (failure !== undefined) return;
      for (const [index, column] of columns.entries()) {
        const isNullable = everyWay(1, 0)[index].column.nullable === true;
        assert.ok(isNullable ? column.length <= 300 : column.length === 300);
      }
    }),
    { numRuns: 200 },
  );
});

test('readRowGroup notices every changed byte by its checksum, in a body, or as a wrong header', () => {
  const checked = smallFile();
  fc.assert(
    fc.property(mutations(checked.footerAt), (places) => {
      const file = checked.file.slice();
      for (const [at, byte] of places) file[at] = byte;
      const isChanged = places.some(([at]) => file[at] !== checked.file[at]);
      assert.equal(readAll(file).failure !== undefined, isChanged);
    }),
    { numRuns: 300 },
  );
});

test('readRowGroup reports a file that ends in a row group', () => {
  const read = readFooter(plainFile);
  assert.ok(read.ok);
  const { schema, groups } = read.footer;
  const checks = Object.fromEntries(schema.map((column) => [column.name, new Keeper(column)]));
  for (let length = 4; length < footerAt; length += 997) {
    const source = new BytesSource(plainFile.subarray(0, length), 4);
    const options = { checks, crc32, inflate, budget: { plain_bytes: 2 ** 31 } };
    const result = readRowGroup(schema, groups[0], source, options);
    assert.equal(result.ok ? undefined : result.failure.reason, 'page');
  }
});

const ONE: readonly Column[] = [{ name: 'x', type: 'u32' }];

/** A file whose only page was compressed by `fn`, whatever that makes of it. */
function compressedBy(codec: Codec, fn: (bytes: Uint8Array) => Uint8Array, rowCount = 64): Uint8Array {
  const values = Uint32Array.from({ length: rowCount }, (_, index) => index);
  const group = encodeRowGroup(ONE, { x: { kind: 'values', values } }, rowCount, { compress: { codec, fn } });
  const chunks = [new Uint8Array([0x50, 0x41, 0x52, 0x31]), ...group.chunks];
  return Buffer.concat([...chunks, encodeFooter(ONE, [{ meta: group.meta, fileOffset: 4 }], {}, 'test')]);
}

test('readRowGroup stops a page that decompresses to more than it promises', () => {
  const bomb = Buffer.alloc(100 * 1024 * 1024);
  for (const { codec, fn } of CODECS) {
    assert.equal(readAll(compressedBy(codec, () => fn(bomb))).failure?.reason, 'exploded', codec);
  }
});

test('readRowGroup refuses pages that are shorter than they promise, or not compressed at all', () => {
  for (const { codec, fn } of CODECS) {
    assert.equal(readAll(compressedBy(codec, (bytes) => fn(bytes.subarray(1)))).failure?.reason, 'page');
    assert.equal(readAll(compressedBy(codec, () => new Uint8Array(50).fill(9))).failure?.reason, 'page');
    assert.equal(readAll(compressedBy(codec, fn)).failure, undefined);
  }
});

test('readRowGroup keeps to its budget of uncompressed bytes', () => {
  const file = compressedBy('ZSTD', CODECS[1].fn, 1000);
  assert.equal(readAll(file, 4000).failure, undefined);
  assert.equal(readAll(file, 3999).failure?.reason, 'exploded');
});

test('readRowGroup refuses a page that promises more than a page may have, before it reads it', () => {
  let reads = 0;
  const header = encodeRowGroup(ONE, { x: { kind: 'values', values: Uint32Array.of(1, 2) } }, 2).chunks[0];
  // type 0, then the uncompressed size as a zigzag varint: 2 × 8 MiB + 2.
  const size = [0x15, 0x82, 0x80, 0x80, 0x08];
  const forged = Uint8Array.from([0x15, 0, ...size, ...header.subarray(4)]);
  assert.ok(PAGE_BYTES_MAX < 8 * 1024 * 1024 + 1);
  const source: ByteSource = { peek: () => forged, take: () => void reads++ };
  const meta = { rowCount: 2, byteLength: 2 ** 25, columns: [{ ...chunkOf(), compressed_bytes: 2 ** 25 }] };
  const checks = { x: new Keeper(ONE[0]) };
  const options = { checks, crc32, inflate, budget: { plain_bytes: 2 ** 31 } };
  const result = readRowGroup(ONE, { meta, fileOffset: 4 }, source, options);
  assert.equal(result.ok ? undefined : result.failure.reason, 'exploded');
  assert.equal(reads, 0);
});

function chunkOf(): PlacedRowGroup['meta']['columns'][number] {
  return encodeRowGroup(ONE, { x: { kind: 'values', values: Uint32Array.of(1, 2) } }, 2).meta.columns[0];
}
