/**
 * Flow batches out of columns as a flow table, a segment or a simulation has them (wire/segment/columns.ts), without an object
 * per row. Columns that are absent count as zeros, so that a simulation need not invent what no detector reads.
 */
import { CLASSES } from '@noroshi/wire/classify/class.ts';
import { MARKS } from '@noroshi/wire/classify/marks/index.ts';
import { PREDICATES } from '@noroshi/wire/classify/predicates.ts';
import type { BlobsData, ColumnData, Entries, Presence, Scalar } from '@noroshi/wire/segment/columns.ts';
import { type BatchColumn, makeColumns, Texter } from './batch-columns.ts';
import type { FlowBatch } from './flow-batch.ts';

/** What is known of addresses; words of an address are `words[at]` … `words[at + 3]`. */
export interface BatchLookups {
  /** Organisation on a list of acknowledged scanners; '' on none. */
  scanner(words: Uint32Array, at: number): string;
  /** 0 when not known. */
  asn(words: Uint32Array, at: number): number;
  /** `unknown` when not known. */
  country(words: Uint32Array, at: number): string;
}

type Columns = Readonly<Record<string, ColumnData>>;
type Writable = { -readonly [N in BatchColumn]: FlowBatch[N] };

const NUMBERS = [
  'proto',
  'service_port',
  'icmp_type',
  'icmp_code',
  'packets',
  'first_us',
  'duration_us',
  'ip_bytes_first',
  'ttl_min',
  'ttl_max',
  'ip_id_first',
  'client_port_min',
  'client_port_spread',
  'tcp_flags',
  'tcp_window_first',
  'tcp_seq_first',
  'quoted_proto',
  'quoted_port',
  'payload_bytes_first',
] as const satisfies readonly BatchColumn[];

const CLASS_CODES = new Map<string, number>(CLASSES.map(({ name }, code) => [name, code]));
const MARK_BITS = new Map<string, number>(MARKS.map(({ name }, place) => [name, 1 << place]));
const PREDICATE_BITS = new Map<string, number>(PREDICATES.map(({ name }, place) => [name, 1 << place]));

/** Code of a class's name; 0 for a name of a newer sensor. */
export const classCode = (name: string): number => CLASS_CODES.get(name) ?? 0;
/** Bits of names separated by spaces; names that are not known have none. */
export const markBits = (names: string): number => bitsOf(MARK_BITS, names);
export const predicateBits = (names: string): number => bitsOf(PREDICATE_BITS, names);

function bitsOf(table: ReadonlyMap<string, number>, names: string): number {
  if (names === '') return 0;
  let bits = 0;
  for (const name of names.split(' ')) bits |= table.get(name) ?? 0;
  return bits;
}

/** The rows as one batch, whatever their minutes; memory of its own. `minutesOf` says when, `splitByMinute` cuts. */
export function flowBatchOf(columns: Columns, rows: number, lookups?: BatchLookups): FlowBatch {
  const batch: Writable = makeColumns(rows);
  for (const name of NUMBERS) fillNumbers(batch[name], columns[name], rows);
  fillWide(batch.bytes, columns.bytes, rows);
  for (const name of ['src', 'dst', 'quoted_dst'] as const) fillAddresses(batch[name], columns[name], rows);
  fillTexts(batch.class, columns.class, rows, classCode);
  fillTexts(batch.marks, columns.marks, rows, markBits);
  fillTexts(batch.predicates, columns.predicates, rows, predicateBits);
  const options = new Texter('');
  fillTexts(batch.tcp_options_first, columns.tcp_options_first, rows, (text) => options.placeOf(text));
  const names = lookUp(batch, rows, lookups);
  return { rows, ...batch, ...names, optionTexts: options.texts, ...payloadsOf(columns.payload, rows) };
}

/** Start of the minute of each row, Unix ms. */
export function minutesOf(columns: Columns, rows: number): Float64Array {
  const minutes = new Float64Array(rows);
  fillWide(minutes, columns.minute, rows);
  return minutes;
}

const BACKSCATTER = classCode('backscatter');

function lookUp(
  batch: Writable,
  rows: number,
  lookups: BatchLookups | undefined,
): Pick<FlowBatch, 'scannerNames' | 'countryNames'> {
  const scanners = new Texter('');
  const countries = new Texter('unknown');
  if (lookups === undefined) return { scannerNames: scanners.texts, countryNames: countries.texts };
  for (let row = 0, at = 0; row < rows; row++, at += 4) {
    batch.scanner[row] = scanners.placeOf(lookups.scanner(batch.src, at));
    batch.asn[row] = lookups.asn(batch.src, at);
    batch.country[row] = countries.placeOf(lookups.country(batch.src, at));
    if (batch.class[row] !== BACKSCATTER) continue;
    const isQuoted =
      (batch.quoted_dst[at] | batch.quoted_dst[at + 1] | batch.quoted_dst[at + 2] | batch.quoted_dst[at + 3]) !== 0;
    const victim = isQuoted ? batch.quoted_dst : batch.src;
    batch.victim_asn[row] = lookups.asn(victim, at);
    batch.victim_country[row] = countries.placeOf(lookups.country(victim, at));
  }
  return { scannerNames: scanners.texts, countryNames: countries.texts };
}

/** Calls `take(row, k)` for the k-th value, in order. */
function eachPresent(rows: number, present: Presence | undefined, take: (row: number, k: number) => void): void {
  if (present === undefined) for (let row = 0; row < rows; row++) take(row, row);
  else if ('rows' in present) for (let k = 0; k < present.rows.length; k++) take(present.rows[k], k);
  else {
    for (let row = 0, k = 0; row < rows; row++) {
      if ((present.bitmap[row >> 3] & (1 << (row & 7))) !== 0) take(row, k++);
    }
  }
}

