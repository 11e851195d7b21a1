/**
 * `npm run docs`: writes docs/reference from the tables in the code, so that the reference cannot say anything else than the
 * program. docs.test.ts fails when a committed page differs.
 */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cliPage } from '@noroshi/cli/reference.ts';
import { flowColumnsPage, parquetMetadataPage } from './docs/segment-pages.ts';
import { classesPage, linkTypesPage, marksPage, predicatesPage, stopsPage } from './docs/wire-pages.ts';

export const REFERENCE = resolve(import.meta.dirname, '../docs/reference');

/** File in docs/reference → its text. To add a page: its function, its line here. */
export const PAGES: Readonly<Record<string, () => string>> = {
  'cli.md': cliPage,
  'flow-columns.md': flowColumnsPage,
  'classes.md': classesPage,
  'marks.md': marksPage,
  'predicates.md': predicatesPage,
  'stops.md': stopsPage,
  'link-types.md': linkTypesPage,
  'parquet-metadata.md': parquetMetadataPage,
};

if (import.meta.main) {
  for (const [name, text] of Object.entries(PAGES)) writeFileSync(join(REFERENCE, name), text());
  console.log(`Wrote ${Object.keys(PAGES).length} pages to docs/reference`);
}
