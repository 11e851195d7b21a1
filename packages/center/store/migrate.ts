/** Brings a database's schema from whatever state to the newest. */
import type { Connection } from './connection.ts';
import { StoreError } from './error.ts';
import type { Migration, Place } from './migrations/migration.ts';
import { literal } from './sql.ts';

const ACTION = 'make the database tables';

/**
 * Runs the migrations that are not recorded yet, in order. A kill in the middle of one leaves it unrecorded, and its statements
 * do nothing where they were done.
 * @throws StoreError, `refused` when the database knows migrations that this program does not: it is newer
 */
export async function migrate(
  connection: Pick<Connection, 'query' | 'command'>,
  migrations: readonly Migration[],
  place: Place,
): Promise<void> {
  await connection.command(
    ACTION,
    `CREATE TABLE IF NOT EXISTS migrations (name String, done_at DateTime DEFAULT now()) ENGINE = MergeTree ORDER BY name
     SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1`,
  );
  const recorded = await connection.query<{ name: string }>(
    ACTION,
    'SELECT DISTINCT name FROM migrations ORDER BY name',
  );
  const done = new Set(recorded.map(({ name }) => name));
  const foreign = [...done].filter((name) => !migrations.some((migration) => migration.name === name));
  if (foreign.length > 0) {
    throw new StoreError('refused', `Cannot ${ACTION}: they are of a newer version (${foreign.join(', ')})`);
  }
  for (const { name, statements } of migrations) {
    if (done.has(name)) continue;
    for (const statement of statements(place)) await connection.command(ACTION, statement);
    await connection.command(ACTION, `INSERT INTO migrations (name) VALUES (${literal(name)})`);
  }
}
