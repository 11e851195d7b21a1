/**
 * ClickHouse in this process (chdb). One process binds one data directory, and one chdb connection runs one query at a time: there
 * are some for writing and some for reading, so that a page does not wait for an insert. Settings of a query stand in its own text
 * (`SETTINGS …`), for through the client chdb would set them for every later query of the connection.
 */
import { readFileSync } from 'node:fs';
import { type ClickHouseClient, createClient } from '@clickhouse/client';
import { drainPending, Session } from 'chdb';
import { createChdbConnection } from 'chdb/connection';
import { makeFolder } from '@noroshi/kit/folder.ts';
import { type Connection, readBytes, run, select } from './connection.ts';
import { storeErrorOf } from './error.ts';
import { literal } from './sql.ts';

type ClientConnection = NonNullable<NonNullable<Parameters<typeof createClient>[0]>['connection']>;

/** Connections for reading and for writing; each takes a thread of Node's pool while it works. */
const READERS = 2;
const WRITERS = 2;

const MEBIBYTE = 2 ** 20;

/**
 * The engine's own settings. Its defaults are for a machine of its own: caches of 5 GiB each. With these a process holds 270 MiB
 * when it has opened an empty store, 500 to 600 MiB with the bundled tables loaded (800 in the process that loaded them first),
 * 1.5 GiB while telescope segments of 500,000 rows come in and 1.8 GiB when each of their rows is another source. The limit is
 * the engine's share of 2 GiB: what does not fit fails with a `timeout`, and is tried again.
 */
const ENGINE_ARGUMENTS = [
  '--output_format_json_quote_64bit_integers=0',
  '--max_threads=2',
  `--max_server_memory_usage=${1280 * MEBIBYTE}`,
  `--mark_cache_size=${64 * MEBIBYTE}`,
  `--primary_index_cache_size=${64 * MEBIBYTE}`,
  `--index_mark_cache_size=${8 * MEBIBYTE}`,
  `--compiled_expression_cache_size=${16 * MEBIBYTE}`,
  '--background_pool_size=1',
  '--background_schedule_pool_size=2',
];
/** Merging can wait, capturing cannot. */
const NICE_ARGUMENT = '--os_threads_nice_value_merge_mutate=19';

/** @param path the engine's folder; made when it is not there. Throws StoreError. */
export function openEmbedded(path: string): Connection {
  const action = 'open the database';
  try {
    makeFolder(path);
    return connect(path);
  } catch (error) {
    throw storeErrorOf(action, error);
  }
}

/**
 * In a user namespace of its own (rootless containers, `unshare -r`) root may not take a thread's niceness back, though it seems to
 * have the right: the engine ends the whole process then, after its first merge.
 */
function mayBeNice(): boolean {
  try {
    return /^\s*0\s+0\s+4294967295\s*$/.test(readFileSync('/proc/self/uid_map', 'utf8'));
  } catch {
    return false;
  }
}

function connect(path: string): Connection {
  // The first session of a process makes the engine, with its arguments; the client's own share it.
  const connectionArgs = mayBeNice() ? [...ENGINE_ARGUMENTS, NICE_ARGUMENT] : ENGINE_ARGUMENTS;
  const holder = new Session(path, { connectionArgs });
  // The same contract, but chdb's types were not compiled with exactOptionalPropertyTypes.
  const clientOf = (): ClickHouseClient =>
    createClient({ connection: createChdbConnection({ path }) as unknown as ClientConnection });
  const readers = Array.from({ length: READERS }, clientOf);
  const writers = Array.from({ length: WRITERS }, () => ({ client: clientOf(), pending: 0 }));
  let turn = 0;
  const write = async (action: string, sql: string): Promise<void> => {
    const writer = writers.reduce((least, other) => (other.pending < least.pending ? other : least));
    writer.pending++;
    try {
      await run(writer.client, action, sql);
    } finally {
      writer.pending--;
    }
  };
  return {
    database: 'default',
    credentials: '',
    query: (action, sql, params) => select(readers[turn++ % READERS], action, sql, params),
    read: (action, sql, params) => readBytes(readers[turn++ % READERS], action, sql, params),
    command: write,
    // Nobody gives up waiting for an embedded insert.
    settled: () => Promise.resolve(),
    insertFile: (action, { head, select: columns, path: file, format, structure }) => {
      return write(action, `${head} ${columns} file(${literal(file)}, ${format}, ${literal(structure)})`);
    },
    // The engine's allocator keeps what it once had until it is busy again: 200 MB after the look-up tables were loaded. An engine with
    // another allocator does not know the command, and need not.
    trim: (action) => write(action, 'SYSTEM JEMALLOC PURGE').catch(() => {}),
    async close() {
      await drainPending();
      for (const client of [...writers.map((writer) => writer.client), ...readers]) await client.close();
      holder.close();
      await drainPending();
    },
  };
}
