/**
 * Packed rows to Parquet columns: each column has a filler that takes its part of every block of rows (filler.ts); what it gives is
 * already the page's bytes (segment/parquet.ts). Scratch memory lives as long as the writer.
 */
import { markNames } from '../classify/marks/index.ts';
import { predicateNames } from '../classify/predicates.ts';
import type { ColumnData } from '../segment/parquet.ts';
import { AddressFiller, quoteColumns } from './address-fillers.ts';
import { type FieldColumnName, type FlowColumnName, flowColumns } from './columns.ts';
import { FieldFiller, type Filler } from './filler.ts';
import { BitSetFiller, ClassFiller, MinuteFiller } from './name-fillers.ts';
import * as row from './row.ts';
import type { RowStore } from './row-store.ts';
import { BytesFiller, DurationFiller, PacketsFiller, PortSpreadFiller } from './sum-fillers.ts';

/** Rows taken in one go: their words stay in the second-level cache while every column reads them. */
const BLOCK_ROWS = 1024;

/** Columns that are made from the store as a whole, when it has what they tell. */
type WholeName = 'tcp_options_first' | 'quoted_dst' | 'quoted_proto' | 'quoted_port' | 'payload';

export class ColumnWriter {
  private rows = 0;
  private readonly fillers: readonly (readonly [name: string, filler: Filler])[];
  private readonly payload = new PayloadColumn();

  constructor() {
    const special: Record<Exclude<FlowColumnName, FieldColumnName | WholeName>, Filler> = {
      minute: new MinuteFiller(),
      src: new AddressFiller(row.SRC),
      dst: new AddressFiller(row.DST),
      class: new ClassFiller(),
      marks: new BitSetFiller(row.MARKS_WORD, markNames),
      predicates: new BitSetFiller(row.PREDICATES_WORD, predicateNames),
      packets: new PacketsFiller(),
      bytes: new BytesFiller(),
      duration_us: new DurationFiller(),
      client_port_spread: new PortSpreadFiller(),
    };
    this.fillers = [...Object.entries(special), ...fieldFillers()];
  }

  /**
   * The columns of all rows of `store`, for encodeRowGroup. They share memory with this writer and with the store: good until
   * the next call or the store's next change.
   */
  columns(store: RowStore): Record<FlowColumnName, ColumnData> {
    const { count } = store;
    if (count > this.rows) {
      // The next group is of about this size, and shall not want more.
      this.rows = Math.max(count, Math.min(store.rowsMax, 2 ** Math.ceil(Math.log2(count))));
      for (const [, filler] of this.fillers) filler.reserve(this.rows);
    }
    for (let from = 0; from < count; from += BLOCK_ROWS) {
      const to = Math.min(count, from + BLOCK_ROWS);
      for (const [, filler] of this.fillers) filler.fill(store, from, to);
    }
    const filled = Object.fromEntries(this.fillers.map(([name, filler]) => [name, filler.data(store)]));
    const whole: Record<WholeName, ColumnData> = {
      tcp_options_first: { kind: 'dictionary', indices: store.optionNumbers, entries: store.options.texts },
      ...quoteColumns(store),
      payload: this.payload.data(store),
    };
    return { ...filled, ...whole } as Record<FlowColumnName, ColumnData>;
  }
}

function fieldFillers(): [string, Filler][] {
  return flowColumns.flatMap(({ name, type, field }) => {
    if (field === undefined) return [];
    if (type !== 'u8' && type !== 'u16' && type !== 'u32') {
      throw new TypeError(`Column ${name}: a field cannot be ${type}`);
    }
    return [[name, new FieldFiller(type, field.word, field.shift)]];
  });
}

/** Payload samples: only the rows that have one take part. */
class PayloadColumn {
  private rows = new Uint32Array(0);
  private offsets = new Uint32Array(0);
  private lengths = new Uint8Array(0);

  data({ arena, arenaUsed, payloadAt, payloadBytes, count }: RowStore): ColumnData {
    if (arenaUsed === 0) return { kind: 'constant', value: null };
    if (count > this.rows.length) this.reserve(count);
    const { rows, offsets, lengths } = this;
    let present = 0;
    for (let index = 0; index < count; index++) {
      if (payloadBytes[index] === 0) continue;
      rows[present] = index;
      offsets[present] = payloadAt[index];
      lengths[present++] = payloadBytes[index];
    }
    return { kind: 'blobs', arena, offsets, lengths, present: { rows: rows.subarray(0, present) } };
  }

  private reserve(rows: number): void {
    this.rows = new Uint32Array(rows);
    this.offsets = new Uint32Array(rows);
    this.lengths = new Uint8Array(rows);
  }
}
