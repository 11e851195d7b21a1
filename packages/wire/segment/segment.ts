/**
 * What a segment says about itself: whose it is, what time it covers, how much was listened to and what became of every
 * packet. It lies in the Parquet file's key-value metadata,
 *
 *   noroshi.segment         the whole, as one JSON object of the shape below
 *   noroshi.sensor, …       the figures a person or a query looks for first, one key each (FLAT_KEYS)
 *
 * and is thereby in front of every reader of the rows. The JSON is what counts; decodeSegment reads nothing else.
 *
 * A sensor's addresses are secret: there are only their counts, no field holds free text, and a field that this version
 * does not know is refused rather than carried along.
 */

import { Checker } from './checker.ts';
import { ROW_GROUPS_MAX } from './format.ts';

export const SEGMENT_VERSION = 1;
export const SEGMENT_KEY = 'noroshi.segment';
export const FLAT_KEYS = [
  'noroshi.version',
  'noroshi.sensor',
  'noroshi.sequence',
  'noroshi.minute_from_ms',
  'noroshi.minute_to_ms',
  'noroshi.packets_received',
  'noroshi.packets_kept',
  'noroshi.address_seconds',
  'noroshi.digest',
] as const;

/** Longest noroshi.segment, in UTF-16 units; 1,024 spans and 8,192 digests fit. */
export const SEGMENT_JSON_CHARS_MAX = 2 * 1024 * 1024;
/** Changes of the number of addresses within one segment. */
export const SPANS_MAX = 1024;
/** Reasons for filtering, and for dropping. */
export const REASONS_MAX = 64;
/** Row groups of one file. */
export const DIGESTS_MAX = ROW_GROUPS_MAX;

/** A stretch of time through which the same number of addresses listened. */
export interface ExposureSpan {
  /** Unix time, ms, inclusive. */
  readonly from_ms: number;
  /** Unix time, ms, exclusive; after from_ms. */
  readonly to_ms: number;
  /** IPv4 addresses that listened. */
  readonly addresses: number;
  /** IPv6 networks of 64 bits that listened: addresses would be counted in powers of two beyond any number. */
  readonly networks64: number;
}

