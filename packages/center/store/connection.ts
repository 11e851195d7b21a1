/** One way to talk to ClickHouse, wherever it runs: in this process (embedded.ts) or as a server (server.ts). */
import type { ClickHouseClient } from '@clickhouse/client';
import { storeErrorOf } from './error.ts';

/** Values for `{name:Type}` in a query. */
export type QueryParams = Readonly<Record<string, string | number | bigint | boolean | readonly (string | number)[]>>;

/** Every method throws StoreError; `action` is what its sentence says cannot be done, e.g. `store segment x/12`. */
export interface Connection {
  /** Where the tables are. */
  readonly database: string;
  /** What a dictionary needs to read a table of this database, e.g. `USER 'noroshi'`; holds the password. */
  readonly credentials: string;
  /** Rows of a SELECT; 64-bit integers come as numbers. */
  query<T>(action: string, sql: string, params?: QueryParams): Promise<T[]>;
  /** What a SELECT with its own FORMAT answers, byte for byte. */
  read(action: string, sql: string, params?: QueryParams): Promise<Uint8Array<ArrayBuffer>>;
  /** Runs a statement that answers nothing. */
  command(action: string, sql: string): Promise<void>;
  /** Throws StoreError `timeout` while an insert runs whose name begins so: what is stored then is not certain. */
  settled(action: string, idBegins: string): Promise<void>;
  /** Inserts what `select` makes of a file's rows. */
  insertFile(action: string, insert: FileInsert): Promise<void>;
  /** Gives the system back what memory is free after a large piece of work, where the memory is this process's. */
  trim(action: string): Promise<void>;
  close(): Promise<void>;
}

export interface FileInsert {
  /** `INSERT INTO t (…) SETTINGS …` */
  readonly head: string;
  /** `SELECT … FROM` */
  readonly select: string;
  /** Absolute. */
  readonly path: string;
  readonly format: 'Parquet' | 'TSV';
  /** Names and types of the file's columns. */
  readonly structure: string;
  /** The insert's name, for `settled`. */
  readonly id: string;
}

export async function select<T>(
  client: ClickHouseClient,
  action: string,
  sql: string,
  params: QueryParams = {},
): Promise<T[]> {
  try {
    const answer = await client.query({ query: sql, format: 'JSONEachRow', query_params: { ...params } });
    return await answer.json<T>();
  } catch (error) {
    throw storeErrorOf(action, error);
  }
}

export async function readBytes(
  client: ClickHouseClient,
  action: string,
  sql: string,
  params: QueryParams = {},
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const { stream } = await client.exec({ query: sql, query_params: { ...params } });
    const chunks: Uint8Array[] = [];
    for await (const chunk of stream) chunks.push(chunk as Uint8Array);
    return joined(chunks);
  } catch (error) {
    throw storeErrorOf(action, error);
  }
}

/** Memory that belongs to the caller alone, and may be handed to another thread. */
function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

export async function run(client: ClickHouseClient, action: string, sql: string): Promise<void> {
  try {
    await client.command({ query: sql });
  } catch (error) {
    throw storeErrorOf(action, error);
  }
}
