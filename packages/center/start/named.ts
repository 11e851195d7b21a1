/** What a configuration names, opened: files, tables, certificates, places of databases. The start needs it, and `up --check` tries it. */
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { Log } from '@noroshi/kit/log.ts';
import { readNamed, stateOf } from '@noroshi/kit/system-error.ts';
import type { Config } from '../config/schema.ts';
import { type Lookup, readLookup } from '../enrich/lookup.ts';
import type { openLedger } from '../ledger/open.ts';
import type { StoreOptions } from '../store/store.ts';

function firstLineOf(file: string): string {
  return readNamed(file).toString('utf8').split(/\r?\n/, 1)[0] ?? '';
}

/** Throws Error with a sentence that names the file. What a list says that nobody understands is in the log. */
export function readTables({ tables, scanner_lists }: Config, log: Log): Lookup {
  const lookup = readLookup({ ...tables, scanner_lists });
  for (const { name, bad, badShown } of lookup.scannerFiles) {
    const values = { entries: bad, first: badShown[0] };
    if (bad > 0) log.warning('scanner_list', `Cannot understand all of the scanner list ${name}`, values);
  }
  const { country, asn, scanners } = lookup.versions;
  log.info('tables', 'Look-up tables were read', { country, asn, scanners, scanner_prefixes: lookup.scanners.length });
  return lookup;
}

/** What an HTTPS server is told. */
interface Tls {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca?: Buffer;
  readonly requestCert?: boolean;
  readonly rejectUnauthorized?: boolean;
}

/** Throws Error with a sentence that names the files: one that cannot be read, or holds no certificate, or another's key. */
export function tlsOf({ listen: { tls } }: Config): Tls | undefined {
  if (tls === undefined) return undefined;
  const { certificate_file, key_file, client_ca_file } = tls;
  const files = { cert: readNamed(certificate_file), key: readNamed(key_file) };
  understood(`${certificate_file} with ${key_file}`, files);
  if (client_ca_file === undefined) return files;
  const ca = readNamed(client_ca_file);
  understood(client_ca_file, { ca });
  // Who shows no certificate is a reader of the page; who shows a wrong one is refused by ingest, in words.
  return { ...files, ca, requestCert: true, rejectUnauthorized: false };
}

function understood(what: string, files: Parameters<typeof createSecureContext>[0]): void {
  try {
    createSecureContext(files);
  } catch (error) {
    throw new Error(`Cannot use ${what}: ${stateOf(error)}`, { cause: error });
  }
}

/** Throws Error `Cannot read <file>: …`. */
export function storePlace({ store, state_folder, day_offset_minutes: offset_minutes }: Config): StoreOptions {
  const { url, username, database, path = join(state_folder, 'database') } = store;
  if (url === undefined) return { path, offset_minutes };
  const password = store.password_file === undefined ? '' : firstLineOf(store.password_file);
  return { url, username, password, database, offset_minutes };
}

/** Throws Error `Cannot read <file>: …`. */
export function ledgerPlace({ ledger: { url_file }, state_folder }: Config): Parameters<typeof openLedger>[0] {
  return url_file === undefined ? { path: join(state_folder, 'ledger') } : { url: firstLineOf(url_file) };
}
