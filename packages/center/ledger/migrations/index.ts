/** All migrations, in the order in which they run. Adding one is adding a file and a line; released ones never change. */
import { findings } from './0001-findings.ts';
import type { Migration } from './migration.ts';

export const MIGRATIONS: readonly Migration[] = [findings];
