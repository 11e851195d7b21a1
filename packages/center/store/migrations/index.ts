/** All migrations, in the order in which they run. Adding one is adding a file and a line; released ones never change. */
import type { Migration } from './migration.ts';
import { markedSources } from './0005-marked-sources.ts';
import { parts } from './0006-parts.ts';
import { receipts } from './0003-receipts.ts';
import { rollups } from './0002-rollups.ts';
import { rows } from './0001-rows.ts';
import { sources } from './0004-sources.ts';

/** The roll-ups as the newest step leaves them. */
export { rollUpsOf } from './0005-marked-sources.ts';

export const MIGRATIONS: readonly Migration[] = [rows, rollups, receipts, sources, markedSources, parts];
