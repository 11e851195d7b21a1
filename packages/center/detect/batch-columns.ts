/** The columns of a flow batch as a table, for whoever must treat them all alike: make, copy, gather. */
import type { FlowBatch } from './flow-batch.ts';

/** Columns with so many elements a row. */
export const BATCH_COLUMNS = {
  src: { width: 4, array: Uint32Array },
  dst: { width: 4, array: Uint32Array },
  proto: { width: 1, array: Uint8Array },
  service_port: { width: 1, array: Uint16Array },
  icmp_type: { width: 1, array: Uint8Array },
  icmp_code: { width: 1, array: Uint8Array },
  class: { width: 1, array: Uint8Array },
  marks: { width: 1, array: Uint32Array },
  predicates: { width: 1, array: Uint32Array },
  packets: { width: 1, array: Uint32Array },
  bytes: { width: 1, array: Float64Array },
  first_us: { width: 1, array: Uint32Array },
  duration_us: { width: 1, array: Uint32Array },
  ip_bytes_first: { width: 1, array: Uint16Array },
  ttl_min: { width: 1, array: Uint8Array },
  ttl_max: { width: 1, array: Uint8Array },
  ip_id_first: { width: 1, array: Uint16Array },
  client_port_min: { width: 1, array: Uint16Array },
  client_port_spread: { width: 1, array: Uint16Array },
  tcp_flags: { width: 1, array: Uint16Array },
  tcp_window_first: { width: 1, array: Uint16Array },
  tcp_seq_first: { width: 1, array: Uint32Array },
  tcp_options_first: { width: 1, array: Uint16Array },
  quoted_dst: { width: 4, array: Uint32Array },
  quoted_proto: { width: 1, array: Uint8Array },
  quoted_port: { width: 1, array: Uint16Array },
  payload_bytes_first: { width: 1, array: Uint16Array },
  scanner: { width: 1, array: Uint16Array },
  asn: { width: 1, array: Uint32Array },
  victim_asn: { width: 1, array: Uint32Array },
  country: { width: 1, array: Uint16Array },
  victim_country: { width: 1, array: Uint16Array },
} as const;

export type BatchColumn = keyof typeof BATCH_COLUMNS;
type Columns = { readonly [N in BatchColumn]: FlowBatch[N] };
type Texts = Pick<FlowBatch, 'optionTexts' | 'scannerNames' | 'countryNames'>;

/** Columns whose numbers are places in a list of texts. */
const TEXT_LISTS = {
  tcp_options_first: 'optionTexts',
  scanner: 'scannerNames',
  country: 'countryNames',
  victim_country: 'countryNames',
} as const;

const NAMES = Object.keys(BATCH_COLUMNS) as BatchColumn[];
const TEXT_NAMES = ['optionTexts', 'scannerNames', 'countryNames'] as const;
const NO_TEXTS: Texts = { optionTexts: [''], scannerNames: [''], countryNames: ['unknown'] };

/** Columns of zeros. */
export function makeColumns(rows: number): Columns {
  const pairs = NAMES.map((name) => [name, new BATCH_COLUMNS[name].array(rows * BATCH_COLUMNS[name].width)]);
  return Object.fromEntries(pairs) as Columns;
}

export const EMPTY_BATCH: FlowBatch = {
  rows: 0,
  ...makeColumns(0),
  ...NO_TEXTS,
  payloads: new Uint8Array(0),
  payload_ends: new Uint32Array(0),
};

/** Rows [from, to) of a batch: views on its memory, but for the ends of payloads. */
export function sliceBatch(batch: FlowBatch, from: number, to: number): FlowBatch {
  const parts = NAMES.map((name) => {
    const { width } = BATCH_COLUMNS[name];
    return [name, batch[name].subarray(from * width, to * width)];
  });
  const start = from === 0 ? 0 : batch.payload_ends[from - 1];
  const payload_ends = batch.payload_ends.slice(from, to);
  for (let row = 0; row < payload_ends.length; row++) payload_ends[row] -= start;
  const payloads = batch.payloads.subarray(start, to === from ? start : batch.payload_ends[to - 1]);
  return { ...batch, rows: to - from, ...(Object.fromEntries(parts) as Columns), payloads, payload_ends };
}

