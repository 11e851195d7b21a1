/** Flow rows, minutes and sources by hour are given up by whole days of event time: a day is a partition, and dropping one costs nothing. */
import type { Connection } from './connection.ts';
import { literal } from './sql.ts';

const ACTION = 'drop old rows';

export async function readDroppedDays(connection: Connection): Promise<Set<string>> {
  const rows = await connection.query<{ day: string }>(
    ACTION,
    'SELECT DISTINCT toString(day) AS day FROM dropped_days',
  );
  return new Set(rows.map(({ day }) => day));
}

/** The days that were dropped, `2026-11-21`. */
export async function dropFlowsBefore(connection: Connection, day: string): Promise<string[]> {
  const rows = await connection.query<{ old: string }>(
    ACTION,
    `SELECT toString(toDate(minute)) AS old FROM flows WHERE toDate(minute) < {day:Date}
     GROUP BY old HAVING max(stored_at) < toDateTime({day:Date}, 'UTC') ORDER BY old`,
    { day },
  );
  for (const { old } of rows) {
    // Noted first: that a day is gone must be known of every day that is gone.
    await connection.command(ACTION, `INSERT INTO dropped_days VALUES (toDate(${literal(old)}), now())`);
    for (const table of ['flows', 'minutes', 'source_hours']) {
      await connection.command(ACTION, `ALTER TABLE ${table} DROP PARTITION ${Number(old.replaceAll('-', ''))}`);
    }
  }
  return rows.map(({ old }) => old);
}
