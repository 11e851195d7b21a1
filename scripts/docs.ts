/**
 * `npm run docs`: writes docs/reference from the tables in the code, so that the reference cannot say anything else than the
 * program. docs.test.ts fails when a committed page differs.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cliPage } from '@noroshi/cli/reference.ts';
import { apiPage, configPage, figuresPage, refusalsPage } from './docs/center-pages.ts';
import { flowColumnsPage, parquetMetadataPage } from './docs/segment-pages.ts';
import { sensorConfigPage } from './docs/sensor-pages.ts';
import { classesPage, linkTypesPage, marksPage, predicatesPage, stopsPage } from './docs/wire-pages.ts';

const ROOT = resolve(import.meta.dirname, '..');
const BIOME = join(ROOT, 'node_modules/.bin/biome');
export const REFERENCE = join(ROOT, 'docs/reference');

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
  'config.md': configPage,
  'sensor-config.md': sensorConfigPage,
  'figures.md': figuresPage,
  'refusals.md': refusalsPage,
  'api.md': apiPage,
};

/** A page as it is committed: as Biome writes it, because the check `format` looks at Markdown too. */
export function render(name: string): string {
  const args = ['format', `--stdin-file-path=docs/reference/${name}`];
  const { status, stdout, stderr } = spawnSync(BIOME, args, { cwd: ROOT, input: PAGES[name]?.(), encoding: 'utf8' });
  if (status !== 0) throw new Error(`Cannot format ${name}: ${stderr}`);
  return stdout;
}

if (import.meta.main) {
  for (const name of Object.keys(PAGES)) writeFileSync(join(REFERENCE, name), render(name));
  console.log(`Wrote ${Object.keys(PAGES).length} pages to docs/reference`);
}
