/** A ClickHouse server, over HTTP. Files are sent in the body of the request. */
import { createReadStream } from 'node:fs';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { type Connection, readBytes, run, select } from './connection.ts';
import { StoreError, storeErrorOf } from './error.ts';
import { literal } from './sql.ts';

export interface Server {
  /** `http://127.0.0.1:8123` */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** Made when it is not there. Default `noroshi`. */
  readonly database?: string;
}

const ACTION = 'open the database';

/** How long a statement may take; an insert of a million rows takes a few seconds. */
const REQUEST_MS = 120_000;

/** Its own log would show statements, and the addresses in them. */
const QUIET = { log: { level: ClickHouseLogLevel.OFF } };
/** How long a mere question waits. */
const ASK_MS = 5000;

/** Whether it is there, takes our name and is new enough; changes nothing. Throws StoreError. */
export async function askServer({ url, username = 'default', password = '' }: Server): Promise<void> {
  const client = createClient({ url, username, password, ...QUIET, database: 'default', request_timeout: ASK_MS });
  try {
    await refuseOld(client);
  } finally {
    await client.close();
  }
}

/** Throws StoreError. */
export async function openServer(server: Server): Promise<Connection> {
  const { username = 'default', password = '', database = 'noroshi' } = server;
  if (!/^[A-Za-z_]\w{0,62}$/.test(database)) {
    throw new StoreError('refused', `Cannot ${ACTION}: ${JSON.stringify(database)} is not a name`);
  }
  const options = { url: server.url, username, password, ...QUIET };
  const first = createClient({ ...options, database: 'default' });
  try {
    await refuseOld(first);
    await run(first, ACTION, `CREATE DATABASE IF NOT EXISTS ${database}`);
  } finally {
    await first.close();
  }
  const client = createClient({
    ...options,
    database,
    request_timeout: REQUEST_MS,
    clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
  });
  return {
    database,
    credentials: `USER ${literal(username)} PASSWORD ${literal(password)}`,
    query: (action, sql, params) => select(client, action, sql, params),
    read: (action, sql, params) => readBytes(client, action, sql, params),
    command: (action, sql) => run(client, action, sql),
    settled: (action, idBegins) => settled(client, action, idBegins),
    insertFile: async (action, { head, select: columns, path, format, structure, id }) => {
      const query = `${head} ${columns} input(${literal(structure)}) FORMAT ${format}`;
      await send(client, action, query, path, id);
    },
    trim: () => Promise.resolve(),
    close: () => client.close(),
  };
}

/** That a part stands before its views begin is what repair.ts builds upon. */
async function refuseOld(client: ClickHouseClient): Promise<void> {
  const sql = `SELECT version() AS version, (SELECT count() FROM system.settings
    WHERE name = 'wait_for_part_commit_in_dependent_materialized_views') AS knows`;
  const [{ version, knows }] = await select<{ version: string; knows: number | string }>(client, ACTION, sql);
  if (Number(knows) > 0) return;
  throw new StoreError('refused', `Cannot ${ACTION}: its ClickHouse ${version} is too old; 26.7 is new enough`);
}

async function send(client: ClickHouseClient, action: string, query: string, path: string, id: string): Promise<void> {
  try {
    const { stream } = await client.exec({ query, values: createReadStream(path), query_id: id });
    for await (const _ of stream);
  } catch (error) {
    throw storeErrorOf(action, error);
  }
}

/** An insert whose answer we did not wait for goes on in the server. */
async function settled(client: ClickHouseClient, action: string, idBegins: string): Promise<void> {
  const sql = 'SELECT 1 FROM system.processes WHERE startsWith(query_id, {idBegins:String}) LIMIT 1';
  const running = await select(client, action, sql, { idBegins });
  if (running.length > 0) throw new StoreError('timeout', `Cannot ${action}: the database is still at it`);
}
