/**
 * The look-up tables in the database. Each load makes tables and dictionaries of its own, named after their versions; an insert
 * names the ones it uses. So a reload is seen whole or not at all, and a receipt knows which tables its rows were looked up in.
 * What no insert uses any more is dropped.
 *
 * Networks are one dictionary of prefixes that do not overlap, country and AS together: 1.66 million prefixes of the bundled
 * tables take 96 MiB, 2.3 s to load, and 0.4 µs a look-up. Two dictionaries would be looked up twice; ranges (range_hashed) take
 * 108 MiB and cannot be asked by one address alone, which is what lets an insert look every address up once (segments.ts).
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { Connection } from './connection.ts';
import { storeErrorOf } from './error.ts';
import type { HolderRow, LookupTables, NetworkRow, ScannerRow, TableVersions } from './lookup.ts';
import { literal } from './sql.ts';

const ACTION = 'load the look-up tables';
export const NO_VERSIONS: TableVersions = { country: '', asn: '', scanners: '' };

/** Lines written between two chances for others to run. */
const LINES_PER_CHUNK = 20_000;

/** Names of the dictionaries that an insert looks addresses up in; '' for none. */
export interface Lookups {
  readonly versions: TableVersions;
  readonly networks: string;
  readonly scanners: string;
}

export const NO_LOOKUPS: Lookups = { versions: NO_VERSIONS, networks: '', scanners: '' };

/** Makes the tables, unless they are there. They are in use when the caller uses their names. */
export async function loadLookups(connection: Connection, tables: LookupTables): Promise<Lookups> {
  const { country, asn, scanners } = tables.versions;
  const names = { networks: `networks_${idOf(country, asn)}`, holders: `holders_${idOf(country, asn)}` };
  const list = `scanners_${idOf(scanners)}`;
  const loaded = await loadedNames(connection);
  if (!loaded.has(names.networks)) {
    await make(connection, names.networks, NETWORK_COLUMNS, networkLines(tables.networks()));
    await make(connection, names.holders, HOLDER_COLUMNS, holderLines(tables.holders()));
    await makeDictionary(connection, names.networks, `country String DEFAULT 'unknown', asn UInt32 DEFAULT 0`);
    await record(connection, names.networks);
  }
  if (!loaded.has(list)) {
    await make(connection, list, SCANNER_COLUMNS, scannerLines(tables.scanners));
    await makeDictionary(connection, list, `organisation String DEFAULT ''`);
    await record(connection, list);
  }
  await readInto(connection, [`${names.networks}_trie`, `${list}_trie`]);
  return { versions: tables.versions, networks: `${names.networks}_trie`, scanners: `${list}_trie` };
}

/** Has the dictionaries read now: the first insert need not wait for it. */
async function readInto(connection: Connection, dictionaries: readonly string[]): Promise<void> {
  const rows = await connection.query<{ name: string }>(
    ACTION,
    `SELECT name FROM system.dictionaries WHERE database = currentDatabase() AND status = 'LOADED'`,
  );
  const ready = new Set(rows.map(({ name }) => name));
  for (const name of dictionaries) {
    if (!ready.has(name)) await connection.command(ACTION, `SYSTEM RELOAD DICTIONARY ${name}`);
  }
}

/** Gives labels to readers, and drops what earlier loads left behind. No insert may be under way. */
export async function adoptLookups(connection: Connection, { networks, scanners }: Lookups): Promise<void> {
  const holders = networks.replace(/^networks_(\w+)_trie$/, 'holders_$1');
  await connection.command(ACTION, `CREATE OR REPLACE VIEW as_holders AS SELECT asn, name FROM ${holders}`);
  const kept = new Set([networks, networks.replace(/_trie$/, ''), scanners, scanners.replace(/_trie$/, ''), holders]);
  const found = await connection.query<{ name: string; engine: string }>(
    ACTION,
    `SELECT name, engine FROM system.tables
     WHERE database = currentDatabase() AND match(name, '^(networks|holders|scanners)_[0-9a-f]{16}(_trie)?$')
     ORDER BY engine = 'Dictionary' DESC`,
  );
  const old = found.filter(({ name }) => !kept.has(name));
  if (old.length === 0) return;
  // Not DELETE: a mutation takes seconds. Whoever is killed between the two loads the tables again.
  await connection.command(ACTION, 'TRUNCATE TABLE lookups');
  for (const dictionary of [networks, scanners]) await record(connection, dictionary.replace(/_trie$/, ''));
  for (const { name, engine } of old) {
    await connection.command(ACTION, `DROP ${engine === 'Dictionary' ? 'DICTIONARY' : 'TABLE'} IF EXISTS ${name} SYNC`);
  }
}

