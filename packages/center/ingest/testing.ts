/** Segments for tests, made from random rows by wire's own writer, and with something wrong about them where asked. For tests only. */
import { createHash } from 'node:crypto';
import { crc32, gzipSync, zstdCompressSync } from 'node:zlib';
import { CLASSES } from '@noroshi/wire/classify/class.ts';
import { MARKS } from '@noroshi/wire/classify/marks/index.ts';
import { PREDICATES } from '@noroshi/wire/classify/predicates.ts';
import { type FlowColumnName, FLOW_SCHEMA } from '@noroshi/wire/flow/columns.ts';
import * as row from '@noroshi/wire/flow/row.ts';
import { RowStore } from '@noroshi/wire/flow/row-store.ts';
import { ColumnWriter } from '@noroshi/wire/flow/to-columns.ts';
import {
  type ColumnData,
  encodeFooter,
  encodeRowGroup,
  type EncodeOptions,
  fileHeader,
  joinChunks,
  type PlacedRowGroup,
  readFooter,
  type Schema,
} from '@noroshi/wire/segment/parquet.ts';
import { decodeSegment, encodeSegment, type Segment } from '@noroshi/wire/segment/segment.ts';

/** 2026-01-02T03:04:00Z: where the segments' minutes begin unless told otherwise. */
export const FROM_MS = Date.UTC(2026, 0, 2, 3, 4);
const MINUTE_MS = 60_000;
const COMPRESS = {
  none: undefined,
  gzip: { codec: 'GZIP', fn: (bytes: Uint8Array) => gzipSync(bytes, { level: 1 }) },
  zstd: { codec: 'ZSTD', fn: (bytes: Uint8Array) => zstdCompressSync(bytes) },
} as const satisfies Record<string, EncodeOptions['compress']>;

export interface SegmentPlan {
  readonly sensor?: string;
  readonly sequence?: number;
  readonly minute_from_ms?: number;
  readonly minutes?: number;
  /** Rows of each row group. */
  readonly groups?: readonly number[];
  readonly seed?: number;
  readonly compression?: keyof typeof COMPRESS;
  /** Bytes of the largest page. */
  readonly pageBytesMax?: number;
  readonly withCrc?: boolean;
  /** Compresses pages in its own way; `compression` says how it is called. */
  readonly pageFn?: (bytes: Uint8Array) => Uint8Array;
  /** Changes a row group's columns before they are encoded. */
  readonly columns?: (columns: Record<FlowColumnName, ColumnData>) => Record<string, ColumnData>;
  readonly schema?: Schema;
  /** Changes what the segment says of itself: consistently, as encodeSegment looks at it. */
  readonly segment?: (segment: Segment) => Segment;
  /** Changes the footer's key-values, whatever they then say. */
  readonly keyValue?: (keyValue: Record<string, string>) => Record<string, string>;
  /** Changes the row groups' places and metas. */
  readonly placed?: (groups: PlacedRowGroup[]) => PlacedRowGroup[];
  readonly createdBy?: string;
}

/** The file of a segment. Without changes it is one that verifyFile accepts. */
export function makeSegment(plan: SegmentPlan = {}): Buffer {
  const { groups = [100], seed = 1, compression = 'none', withCrc = true, minutes = 1 } = plan;
  const minute_from_ms = plan.minute_from_ms ?? FROM_MS;
  const schema = plan.schema ?? FLOW_SCHEMA;
  const compress = COMPRESS[compression];
  const options: EncodeOptions = {
    ...(withCrc && { crc32 }),
    ...(compress && { compress: { ...compress, ...(plan.pageFn && { fn: plan.pageFn }) } }),
    ...(plan.pageBytesMax !== undefined && { pageBytesMax: plan.pageBytesMax }),
  };
  const parts = [Buffer.from(fileHeader())];
  const placed: PlacedRowGroup[] = [];
  let kept = 0;
  let fileOffset = parts[0].length;
  for (const [index, rows] of groups.entries()) {
    const store = randomRows(rows, seed * 1000 + index, minute_from_ms / MINUTE_MS, minutes);
    for (let number = 0; number < rows; number++) kept += store.words[number * row.ROW_WORDS + row.PACKETS];
    const columns = new ColumnWriter().columns(store);
    const group = encodeRowGroup(schema, plan.columns?.(columns) ?? columns, rows, options);
    parts.push(Buffer.from(joinChunks(group)));
    placed.push({ meta: group.meta, fileOffset });
    fileOffset += group.byteLength;
  }
  const digests = parts.slice(1).map((part) => createHash('sha256').update(part).digest('hex'));
  const segment: Segment = {
    ...factsOf(plan, kept),
    rows: groups.reduce((sum, rows) => sum + rows, 0),
    digests,
    digest: createHash('sha256')
      .update(Buffer.from(digests.join(''), 'hex'))
      .digest('hex'),
  };
  const keyValue = encodeSegment(plan.segment?.(segment) ?? segment);
  const footer = encodeFooter(
    schema,
    plan.placed?.(placed) ?? placed,
    plan.keyValue?.(keyValue) ?? keyValue,
    plan.createdBy ?? 'noroshi version 0.1.0',
  );
  return Buffer.concat([...parts, footer]);
}

