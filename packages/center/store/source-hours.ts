/**
 * Sources with their classes, an hour at a time: out of typed arrays into a Parquet file, and from there into `source_hours` and
 * `class_hours`. What an hour says replaces what was said of it before: it gets the next revision, then the older ones are deleted.
 * A kill between leaves two revisions until the hour is said again, and whoever has not heard that it was done says it again.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import type { ColumnData, Schema } from '@noroshi/wire/segment/columns.ts';
import { encodeFooter, encodeRowGroup, fileHeader } from '@noroshi/wire/segment/parquet.ts';
import type { Connection } from './connection.ts';
import { storeErrorOf } from './error.ts';
import { literal, ONE_PART } from './sql.ts';

/** Columns: element i is the i-th source. Sets of names are bits of places in their lists. */
export interface SourceHourInsert {
  readonly feed: FeedName;
  readonly hour_ms: number;
  readonly rows: number;
  /** Four words a source, most significant first. */
  readonly src: Uint32Array;
  readonly class: Uint8Array;
  readonly classNames: readonly string[];
  readonly reasons: Uint32Array;
  readonly reasonNames: readonly string[];
  readonly tools: Uint32Array;
  readonly toolNames: readonly string[];
  readonly packets: Float64Array;
  readonly targets: Uint32Array;
  readonly ports: Uint32Array;
  readonly asn: Uint32Array;
  readonly country: Uint16Array;
  readonly countryNames: readonly string[];
}

const ACTION = 'store the sources of an hour';

const SCHEMA: Schema = [
  { name: 'src', type: 'fixed16' },
  { name: 'class', type: 'u8' },
  { name: 'reasons', type: 'u32' },
  { name: 'tools', type: 'u32' },
  { name: 'packets', type: 'u64' },
  { name: 'targets', type: 'u32' },
  { name: 'ports', type: 'u32' },
  { name: 'asn', type: 'u32' },
  { name: 'country', type: 'u16' },
];
const STRUCTURE =
  'src IPv6, class UInt8, reasons UInt32, tools UInt32, packets UInt64, targets UInt32, ports UInt32, asn UInt32, country UInt16';

export async function replaceSourceHour(connection: Connection, hour: SourceHourInsert): Promise<void> {
  const { feed, rows } = hour;
  const hour_s = hour.hour_ms / 1000;
  const found = await connection.query<{ revision: number; is_there: number }>(
    ACTION,
    `SELECT max(revision) AS revision, count() > 0 AS is_there FROM source_hours
     WHERE feed = {feed:String} AND hour = toDateTime({hour_s:UInt32}, 'UTC')`,
    { feed, hour_s },
  );
  const before = found[0]?.revision ?? 0;
  const revision = before + 1;
  const where = `feed = ${literal(feed)} AND hour = toDateTime(${hour_s}, 'UTC')`;
  if (rows > 0) {
    await insertRows(connection, hour, revision);
    await connection.command(ACTION, `INSERT INTO class_hours SETTINGS ${ONE_PART} ${countsSql(where, revision)}`);
  }
  if (found[0]?.is_there !== 1) return;
  for (const table of ['source_hours', 'class_hours']) {
    await connection.command(ACTION, `DELETE FROM ${table} WHERE ${where} AND revision <= ${before}`);
  }
}

async function insertRows(connection: Connection, hour: SourceHourInsert, revision: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'noroshi-sources-'));
  try {
    const path = join(folder, 'sources.parquet');
    await writeFile(path, fileOf(hour));
    const { feed, hour_ms, classNames, reasonNames, toolNames, countryNames } = hour;
    await connection.insertFile(ACTION, {
      head: `INSERT INTO source_hours SETTINGS ${ONE_PART}, allow_suspicious_low_cardinality_types = 1`,
      select: `SELECT ${literal(feed)}, toDateTime(${hour_ms / 1000}, 'UTC'), src, ${nameSql(classNames, 'class')},
        ${namesSql(reasonNames, 'reasons')}, ${namesSql(toolNames, 'tools')}, packets, targets, ports, asn,
        ${nameSql(countryNames, 'country')}, ${revision} FROM`,
      path,
      format: 'Parquet',
      structure: STRUCTURE,
      id: `sources/${feed}/${hour_ms}`,
    });
  } catch (error) {
    throw storeErrorOf(ACTION, error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Sources and packets by class, and by tool. */
function countsSql(where: string, revision: number): string {
  const counts = `count(), sum(packets), ${revision}`;
  const from = `FROM source_hours WHERE ${where} AND revision = ${revision}`;
  return `SELECT feed, hour, 'class', class AS name, ${counts} ${from} GROUP BY feed, hour, name
    UNION ALL SELECT feed, hour, 'tool', arrayJoin(tools) AS name, ${counts} ${from} GROUP BY feed, hour, name`;
}

const listSql = (names: readonly string[]): string => `[${names.map(literal).join(', ')}]`;

/** The name at a place. */
const nameSql = (names: readonly string[], place: string): string => `${listSql(names)}[${place} + 1]`;

/** The names whose bits are set. */
function namesSql(names: readonly string[], bits: string): string {
  if (names.length === 0) return `CAST([], 'Array(String)')`;
  return `arrayFilter((name, place) -> bitTest(${bits}, place), ${listSql(names)}, range(${names.length}))`;
}

function fileOf(hour: SourceHourInsert): Uint8Array {
  const { rows } = hour;
  const packets = new Uint32Array(rows * 2);
  for (let row = 0; row < rows; row++) {
    packets[row * 2] = hour.packets[row];
    packets[row * 2 + 1] = hour.packets[row] / 2 ** 32;
  }
  const columns = {
    src: addressBytes(hour.src, rows),
    class: hour.class,
    reasons: hour.reasons,
    tools: hour.tools,
    packets,
    targets: hour.targets,
    ports: hour.ports,
    asn: hour.asn,
    country: hour.country,
  };
  const data: Record<string, ColumnData> = {};
  for (const [name, values] of Object.entries(columns)) data[name] = { kind: 'values', values };
  const group = encodeRowGroup(SCHEMA, data, rows);
  const footer = encodeFooter(SCHEMA, [{ meta: group.meta, fileOffset: 4 }], {}, 'noroshi');
  return Buffer.concat([fileHeader(), ...group.chunks, footer]);
}

function addressBytes(words: Uint32Array, rows: number): Uint8Array {
  const bytes = new Uint8Array(rows * 16);
  const view = new DataView(bytes.buffer);
  for (let word = 0; word < rows * 4; word++) view.setUint32(word * 4, words[word]);
  return bytes;
}