const NETWORK_COLUMNS = 'position UInt32, prefix String, country LowCardinality(String), asn UInt32';
const HOLDER_COLUMNS = 'asn UInt32, name String';
const SCANNER_COLUMNS = 'position UInt32, prefix String, organisation LowCardinality(String)';

function idOf(...versions: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(versions)).digest('hex').slice(0, 16);
}

async function loadedNames(connection: Connection): Promise<ReadonlySet<string>> {
  const rows = await connection.query<{ name: string }>(ACTION, 'SELECT DISTINCT name FROM lookups');
  return new Set(rows.map(({ name }) => name));
}

/** Says that a load is complete; what a kill left half done has no record and is made anew. */
function record(connection: Connection, name: string): Promise<void> {
  return connection.command(ACTION, `INSERT INTO lookups (name) VALUES (${literal(name)})`);
}

async function make(connection: Connection, name: string, structure: string, lines: Iterable<string>): Promise<void> {
  const [key] = structure.split(' ', 1);
  await connection.command(ACTION, `DROP DICTIONARY IF EXISTS ${name}_trie SYNC`);
  await connection.command(ACTION, `DROP TABLE IF EXISTS ${name} SYNC`);
  await connection.command(ACTION, `CREATE TABLE ${name} (${structure}) ENGINE = MergeTree ORDER BY ${key}`);
  const folder = mkdtempSync(join(tmpdir(), 'noroshi-tables-'));
  try {
    const path = join(folder, 'rows.tsv');
    if ((await writeLines(path, lines)) === 0) return;
    const names = structure
      .split(', ')
      .map((column) => column.split(' ', 1)[0])
      .join(', ');
    const head = `INSERT INTO ${name} (${names})`;
    await connection.insertFile(ACTION, {
      head,
      select: `SELECT ${names} FROM`,
      path,
      format: 'TSV',
      structure,
      id: name,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function makeDictionary(connection: Connection, name: string, attributes: string): Promise<void> {
  const columns = attributes.split(', ').map((attribute) => attribute.split(' ', 1)[0]);
  // Prefixes in the order of their addresses: otherwise the dictionary sorts them itself, which takes twice as long.
  const source = `SELECT prefix, ${columns.join(', ')} FROM ${connection.database}.${name} ORDER BY position`;
  return connection.command(
    ACTION,
    `CREATE DICTIONARY ${name}_trie (prefix String, ${attributes}) PRIMARY KEY prefix
     SOURCE(CLICKHOUSE(${connection.credentials} QUERY ${literal(source)})) LAYOUT(IP_TRIE) LIFETIME(0)`,
  );
}

/** Number of lines written. */
async function writeLines(path: string, lines: Iterable<string>): Promise<number> {
  const file = await open(path, 'w');
  let count = 0;
  try {
    let chunk: string[] = [];
    const flush = async (): Promise<void> => {
      await file.write(chunk.join(''));
      chunk = [];
      await yieldToOthers();
    };
    for (const line of lines) {
      count++;
      if (chunk.push(line) === LINES_PER_CHUNK) await flush();
    }
    await flush();
  } catch (error) {
    throw storeErrorOf(ACTION, error);
  } finally {
    await file.close();
  }
  return count;
}

function* networkLines(rows: Iterable<NetworkRow>): Generator<string> {
  let position = 0;
  for (const { prefix, country, asn } of rows) yield `${position++}\t${escape(prefix)}\t${escape(country)}\t${asn}\n`;
}

function* holderLines(rows: Iterable<HolderRow>): Generator<string> {
  for (const { asn, name } of rows) yield `${asn}\t${escape(name)}\n`;
}

function* scannerLines(rows: Iterable<ScannerRow>): Generator<string> {
  let position = 0;
  for (const { prefix, organisation } of rows) yield `${position++}\t${escape(prefix)}\t${escape(organisation)}\n`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r', '\0': '\\0' };

/** As ClickHouse reads tab-separated text. */
function escape(text: string): string {
  return /[\\\t\n\r\0]/.test(text) ? text.replace(/[\\\t\n\r\0]/g, (found) => ESCAPES[found] ?? '') : text;
}
