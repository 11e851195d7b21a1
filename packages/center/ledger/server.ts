/** A PostgreSQL server, by its connection string. A connection that breaks is replaced at the next question. */
import { Pool, type PoolClient, types } from 'pg';
import type { Database, Query } from './database.ts';

/** The engine, the API and a person at once. */
const CONNECTIONS_MAX = 4;
const CONNECT_MS = 10_000;
/** A report of ten thousand sightings takes a second. */
const STATEMENT_MS = 60_000;
/** Longer than the server's own limit: for a server that has gone without a word. */
const ANSWER_MS = STATEMENT_MS + 10_000;
const IDLE_MS = 30_000;

/** @param url `postgresql://name:password@host:5432/noroshi`. Connects at the first question. */
export function openServer(url: string): Database {
  const pool = new Pool({
    connectionString: url,
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    query_timeout: ANSWER_MS,
    idleTimeoutMillis: IDLE_MS,
    application_name: 'noroshi',
    types: { getTypeParser: parserOf },
  });
  // A connection that breaks while nobody uses it: the pool has let go of it, and the next question says what is wrong.
  pool.on('error', () => {});
  return {
    query: queryOf(pool),
    transaction: (work) => transaction(pool, work),
    close: () => pool.end(),
  };
}

/** Whole numbers of 64 bits as numbers; all else as `pg` does it. */
function parserOf(...[oid, format]: Parameters<typeof types.getTypeParser>): unknown {
  return oid === types.builtins.INT8 ? Number : types.getTypeParser(oid, format);
}

async function transaction<T>(pool: Pool, work: (query: Query) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  // Breaks between two questions: the next one fails, and says so.
  const ignore = (): void => {};
  client.on('error', ignore);
  let isBroken = true;
  try {
    await client.query('BEGIN');
    const result = await work(queryOf(client));
    await client.query('COMMIT');
    isBroken = false;
    return result;
  } catch (error) {
    isBroken = !(await rolledBack(client));
    throw error;
  } finally {
    client.off('error', ignore);
    client.release(isBroken);
  }
}

async function rolledBack(client: PoolClient): Promise<boolean> {
  try {
    await client.query('ROLLBACK');
    return true;
  } catch {
    return false;
  }
}

function queryOf(client: Pick<Pool, 'query'>): Query {
  return async <R extends object>(sql: string, params: readonly unknown[] = []) => {
    const { rows } = await client.query<R>(sql, [...params]);
    return rows;
  };
}
