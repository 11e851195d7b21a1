/**
 * Is this file the segment that it is said to be? Everything is looked at before anything is stored, so that the database only
 * ever opens files laid out as our own writer does it:
 *
 *   footer      read, then written anew from what was found and compared byte for byte
 *   metadata    decodes, adds up, and is of the sensor and sequence of the path
 *   row groups  SHA-256 each; every page; every value in its bounds (wire/flow/flow-check.ts)
 *   sums        rows, packets, digests as the metadata say
 *
 * Synchronous and free of clocks: it runs in a worker thread (verify-worker.ts).
 */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { SEGMENT_GROUPS_MAX, SEGMENT_ROWS_MAX } from '@noroshi/wire/api/upload.ts';
import { FLOW_SCHEMA } from '@noroshi/wire/flow/columns.ts';
import { FlowCheck } from '@noroshi/wire/flow/flow-check.ts';
import { type GroupFailure, type ReadOptions, readRowGroup } from '@noroshi/wire/segment/group-read.ts';
import { encodeFooter, type PlacedRowGroup, readFooter } from '@noroshi/wire/segment/parquet.ts';
import { decodeSegment, encodeSegment, SEGMENT_KEY, type Segment } from '@noroshi/wire/segment/segment.ts';
import { BUFFER_BYTES, FileSource } from './file-source.ts';
import type { RefusalWord } from './refusals.ts';

/** Longest footer of SEGMENT_GROUPS_MAX row groups, with room to spare; memory for reading it reaches a multiple. */
const FOOTER_BYTES_MAX = 4 * 1024 * 1024;
/** Read first: nearly every footer is shorter. */
const TAIL_BYTES = 256 * 1024;
/** All pages of a segment, uncompressed: twice what the largest segment of incompressible payloads has. */
const PLAIN_BYTES_MAX = 1024 * 1024 * 1024;
/** Packets of one segment: what a gigabit link can carry in a day is a tenth of it. Keeps sums of many exact. */
const PACKETS_MAX = 2 ** 40;
/** IPv4 addresses there are. */
const ADDRESSES_MAX = 2 ** 32;
const NETWORKS_MAX = 2 ** 48;
const DAY_MS = 86_400_000;
const MAGIC = 'PAR1';
const CREATED_BY = /^noroshi version [0-9.]{1,20}(?: \(build [0-9A-Za-z.-]{1,64}\))?$/;

export interface VerifyRequest {
  readonly path: string;
  /** As the path of the request names them. */
  readonly sensor: string;
  readonly sequence: number;
  /** Where given, destinations must lie in these prefixes. */
  readonly prefixes?: readonly string[] | undefined;
}

export type Verified =
  | { readonly ok: true; readonly segment: Segment }
  /** `state` completes the sentence "Cannot take segment x/1: …". It has no foreign text in it. */
  | { readonly ok: false; readonly word: RefusalWord; readonly state: string };

/** A finding on its way out of the straight line; never leaves this file. */
class Finding extends Error {
  readonly word: RefusalWord;

  constructor(word: RefusalWord, state: string) {
    super(state);
    this.word = word;
  }
}

/** `buffer`: BUFFER_BYTES of memory to be used, again and again. Throws the file system's errors only. */
export function verifyFile(request: VerifyRequest, buffer = new Uint8Array(BUFFER_BYTES)): Verified {
  const fd = openSync(request.path, 'r');
  try {
    return { ok: true, segment: verify(request, fd, fstatSync(fd).size, buffer) };
  } catch (error) {
    if (!(error instanceof Finding)) throw error;
    return { ok: false, word: error.word, state: error.message };
  } finally {
    closeSync(fd);
  }
}

interface Opened {
  readonly groups: readonly PlacedRowGroup[];
  readonly keyValue: Readonly<Record<string, string>>;
  readonly createdBy: string;
  readonly rowCount: number;
  /** The footer's bytes with length and magic. */
  readonly footer: Uint8Array;
}

function verify(request: VerifyRequest, fd: number, file_bytes: number, buffer: Uint8Array): Segment {
  const opened = open(fd, file_bytes);
  const segment = metadataOf(opened, request);
  const groupsEnd = file_bytes - opened.footer.length;
  const found = readGroups(segment, opened, new FileSource(fd, MAGIC.length, groupsEnd, buffer), request.prefixes);
  const again = encodeFooter(FLOW_SCHEMA, found, opened.keyValue, opened.createdBy);
  if (Buffer.compare(again, opened.footer) !== 0) {
    throw new Finding('wrong_metadata', 'its footer does not say what is in it');
  }
  return segment;
}

/** The footer, its shape verified. */
function open(fd: number, file_bytes: number): Opened {
  const head = readAt(fd, 0, Math.min(MAGIC.length, file_bytes));
  if (file_bytes === 0) throw new Finding('cut', 'it is empty');
  if (head.toString('latin1') !== MAGIC.slice(0, head.length)) throw new Finding('not_parquet', 'it begins otherwise');
  let tail_bytes = Math.min(TAIL_BYTES, file_bytes);
  for (;;) {
    const tail = readAt(fd, file_bytes - tail_bytes, tail_bytes);
    const read = readFooter(tail, file_bytes, FOOTER_BYTES_MAX);
    if (read.ok) {
      const { schema, ...footer } = read.footer;
      checkSchema(schema);
      const length = tail.readUInt32LE(tail.length - 8) + 8;
      return { ...footer, footer: tail.subarray(tail.length - length) };
    }
    const { failure } = read;
    if (failure.reason === 'magic') throw new Finding('cut', 'it has no end');
    if (failure.reason === 'length') throw new Finding('cut', 'its footer is longer than the file or than allowed');
    if (failure.reason !== 'tail') throw new Finding('wrong_schema', 'its footer is not one of flow rows');
    tail_bytes = failure.needed_bytes;
  }
}