/** What became of the packets. Reasons are lower-case words, e.g. `own_address`, `spool_full`. */
export interface SegmentCounters {
  /** Packets that the source delivered. */
  readonly received: number;
  /** Packets that went into the rows: the sum of the rows' packets. */
  readonly kept: number;
  /** Packets left out on purpose, by reason. */
  readonly filtered: Readonly<Record<string, number>>;
  /** Packets lost, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
}

/** What a sensor may be called: no address can be. */
export const SENSOR_NAME = /^[a-z][a-z0-9-]{0,62}$/;

export interface Segment {
  readonly version: typeof SEGMENT_VERSION;
  /** A letter, then letters, digits and hyphens, lower case, at most 63: neither kind of address can be written so. */
  readonly sensor: string;
  /** Counts the sensor's segments from 0 without a gap; with `sensor` it identifies the segment for ever. */
  readonly sequence: number;
  /** Event time the segment covers, whole minutes, Unix ms: [minute_from_ms, minute_to_ms). */
  readonly minute_from_ms: number;
  readonly minute_to_ms: number;
  /** Event time of the first and last packet kept, Unix ms; null when there was none. */
  readonly first_ms: number | null;
  readonly last_ms: number | null;
  /** Ascending, not overlapping, within the segment's minutes. Gaps are times when nothing listened. */
  readonly exposure: readonly ExposureSpan[];
  readonly counters: SegmentCounters;
  /** Rows of all row groups. */
  readonly rows: number;
  /** SHA-256 of each row group's bytes, in the file's order, lower-case hex. */
  readonly digests: readonly string[];
  /** SHA-256 of the digests' bytes (32 each) one after the other, lower-case hex; of nothing when there are none. */
  readonly digest: string;
}

/** received = kept + filtered + dropped. */
export function conserves(counters: SegmentCounters): boolean {
  return counters.received === counters.kept + sum(counters.filtered) + sum(counters.dropped);
}

/** Addresses × seconds: the denominator of rates over IPv4. */
export function addressSeconds(exposure: readonly ExposureSpan[]): number {
  return exposure.reduce((total, span) => total + span.addresses * (span.to_ms - span.from_ms), 0) / 1000;
}

/** IPv6 networks of 64 bits × seconds. */
export function network64Seconds(exposure: readonly ExposureSpan[]): number {
  return exposure.reduce((total, span) => total + span.networks64 * (span.to_ms - span.from_ms), 0) / 1000;
}

/** Why a segment is refused: the first field found wrong, e.g. `counters.kept`, and what is asked of it. */
export interface SegmentFailure {
  readonly path: string;
  readonly expected: string;
}

export type SegmentResult =
  | { readonly ok: true; readonly segment: Segment }
  | { readonly ok: false; readonly failure: SegmentFailure };

/** The Parquet key-values of a segment. Throws RangeError, naming the field, where decodeSegment would refuse it. */
export function encodeSegment(segment: Segment): Record<string, string> {
  const text = JSON.stringify(segment);
  const checked = decodeSegment({ [SEGMENT_KEY]: text });
  if (!checked.ok) {
    const { path, expected } = checked.failure;
    throw new RangeError(`Cannot write the segment's metadata: ${path} is not ${expected}`);
  }
  const flat: Record<(typeof FLAT_KEYS)[number], string | number> = {
    'noroshi.version': segment.version,
    'noroshi.sensor': segment.sensor,
    'noroshi.sequence': segment.sequence,
    'noroshi.minute_from_ms': segment.minute_from_ms,
    'noroshi.minute_to_ms': segment.minute_to_ms,
    'noroshi.packets_received': segment.counters.received,
    'noroshi.packets_kept': segment.counters.kept,
    'noroshi.address_seconds': addressSeconds(segment.exposure),
    'noroshi.digest': segment.digest,
  };
  return { [SEGMENT_KEY]: text, ...Object.fromEntries(FLAT_KEYS.map((key) => [key, String(flat[key])])) };
}

/** Reads the metadata of a file from anywhere. Never throws. */
export function decodeSegment(keyValue: Readonly<Record<string, string>>): SegmentResult {
  const check = new Checker();
  const segment = toSegment(check, parseJson(keyValue[SEGMENT_KEY]));
  return check.failure ? { ok: false, failure: check.failure } : { ok: true, segment };
}

function toSegment(check: Checker, json: unknown): Segment {
  const fields = check.fields(json, SEGMENT_FIELDS, SEGMENT_KEY);
  check.that(fields.version === SEGMENT_VERSION, 'version', `${SEGMENT_VERSION}`);
  const segment: Segment = {
    version: SEGMENT_VERSION,
    sensor: check.match(fields.sensor, SENSOR_NAME, 'sensor', 'a name of a-z, 0-9 and hyphens'),
    sequence: check.count(fields.sequence, 'sequence'),
    minute_from_ms: check.count(fields.minute_from_ms, 'minute_from_ms'),
    minute_to_ms: check.count(fields.minute_to_ms, 'minute_to_ms'),
    first_ms: fields.first_ms === null ? null : check.count(fields.first_ms, 'first_ms'),
    last_ms: fields.last_ms === null ? null : check.count(fields.last_ms, 'last_ms'),
    exposure: check.list(fields.exposure, SPANS_MAX, 'exposure').map((span) => toSpan(check, span)),
    counters: toCounters(check, fields.counters),
    rows: check.count(fields.rows, 'rows'),
    digests: check.list(fields.digests, DIGESTS_MAX, 'digests').map((digest) => toDigest(check, digest, 'digests')),
    digest: toDigest(check, fields.digest, 'digest'),
  };
  checkTimes(check, segment);
  check.that(conserves(segment.counters), 'counters', 'received = kept + filtered + dropped');
  check.that(segment.counters.kept > 0 === segment.rows > 0, 'rows', 'of kept packets');
  check.that(segment.digests.length > 0 === segment.rows > 0, 'digests', 'one per row group');
  return segment;
}

const SEGMENT_FIELDS = [
  'version',
  'sensor',
  'sequence',
  'minute_from_ms',
  'minute_to_ms',
  'first_ms',
  'last_ms',
  'exposure',
  'counters',
  'rows',
  'digests',
  'digest',
] as const satisfies readonly (keyof Segment)[];

function checkTimes(check: Checker, segment: Segment): void {
  const { minute_from_ms, minute_to_ms, first_ms, last_ms, exposure } = segment;
  const isWhole = minute_from_ms % 60_000 === 0 && minute_to_ms % 60_000 === 0;
  check.that(isWhole && minute_from_ms < minute_to_ms, 'minute_to_ms', 'whole minutes, the end after the start');
  check.that((first_ms === null) === (segment.counters.kept === 0), 'first_ms', 'null just when no packet was kept');
  check.that((last_ms === null) === (first_ms === null), 'last_ms', 'null just when first_ms is');
  if (first_ms !== null && last_ms !== null) {
    check.that(minute_from_ms <= first_ms && first_ms <= last_ms, 'first_ms', 'within the minutes');
    check.that(last_ms < minute_to_ms, 'last_ms', 'within the minutes');
  }
  let end_ms = minute_from_ms;
  for (const { from_ms, to_ms } of exposure) {
    check.that(
      end_ms <= from_ms && from_ms < to_ms && to_ms <= minute_to_ms,
      'exposure',
      'ascending within the minutes',
    );
    end_ms = to_ms;
  }
  const total = addressSeconds(exposure) + network64Seconds(exposure);
  check.that(total <= Number.MAX_SAFE_INTEGER, 'exposure', 'countable');
}

function toSpan(check: Checker, json: unknown): ExposureSpan {
  const fields = check.fields(json, ['from_ms', 'to_ms', 'addresses', 'networks64'], 'exposure');
  return {
    from_ms: check.count(fields.from_ms, 'exposure.from_ms'),
    to_ms: check.count(fields.to_ms, 'exposure.to_ms'),
    addresses: check.count(fields.addresses, 'exposure.addresses'),
    networks64: check.count(fields.networks64, 'exposure.networks64'),
  };
}

function toCounters(check: Checker, json: unknown): SegmentCounters {
  const fields = check.fields(json, ['received', 'kept', 'filtered', 'dropped'], 'counters');
  return {
    received: check.count(fields.received, 'counters.received'),
    kept: check.count(fields.kept, 'counters.kept'),
    filtered: check.countByReason(fields.filtered, REASONS_MAX, 'counters.filtered'),
    dropped: check.countByReason(fields.dropped, REASONS_MAX, 'counters.dropped'),
  };
}

function toDigest(check: Checker, json: unknown, path: string): string {
  return check.match(json, /^[0-9a-f]{64}$/, path, 'SHA-256 in lower-case hex');
}

function parseJson(text: string | undefined): unknown {
  if (text === undefined || text.length > SEGMENT_JSON_CHARS_MAX) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function sum(byReason: Readonly<Record<string, number>>): number {
  return Object.values(byReason).reduce((total, count) => total + count, 0);
}
