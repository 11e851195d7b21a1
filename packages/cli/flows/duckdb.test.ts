import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DUCKDB_ADDRESS } from './duckdb.ts';

/** The explanation's queries are run in scripts/docs/sql.test.ts. */
for (const page of ['explanation/segment.md', 'how-to/read-a-capture.md']) {
  test(`docs/${page} has the macro that flows --help shows`, () => {
    const text = readFileSync(join(import.meta.dirname, '../../../docs', page), 'utf8');
    assert.ok(text.includes(DUCKDB_ADDRESS));
  });
}
