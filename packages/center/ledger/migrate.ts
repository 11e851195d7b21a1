/** Brings a database's schema from whatever state to the newest. */
import type { Database } from './database.ts';
import { LedgerError } from './error.ts';
import type { Migration } from './migrations/migration.ts';

const ACTION = "make the ledger's tables";

/** Any number that nobody else uses: processes that start at once take turns under it. */
const LOCK = 4_651_720;

/**
 * Runs the migrations that are not recorded yet, in order, all in one transaction: after a kill it is as if nothing had been.
 * @throws LedgerError, `refused` when the database knows migrations that this program does not: it is newer
 */
export function migrate(database: Database, migrations: readonly Migration[]): Promise<void> {
  return database.transaction(async (query) => {
    await query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    await query(
      'CREATE TABLE IF NOT EXISTS migration (name text PRIMARY KEY, done_at timestamptz NOT NULL DEFAULT now())',
    );
    const recorded = await query<{ name: string }>('SELECT name FROM migration ORDER BY name');
    const done = new Set(recorded.map(({ name }) => name));
    const foreign = [...done].filter((name) => !migrations.some((migration) => migration.name === name));
    if (foreign.length > 0) {
      throw new LedgerError('refused', `Cannot ${ACTION}: they are of a newer version (${foreign.join(', ')})`);
    }
    for (const { name, statements } of migrations) {
      if (done.has(name)) continue;
      for (const statement of statements) await query(statement);
      await query('INSERT INTO migration (name) VALUES ($1)', [name]);
    }
  });
}
