/** A place → its database. */
import type { Database } from './database.ts';
import { openEmbedded } from './embedded.ts';
import { ledgerErrorOf } from './error.ts';
import type { LedgerPlace } from './messages.ts';
import { openServer } from './server.ts';
import { placeTemplate } from './template.ts';

/** Throws LedgerError. */
export async function openDatabase(place: LedgerPlace): Promise<Database> {
  try {
    if ('url' in place) return openServer(place.url);
    await placeTemplate(place.path);
    return await openEmbedded(place.path);
  } catch (error) {
    throw ledgerErrorOf('open the ledger', error);
  }
}
