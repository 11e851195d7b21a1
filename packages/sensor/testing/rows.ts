/** Rows read back from a flow file, as text, and how two sets of rows differ. */
import { readFileSync } from 'node:fs';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { flowColumns } from '@noroshi/wire/flow/columns.ts';
import { readFooter } from '@noroshi/wire/segment/parquet.ts';
import { decodeSegment, type Segment } from '@noroshi/wire/segment/segment.ts';
import type { PlainRow } from './oracle.ts';

/** The one function of hyparquet that is used; the tests bring it along, for it is no dependency of the sensor. */
export type ReadParquet = (options: {
  file: ArrayBuffer;
  utf8: boolean;
  compressors: Record<'GZIP' | 'ZSTD', (bytes: Uint8Array) => Uint8Array>;
}) => Promise<Record<string, unknown>[]>;

/** All rows of a flow file in its order. */
export async function readRows(path: string, read: ReadParquet): Promise<PlainRow[]> {
  const file = new Uint8Array(readFileSync(path)).buffer;
  const compressors = {
    GZIP: (bytes: Uint8Array) => new Uint8Array(gunzipSync(bytes)),
    ZSTD: (bytes: Uint8Array) => new Uint8Array(zstdDecompressSync(bytes)),
  };
  const objects = await read({ file, utf8: false, compressors });
  return objects.map((object) => {
    return Object.fromEntries(flowColumns.map(({ name }) => [name, asText(object[name])])) as PlainRow;
  });
}

function asText(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (value instanceof Date) return String(value.getTime());
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : `${value as number | bigint | string}`;
}

/** What the file says about itself; throws when it does not hold together. */
export function readSegment(path: string): { readonly segment: Segment; readonly rows: number } {
  const read = readFooter(new Uint8Array(readFileSync(path)));
  if (!read.ok) throw new Error(`Cannot read the footer of ${path}: ${JSON.stringify(read.failure)}`);
  const decoded = decodeSegment(read.footer.keyValue);
  if (!decoded.ok) throw new Error(`Cannot read the segment of ${path}: ${JSON.stringify(decoded.failure)}`);
  return { segment: decoded.segment, rows: read.footer.rowCount };
}

/** The first difference between two sets of rows in words, whatever their order; undefined when there is none. */
export function difference(actual: readonly PlainRow[], expected: readonly PlainRow[]): string | undefined {
  const [a, b] = [sorted(actual), sorted(expected)];
  const index = a.findIndex((line, at) => line !== b[at]);
  if (index < 0 && a.length === b.length) return undefined;
  const [left, right] = [a[index]?.split('\n') ?? [], b[index === -1 ? a.length : index]?.split('\n') ?? []];
  const columns = left.flatMap((text, column) => (text === right[column] ? [] : `${text}, expected ${right[column]}`));
  return `${a.length} rows, expected ${b.length}; row ${index}: ${columns.join('; ') || right.join(' ')}\n${left.join(' ')}`;
}

/** One line of text a row, every column in it, the key in front. */
function sorted(rows: readonly PlainRow[]): string[] {
  const columns = flowColumns.toSorted((a, b) => Number(b.isKey ?? false) - Number(a.isKey ?? false));
  return rows.map((row) => columns.map(({ name }) => `${name}=${row[name as keyof PlainRow]}`).join('\n')).toSorted();
}

/** Packets and bytes by key: what must not change when rows are closed early. */
export function sumsByKey(rows: readonly PlainRow[]): Map<string, string> {
  const keys = flowColumns.filter(({ isKey }) => isKey === true).map(({ name }) => name as keyof PlainRow);
  const sums = new Map<string, string>();
  for (const row of rows) {
    const key = keys.map((name) => row[name]).join();
    const [packets, bytes] = (sums.get(key) ?? '0 0').split(' ').map(BigInt);
    sums.set(key, `${packets + BigInt(row.packets)} ${bytes + BigInt(row.bytes)}`);
  }
  return sums;
}

/** Sum of one column. */
export function total(rows: readonly PlainRow[], column: keyof PlainRow): number {
  return rows.reduce((sum, row) => sum + Number(row[column]), 0);
}
