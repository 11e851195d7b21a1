/** The schema: every earlier state comes to the same end, a second run does nothing, two that start at once get along. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { needs } from '@noroshi/kit/testing.ts';
import type { Database } from './database.ts';
import { openEmbedded } from './embedded.ts';
import { LedgerError } from './error.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { openServer } from './server.ts';
import { placeTemplate } from './template.ts';
import { Postgres, postgres } from './testing.ts';

/** Tables, columns, indices and views of a database, as text. */
async function schemaOf({ query }: Database): Promise<string> {
  const columns = await query(
    `SELECT table_name, column_name, data_type, is_nullable, is_identity FROM information_schema.columns
     WHERE table_schema = 'public' ORDER BY table_name, ordinal_position`,
  );
  const indices = await query(`SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexdef`);
  const views = await query(`SELECT viewname, definition FROM pg_views WHERE schemaname = 'public'`);
  const done = await query('SELECT name, done_at::text FROM migration ORDER BY name');
  return JSON.stringify([columns, indices, views, done], undefined, 1);
}

const withoutTimes = (schema: string): string => schema.replaceAll(/"done_at": "[^"]*"/g, '');

for (const engine of ['PGlite', 'PostgreSQL'] as const) {
  describe(engine, engine === 'PostgreSQL' ? needs(postgres()) : {}, () => {
    const folder = mkdtempSync(join(tmpdir(), 'noroshi-migrations-'));
    let server: Postgres | undefined;
    let count = 0;
    before(async () => {
      if (engine === 'PostgreSQL') server = await new Postgres().make();
    });
    after(async () => {
      await server?.remove();
      rmSync(folder, { recursive: true, force: true });
    });

    const fresh = async (): Promise<Database> => {
      if (server !== undefined) return openServer(await server.database());
      const path = join(folder, `${++count}`);
      await placeTemplate(path);
      return openEmbedded(path);
    };

    test('migrate comes to the same end from every earlier state, and a second run does nothing', async () => {
      const ends = new Set<string>();
      for (let past = 0; past <= MIGRATIONS.length; past++) {
        const database = await fresh();
        try {
          await migrate(database, MIGRATIONS.slice(0, past));
          await migrate(database, MIGRATIONS);
          const once = await schemaOf(database);
          await migrate(database, MIGRATIONS);
          assert.equal(await schemaOf(database), once);
          ends.add(withoutTimes(once));
        } finally {
          await database.close();
        }
      }
      assert.equal(ends.size, 1);
    });

    test('migrate leaves nothing behind when a step fails, and refuses a newer database', async () => {
      const database = await fresh();
      try {
        const broken = [
          ...MIGRATIONS,
          { name: '9998-broken', statements: ['CREATE TABLE half (a integer)', 'no SQL'] },
        ];
        await assert.rejects(migrate(database, broken));
        const left = await database.query(`SELECT 1 FROM information_schema.tables WHERE table_schema = 'public'`);
        assert.deepEqual(left, []);
        await migrate(database, [...MIGRATIONS, { name: '9999-of-tomorrow', statements: [] }]);
        await assert.rejects(migrate(database, MIGRATIONS), (error) => {
          return (
            error instanceof LedgerError && error.kind === 'refused' && error.message.endsWith('(9999-of-tomorrow)')
          );
        });
      } finally {
        await database.close();
      }
    });

    // An embedded database belongs to one process.
    if (engine === 'PGlite') return;
    test('migrate lets several that start at once take turns', async () => {
      const url = (await server?.database()) ?? '';
      const databases = Array.from({ length: 4 }, () => openServer(url));
      try {
        await Promise.all(databases.map((database) => migrate(database, MIGRATIONS)));
        const [done] = await databases[0].query<{ count: number }>('SELECT count(*) AS count FROM migration');
        assert.equal(done.count, MIGRATIONS.length);
      } finally {
        await Promise.all(databases.map((database) => database.close()));
      }
    });
  });
}