type Numbers = FlowBatch[BatchColumn];

function fillNumbers(to: Numbers, data: ColumnData | undefined, rows: number): void {
  if (data === undefined) return;
  if (data.kind === 'constant') {
    const value = Number(data.value ?? 0);
    if (value !== 0) eachPresent(rows, data.present, (row) => void (to[row] = value));
  } else if (data.kind === 'values') {
    const { values, present } = data;
    if (present === undefined) to.set(values.length === rows ? values : values.subarray(0, rows));
    else eachPresent(rows, present, (row, k) => void (to[row] = values[k]));
  } else if (data.kind === 'dictionary') {
    const { indices, entries } = data;
    eachPresent(rows, data.present, (row, k) => void (to[row] = Number(entries[indices[k]])));
  }
}

/** u64 and times: two words a value, or one where all are small. */
function fillWide(to: Float64Array, data: ColumnData | undefined, rows: number): void {
  if (data?.kind !== 'values' || !(data.values instanceof Uint32Array) || data.values.length < 2 * rows) {
    fillNumbers(to, data, rows);
    return;
  }
  const { values } = data;
  eachPresent(rows, data.present, (row, k) => void (to[row] = values[2 * k + 1] * 2 ** 32 + values[2 * k]));
}

function fillTexts(to: Numbers, data: ColumnData | undefined, rows: number, numberOf: (text: string) => number): void {
  if (data === undefined) return;
  if (data.kind === 'constant') {
    const value = numberOf(textOf(data.value));
    eachPresent(rows, data.present, (row) => void (to[row] = value));
  } else if (data.kind === 'dictionary') {
    const { indices } = data;
    const values = Array.from(data.entries as ArrayLike<Scalar>, (entry) => numberOf(textOf(entry)));
    eachPresent(rows, data.present, (row, k) => void (to[row] = values[indices[k]]));
  } else if (data.kind === 'blobs') {
    eachPresent(rows, data.present, (row, k) => void (to[row] = numberOf(textOf(blobAt(data, k)))));
  }
}

const DECODER = new TextDecoder();

function textOf(value: Scalar | null): string {
  return typeof value === 'string' ? value : value instanceof Uint8Array ? DECODER.decode(value) : '';
}

function blobAt({ arena, offsets, lengths }: BlobsData, k: number): Uint8Array {
  return arena.subarray(offsets[k], offsets[k] + lengths[k]);
}

function fillAddresses(to: Uint32Array, data: ColumnData | undefined, rows: number): void {
  if (data === undefined) return;
  if (data.kind === 'values') {
    const { values } = data;
    if (values instanceof Uint8Array) eachPresent(rows, data.present, (row, k) => putAddress(to, row, values, k * 16));
  } else if (data.kind === 'tails') {
    const { tails, prefix, whole, wholes } = data;
    const head = new Uint32Array(4);
    putAddress(head, 0, Uint8Array.of(...prefix, 0, 0, 0, 0), 0);
    const others = new Map(Array.from(whole ?? [], (number, place) => [number, place * 16]));
    eachPresent(rows, data.present, (row, k) => {
      const at = others.size === 0 ? undefined : others.get(k);
      if (at !== undefined && wholes !== undefined) putAddress(to, row, wholes, at);
      else {
        to.set(head, row * 4);
        to[row * 4 + 3] = wordAt(tails, k * 4);
      }
    });
  } else if (data.kind === 'dictionary') {
    const { indices, entries } = data;
    eachPresent(rows, data.present, (row, k) => putEntry(to, row, entries, indices[k]));
  } else if (data.kind === 'constant' && data.value instanceof Uint8Array) {
    const { value } = data;
    eachPresent(rows, data.present, (row) => putAddress(to, row, value, 0));
  } else if (data.kind === 'blobs') {
    eachPresent(rows, data.present, (row, k) => putAddress(to, row, data.arena, data.offsets[k]));
  }
}

/** Entries are 16 bytes each, side by side or each for itself. */
function putEntry(to: Uint32Array, row: number, entries: Entries, index: number): void {
  if (entries instanceof Uint8Array) putAddress(to, row, entries, index * 16);
  else {
    const entry = entries[index];
    if (entry instanceof Uint8Array) putAddress(to, row, entry, 0);
  }
}

function putAddress(to: Uint32Array, row: number, bytes: Uint8Array, at: number): void {
  for (let word = 0; word < 4; word++) to[row * 4 + word] = wordAt(bytes, at + word * 4);
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
}

function payloadsOf(data: ColumnData | undefined, rows: number): Pick<FlowBatch, 'payloads' | 'payload_ends'> {
  const payload_ends = new Uint32Array(rows);
  const parts: (Uint8Array | undefined)[] = [];
  if (data?.kind === 'blobs') eachPresent(rows, data.present, (row, k) => void (parts[row] = blobAt(data, k)));
  if (data?.kind === 'dictionary') {
    const { indices, entries } = data;
    eachPresent(rows, data.present, (row, k) => void (parts[row] = bytesOf(entries[indices[k]])));
  }
  if (data?.kind === 'constant' && data.value !== null) {
    const bytes = bytesOf(data.value);
    eachPresent(rows, data.present, (row) => void (parts[row] = bytes));
  }
  let end = 0;
  for (let row = 0; row < rows; row++) {
    end += parts[row]?.length ?? 0;
    payload_ends[row] = end;
  }
  const payloads = new Uint8Array(end);
  for (let row = 0; row < rows; row++) {
    const part = parts[row];
    if (part !== undefined) payloads.set(part, payload_ends[row] - part.length);
  }
  return { payloads, payload_ends };
}

function bytesOf(value: Scalar): Uint8Array {
  return value instanceof Uint8Array ? value : new TextEncoder().encode(String(value));
}