/** The rows whose numbers are in `order`, in that order; memory of its own. */
export function gatherBatch(batch: FlowBatch, order: Uint32Array): FlowBatch {
  const columns = makeColumns(order.length);
  for (const name of NAMES) gather(columns[name], batch[name], order, BATCH_COLUMNS[name].width);
  const payload_ends = new Uint32Array(order.length);
  let bytes = 0;
  for (let to = 0; to < order.length; to++) {
    const row = order[to];
    bytes += batch.payload_ends[row] - (row === 0 ? 0 : batch.payload_ends[row - 1]);
    payload_ends[to] = bytes;
  }
  const payloads = new Uint8Array(bytes);
  for (let to = 0; to < order.length; to++) {
    const row = order[to];
    const start = row === 0 ? 0 : batch.payload_ends[row - 1];
    if (start === batch.payload_ends[row]) continue;
    payloads.set(batch.payloads.subarray(start, batch.payload_ends[row]), to === 0 ? 0 : payload_ends[to - 1]);
  }
  const { optionTexts, scannerNames, countryNames } = batch;
  return { rows: order.length, ...columns, optionTexts, scannerNames, countryNames, payloads, payload_ends };
}

type Numbers = FlowBatch[BatchColumn];

function gather(to: Numbers, from: Numbers, order: Uint32Array, width: 1 | 4): void {
  if (width === 1) {
    for (let row = 0; row < order.length; row++) to[row] = from[order[row]];
    return;
  }
  for (let row = 0; row < order.length; row++) {
    const at = order[row] * 4;
    to[row * 4] = from[at];
    to[row * 4 + 1] = from[at + 1];
    to[row * 4 + 2] = from[at + 2];
    to[row * 4 + 3] = from[at + 3];
  }
}

/** All rows of several batches, in one; texts are numbered anew. One batch alone is given back as it is. */
export function joinBatches(batches: readonly FlowBatch[]): FlowBatch {
  const [only] = batches;
  if (only === undefined) return EMPTY_BATCH;
  if (batches.length === 1) return only;
  const rows = sum(batches.map((batch) => batch.rows));
  const columns = makeColumns(rows);
  const texts = { optionTexts: new Texter(), scannerNames: new Texter(), countryNames: new Texter() };
  const areShared = batches.every((batch) => TEXT_NAMES.every((list) => batch[list] === only[list]));
  const payloads = new Uint8Array(sum(batches.map((batch) => payloadBytes(batch))));
  const payload_ends = new Uint32Array(rows);
  let at = 0;
  let bytes = 0;
  for (const batch of batches) {
    for (const name of NAMES) {
      const { width } = BATCH_COLUMNS[name];
      columns[name].set(batch[name].subarray(0, batch.rows * width), at * width);
    }
    for (const [name, list] of Object.entries(TEXT_LISTS) as [keyof typeof TEXT_LISTS, keyof Texts][]) {
      if (areShared) break;
      const places = texts[list].placesOf(batch[list]);
      const column = columns[name];
      for (let row = at; row < at + batch.rows; row++) column[row] = places[column[row]];
    }
    payloads.set(batch.payloads.subarray(0, payloadBytes(batch)), bytes);
    for (let row = 0; row < batch.rows; row++) payload_ends[at + row] = bytes + batch.payload_ends[row];
    bytes += payloadBytes(batch);
    at += batch.rows;
  }
  const lists = TEXT_NAMES.map((list) => [list, areShared ? only[list] : texts[list].texts]);
  return { rows, ...columns, ...(Object.fromEntries(lists) as Texts), payloads, payload_ends };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const payloadBytes = ({ rows, payload_ends }: FlowBatch): number => (rows === 0 ? 0 : payload_ends[rows - 1]);

/** Texts that 16 bits number. */
export const TEXTS_MAX = 65_536;
/** What stands for every text behind the last that has a number. */
const OVERFLOW = '*';

/** Numbers texts in order of first sight; the first may be given. */
export class Texter {
  readonly texts: string[] = [];
  private readonly places = new Map<string, number>();

  constructor(...first: readonly string[]) {
    for (const text of first) this.placeOf(text);
  }

  placeOf(text: string): number {
    const known = this.places.get(text);
    if (known !== undefined) return known;
    const place = this.texts.length;
    if (place >= TEXTS_MAX) return TEXTS_MAX - 1;
    this.texts.push(place === TEXTS_MAX - 1 ? OVERFLOW : text);
    this.places.set(text, place);
    return place;
  }

  placesOf(texts: readonly string[]): Uint16Array {
    return Uint16Array.from(texts, (text) => this.placeOf(text));
  }
}