/**
 * The file with its digests made anew, as somebody would who changed its rows and owns the token; undefined when its footer cannot be
 * read any more. Whatever the footer says of the row groups stays.
 */
export function resign(file: Buffer): Buffer | undefined {
  const read = readFooter(file);
  if (!read.ok) return undefined;
  const { schema, groups, keyValue, createdBy } = read.footer;
  const decoded = decodeSegment(keyValue);
  if (!decoded.ok) return undefined;
  const digests = groups.map(({ meta, fileOffset }) => {
    return createHash('sha256')
      .update(file.subarray(fileOffset, fileOffset + meta.byteLength))
      .digest('hex');
  });
  const digest = createHash('sha256')
    .update(Buffer.from(digests.join(''), 'hex'))
    .digest('hex');
  const last = groups.at(-1);
  const end = last === undefined ? 4 : last.fileOffset + last.meta.byteLength;
  const again = encodeSegment({ ...decoded.segment, digests, digest });
  return Buffer.concat([file.subarray(0, end), encodeFooter(schema, groups, again, createdBy)]);
}

function factsOf(plan: SegmentPlan, kept: number): Omit<Segment, 'rows' | 'digests' | 'digest'> {
  const { sensor = 'tokyo-1', sequence = 7, minute_from_ms = FROM_MS, minutes = 1 } = plan;
  const minute_to_ms = minute_from_ms + minutes * MINUTE_MS;
  return {
    version: 1,
    sensor,
    sequence,
    minute_from_ms,
    minute_to_ms,
    first_ms: kept === 0 ? null : minute_from_ms,
    last_ms: kept === 0 ? null : minute_to_ms - 1,
    exposure: [{ from_ms: minute_from_ms, to_ms: minute_to_ms, addresses: 4096, networks64: 1 }],
    counters: { received: kept + 12, kept, filtered: { not_ours: 7 }, dropped: { before_capture: 5 } },
  };
}

/** Rows with something in every column: both families, quotes, payloads, options, rows of one and of many packets. */
function randomRows(count: number, seed: number, minuteFirst: number, minutes: number): RowStore {
  const store = new RowStore(Math.max(1, count));
  const random = randomOf(seed);
  for (let minute = 0; minute < minutes; minute++) store.minutes.push(minuteFirst + minute);
  store.options.texts.push('2_1460_', '2-4-8-1-3_1460_7', '1-!__');
  for (let number = 0; number < count; number++) {
    const at = store.add() * row.ROW_WORDS;
    const isIpv6 = random(9) === 0;
    const packets = random(4) === 0 ? 1 + random(300) : 1;
    const first_us = random(59_000_000);
    const ttl = random(256);
    const port = random(60_000);
    store.words.set(
      [
        isIpv6 ? store.address(0x2a000000 + random(9), random(9), 0, random(1000)) : random(2 ** 32),
        isIpv6 ? store.address(0x2d006e6f, 0x726f7368, 0, random(20)) : 0x19250000 + random(4096),
        random(65_536),
        random(minutes) |
          (isIpv6 ? row.META_IPV6 : 0) |
          (random(CLASSES.length) << row.META_CLASS_SHIFT) |
          (6 << row.META_PROTO_SHIFT),
        random(5) === 0 ? random(2 ** MARKS.length) : 0,
        0,
        packets,
        packets * 60,
        0,
        first_us,
        packets === 1 ? first_us : first_us + random(900_000),
        ttl | (ttl << row.TTL_MAX_SHIFT) | (random(0x1000) << row.FLAGS_SHIFT),
        port | ((packets === 1 ? port : port + random(5000)) << row.CLIENT_MAX_SHIFT),
        random(2 ** Math.min(8, PREDICATES.length)),
        random(2 ** 32),
        random(2 ** 32),
      ],
      at,
    );
    if (random(11) === 0) {
      store.quotes.key.set([0, 0, 0xffff, random(2 ** 32), (17 << 16) | random(65_536)]);
      store.words[at + row.QUOTE] = store.quotes.intern();
    }
    store.lengths[number] = random(2 ** 32);
    store.optionNumbers[number] = random(4);
    if (random(4) === 0) store.sample(number, new Uint8Array(128).fill(number), 0, 1 + random(128));
  }
  return store;
}

/** Integers from 0 to below its argument, known by the seed. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