function readAt(fd: number, position: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let at = 0;
  while (at < length) {
    const read = readSync(fd, bytes, at, length - at, position + at);
    if (read === 0) throw new Finding('cut', 'it became shorter');
    at += read;
  }
  return bytes;
}

function checkSchema(schema: readonly { name: string; type: string; nullable?: boolean }[]): void {
  const isSame =
    schema.length === FLOW_SCHEMA.length &&
    schema.every(({ name, type, nullable = false }, index) => {
      const ours = FLOW_SCHEMA[index];
      return name === ours.name && type === ours.type && nullable === (ours.nullable ?? false);
    });
  if (!isSame) throw new Finding('wrong_schema', 'its columns are not those of flow rows');
}

function metadataOf({ keyValue, createdBy, groups, rowCount }: Opened, { sensor, sequence }: VerifyRequest): Segment {
  const wrong = (state: string): Finding => new Finding('wrong_metadata', state);
  const decoded = decodeSegment(keyValue);
  if (!decoded.ok) throw wrong(`its metadata field ${decoded.failure.path} is not ${decoded.failure.expected}`);
  const { segment } = decoded;
  if (segment.sensor !== sensor) throw wrong('it is of another sensor');
  if (segment.sequence !== sequence) throw wrong('it has another sequence');
  // The flat keys are for people; the JSON may order its fields as it likes.
  const flat = Object.entries({ ...encodeSegment(segment), [SEGMENT_KEY]: keyValue[SEGMENT_KEY] });
  const isFlat = flat.length === Object.keys(keyValue).length && flat.every(([key, value]) => keyValue[key] === value);
  if (!isFlat) throw wrong('its metadata contradict themselves');
  if (!CREATED_BY.test(createdBy)) throw wrong('it does not name its writer');
  if (Math.floor(segment.minute_from_ms / DAY_MS) !== Math.floor((segment.minute_to_ms - 1) / DAY_MS)) {
    throw wrong('it crosses a UTC day');
  }
  const isCountable =
    segment.counters.received <= PACKETS_MAX &&
    segment.exposure.every(({ addresses, networks64 }) => addresses <= ADDRESSES_MAX && networks64 <= NETWORKS_MAX);
  if (!isCountable) throw wrong('it claims more packets or addresses than there can be');
  if (rowCount > SEGMENT_ROWS_MAX || groups.length > SEGMENT_GROUPS_MAX) {
    throw new Finding('too_large', `it has more than ${SEGMENT_ROWS_MAX} rows or ${SEGMENT_GROUPS_MAX} row groups`);
  }
  if (rowCount !== segment.rows || groups.length !== segment.digests.length) throw wrong('it has other rows');
  return segment;
}

/** Reads all rows; returns what the footer must say of them. */
function readGroups(
  segment: Segment,
  { groups }: Opened,
  source: FileSource,
  prefixes: readonly string[] | undefined,
): PlacedRowGroup[] {
  const flows = new FlowCheck({ ...segment, prefixes });
  const options = { checks: flows.columns, crc32, inflate, budget: { plain_bytes: PLAIN_BYTES_MAX } };
  const digest = createHash('sha256');
  const found: PlacedRowGroup[] = [];
  for (const [index, group] of groups.entries()) {
    const read = readRowGroup(FLOW_SCHEMA, group, source, options);
    if (!read.ok) throw toFinding(read.failure, index);
    if (source.digest() !== segment.digests[index]) {
      throw new Finding('wrong_rows', `the digest of row group ${index} differs`);
    }
    digest.update(Buffer.from(segment.digests[index], 'hex'));
    found.push({ meta: read.meta, fileOffset: group.fileOffset });
  }
  if (digest.digest('hex') !== segment.digest) throw new Finding('wrong_metadata', 'its digest differs');
  const state = flows.state(segment.counters.kept);
  if (state !== undefined) throw new Finding('wrong_rows', state);
  return found;
}

function toFinding({ reason, column, state }: GroupFailure, index: number): Finding {
  const word = reason === 'exploded' ? 'explodes' : 'wrong_rows';
  return new Finding(word, `column ${column} of row group ${index}: ${state}`);
}

const inflate: ReadOptions['inflate'] = (codec, bytes, bytesMax) => {
  // A limit of 0 would mean none.
  const options = { maxOutputLength: Math.max(1, bytesMax) };
  try {
    if (codec === 'ZSTD') return zstdDecompressSync(bytes, options);
    if (codec === 'GZIP') return gunzipSync(bytes, options);
    return 'damaged';
  } catch (error) {
    return error instanceof RangeError ? 'exploded' : 'damaged';
  }
};
