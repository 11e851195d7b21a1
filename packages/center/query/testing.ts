/**
 * Segments for tests without a sensor: rows as plain numbers, written as the Parquet file that a sensor would have written. Many
 * rows are cheap: they lie in typed arrays.
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import type { ClassName } from '@noroshi/wire/classify/class.ts';
import { FLOW_SCHEMA } from '@noroshi/wire/flow/columns.ts';
import { parseAddress, type Words } from '@noroshi/wire/net/address.ts';
import type { ColumnData } from '@noroshi/wire/segment/columns.ts';
import { encodeFooter, encodeRowGroup, fileHeader } from '@noroshi/wire/segment/parquet.ts';
import { encodeSegment, type ExposureSpan, type Segment, type SegmentCounters } from '@noroshi/wire/segment/segment.ts';
import type { SegmentInsert } from '../store/store.ts';

export interface FlowRow {
  /** Unix ms, a whole minute. */
  readonly minute_ms: number;
  readonly src: Words;
  readonly dst: Words;
  readonly proto: number;
  readonly service_port: number;
  readonly class: ClassName;
  /** Names separated by spaces. */
  readonly marks: string;
  readonly packets: number;
  readonly quoted_dst?: Words | undefined;
}

export interface SegmentPlan {
  readonly feed: FeedName;
  readonly sensor: string;
  readonly sequence: number;
  readonly minute_from_ms: number;
  readonly minute_to_ms: number;
  readonly exposure: readonly ExposureSpan[];
  readonly filtered?: SegmentCounters['filtered'];
  readonly dropped?: SegmentCounters['dropped'];
}

/** Words of an address; throws on what is none. */
export function words(text: string): Words {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new Error(`Cannot read address ${text}: it is none`);
  return parsed;
}

/** Columns that are the same in every row: nothing that is published depends on them. */
const CONSTANT: Readonly<Record<string, ColumnData>> = Object.fromEntries(
  FLOW_SCHEMA.map(({ name, type, nullable = false }): [string, ColumnData] => {
    if (nullable) return [name, { kind: 'constant', value: null }];
    return [name, { kind: 'constant', value: type === 'string' ? '' : 0 }];
  }),
);

/** Writes `<folder>/<sensor>-<sequence>.parquet`. */
export function writeSegment(folder: string, plan: SegmentPlan, rows: readonly FlowRow[]): SegmentInsert {
  const packets = rows.reduce((sum, row) => sum + row.packets, 0);
  const { feed, filtered = {}, dropped = {}, ...facts } = plan;
  const path = join(folder, `${plan.sensor}-${plan.sequence}.parquet`);
  const group = rows.length === 0 ? undefined : encodeRowGroup(FLOW_SCHEMA, columnsOf(rows), rows.length);
  const digests = group === undefined ? [] : [sha256(...group.chunks)];
  const first_ms = rows.length === 0 ? null : plan.minute_from_ms;
  const segment: Segment = {
    version: 1,
    ...facts,
    first_ms,
    last_ms: first_ms,
    counters: { received: packets + total(filtered) + total(dropped), kept: packets, filtered, dropped },
    rows: rows.length,
    digests,
    digest: sha256(...digests.map((digest) => Buffer.from(digest, 'hex'))),
  };
  const placed = group === undefined ? [] : [{ meta: group.meta, fileOffset: 4 }];
  const footer = encodeFooter(FLOW_SCHEMA, placed, encodeSegment(segment), 'a test');
  const bytes = Buffer.concat([fileHeader(), ...(group?.chunks ?? []), footer]);
  writeFileSync(path, bytes);
  return { feed, path, segment, digest: sha256(bytes), bytes: bytes.length, received_at_ms: plan.minute_to_ms };
}

function columnsOf(rows: readonly FlowRow[]): Record<string, ColumnData> {
  const count = rows.length;
  const [minutes, packets] = [new Uint32Array(count * 2), new Uint32Array(count)];
  const [proto, port] = [new Uint8Array(count), new Uint16Array(count)];
  const [src, dst] = [new Uint8Array(count * 16), new Uint8Array(count * 16)];
  const [srcView, dstView] = [new DataView(src.buffer), new DataView(dst.buffer)];
  for (const [index, row] of rows.entries()) {
    minutes[2 * index] = row.minute_ms % 2 ** 32;
    minutes[2 * index + 1] = Math.floor(row.minute_ms / 2 ** 32);
    packets[index] = row.packets;
    proto[index] = row.proto;
    port[index] = row.service_port;
    setAddress(srcView, index, row.src);
    setAddress(dstView, index, row.dst);
  }
  return {
    ...CONSTANT,
    minute: { kind: 'values', values: minutes },
    src: { kind: 'values', values: src },
    dst: { kind: 'values', values: dst },
    proto: { kind: 'values', values: proto },
    service_port: { kind: 'values', values: port },
    class: names(rows.map((row) => row.class)),
    marks: names(rows.map((row) => row.marks)),
    packets: { kind: 'values', values: packets },
    quoted_dst: quotes(rows),
  };
}

function quotes(rows: readonly FlowRow[]): ColumnData {
  const quoted = rows.flatMap(({ quoted_dst }, index) => (quoted_dst === undefined ? [] : [{ index, quoted_dst }]));
  const values = new Uint8Array(quoted.length * 16);
  for (const [at, { quoted_dst }] of quoted.entries()) setAddress(new DataView(values.buffer), at, quoted_dst);
  return { kind: 'values', values, present: { rows: Uint32Array.from(quoted.map(({ index }) => index)) } };
}

function setAddress(view: DataView, index: number, [w0, w1, w2, w3]: Words): void {
  view.setUint32(index * 16, w0 >>> 0);
  view.setUint32(index * 16 + 4, w1 >>> 0);
  view.setUint32(index * 16 + 8, w2 >>> 0);
  view.setUint32(index * 16 + 12, w3 >>> 0);
}

function names(all: readonly string[]): ColumnData {
  const entries = [...new Set(all)];
  const places = new Map(entries.map((name, index) => [name, index]));
  return { kind: 'dictionary', indices: Uint16Array.from(all.map((name) => places.get(name) ?? 0)), entries };
}

function sha256(...parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
