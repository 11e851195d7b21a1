/** Rows in the format Native, for tests without a database. */
import type { BatchColumn } from '../batch-columns.ts';
import { BATCH_COLUMNS } from '../batch-columns.ts';
import type { FlowBatch } from '../flow-batch.ts';

/** One block with the columns of `rowsQuery`. Names are written as their numbers: classes, marks and predicates stay 0. */
export function nativeOf(batch: FlowBatch, minutes: Float64Array): Uint8Array<ArrayBuffer> {
  const out: number[] = [];
  const varint = (value: number): void => {
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) out.push((rest & 127) | 128);
    out.push(rest);
  };
  const text = (value: string): void => {
    const bytes = new TextEncoder().encode(value);
    varint(bytes.length);
    out.push(...bytes);
  };
  const column = (name: string, type: string, values: ArrayBufferView): void => {
    text(`c_${name}`);
    text(type);
    for (const byte of new Uint8Array(values.buffer, values.byteOffset, values.byteLength)) out.push(byte);
  };
  const { rows } = batch;
  varint(Object.keys(BATCH_COLUMNS).length + 2);
  varint(rows);
  column(
    'minute',
    'UInt32',
    Uint32Array.from(minutes, (minute_ms) => minute_ms / 1000),
  );
  for (const [name, { width, array }] of Object.entries(BATCH_COLUMNS)) {
    const values = batch[name as BatchColumn].subarray(0, rows * width);
    if (width === 4) column(name, 'IPv6', networkOrder(Uint32Array.from(values)));
    else column(name, array.name.replace('Array', '').replace('Uint', 'UInt'), values);
  }
  text('c_payload');
  text('String');
  for (let row = 0; row < rows; row++) varint(0);
  return Uint8Array.from(out);
}

function networkOrder(words: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  for (let word = 0; word < words.length; word++) view.setUint32(word * 4, words[word]);
  return bytes;
}
