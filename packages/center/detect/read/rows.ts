/** Flow rows of a stretch of minutes: the question to ClickHouse, and the batches in its answer. */
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import { BATCH_COLUMNS, type BatchColumn, joinBatches, Texter } from '../batch-columns.ts';
import { classCode, markBits, predicateBits } from '../flow-batch-of.ts';
import type { FlowBatch } from '../flow-batch.ts';
import { type Block, type Column, readNative } from './native.ts';

/** Columns that are not simply the table's of the same name. */
const SQL: Readonly<Record<string, string>> = {
  bytes: 'toFloat64(bytes)',
  quoted_dst: `ifNull(quoted_dst, toIPv6('::'))`,
};

const NAMES = Object.keys(BATCH_COLUMNS) as BatchColumn[];
const SELECTED = NAMES.map((name) => `${SQL[name] ?? `flows.${name}`} AS c_${name}`).join(', ');

export interface RowsQuery {
  readonly sql: string;
  readonly params: Readonly<Record<string, string | number>>;
}

/** Rows of [from_ms, to_ms), whole minutes; the table's order need not be that of minutes. */
export function rowsQuery(feed: FeedName, from_ms: number, to_ms: number): RowsQuery {
  return {
    sql: `SELECT toUInt32(toUnixTimestamp(flows.minute)) AS c_minute, ${SELECTED}, ifNull(flows.payload, '') AS c_payload
FROM flows
WHERE feed = {feed:String} AND minute >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC')
  AND minute < fromUnixTimestamp64Milli({to_ms:Int64}, 'UTC')
FORMAT Native`,
    params: { feed, from_ms, to_ms },
  };
}

export interface Rows {
  readonly batch: FlowBatch;
  /** Start of each row's minute, Unix ms. */
  readonly minutes: Float64Array;
}

/** The answer of `rowsQuery`. Throws RangeError when it is none. */
export function readRows(bytes: Uint8Array<ArrayBuffer>): Rows {
  const blocks = readNative(bytes);
  const texts = { options: new Texter(''), scanners: new Texter(''), countries: new Texter('unknown') };
  const batch = joinBatches(blocks.map((block) => batchOf(block, texts)));
  const minutes = new Float64Array(batch.rows);
  let at = 0;
  for (const block of blocks) {
    const seconds = numbersOf(block, 'minute');
    for (let row = 0; row < block.rows; row++) minutes[at++] = seconds[row] * 1000;
  }
  return { batch, minutes };
}

interface Texts {
  readonly options: Texter;
  readonly scanners: Texter;
  readonly countries: Texter;
}

/** How names become numbers. */
const NUMBERS: { readonly [N in BatchColumn]?: (texts: Texts) => (name: string) => number } = {
  class: () => classCode,
  marks: () => markBits,
  predicates: () => predicateBits,
  tcp_options_first: ({ options }) => placesIn(options),
  scanner: ({ scanners }) => placesIn(scanners),
  country: ({ countries }) => placesIn(countries),
  victim_country: ({ countries }) => placesIn(countries),
};

const placesIn = (texter: Texter) => (name: string) => texter.placeOf(name);

function batchOf(block: Block, texts: Texts): FlowBatch {
  const columns = Object.fromEntries(NAMES.map((name) => [name, columnOf(block, name, texts)]));
  const payload = columnAt(block, 'payload');
  if (payload.kind !== 'strings') throw lacking('payload');
  return {
    ...(columns as { readonly [N in BatchColumn]: FlowBatch[N] }),
    rows: block.rows,
    payloads: payload.bytes,
    payload_ends: payload.ends,
    optionTexts: texts.options.texts,
    scannerNames: texts.scanners.texts,
    countryNames: texts.countries.texts,
  };
}

function columnOf(block: Block, name: BatchColumn, texts: Texts): FlowBatch[BatchColumn] {
  const column = columnAt(block, name);
  const { array } = BATCH_COLUMNS[name];
  if (column.kind === 'addresses') return column.words;
  if (column.kind === 'names') {
    const numberOf = NUMBERS[name]?.(texts);
    if (numberOf === undefined) throw lacking(name);
    const numbers = Float64Array.from(column.entries, numberOf);
    const values = new array(block.rows);
    for (let row = 0; row < block.rows; row++) values[row] = numbers[column.places[row]];
    return values;
  }
  if (column.kind === 'numbers' && column.values instanceof array) return column.values;
  throw lacking(name);
}

function columnAt({ columns }: Block, name: string): Column {
  const column = columns.get(`c_${name}`);
  if (column === undefined) throw lacking(name);
  return column;
}

function numbersOf(block: Block, name: string): ArrayLike<number> {
  const column = columnAt(block, name);
  if (column.kind !== 'numbers') throw lacking(name);
  return column.values;
}

const lacking = (name: string): RangeError => new RangeError(`Cannot read the rows: no column ${name} of its type`);
