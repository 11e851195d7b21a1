/** Autonomous system by address, from the bundled table or the operator's own mmdb. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { cached } from './asn-cache.ts';
import { rangesOfCsv } from './asn-csv.ts';
import { bundledAsns } from './bundled.ts';
import { Mmdb, type MmdbRecord } from './mmdb.ts';
import type { AsTable, TableSource } from './table.ts';

/**
 * Opens an AS table.
 * @param file the operator's mmdb instead of the bundled one
 * @param cacheFolder where the bundled table is kept in its fast form; undefined builds it anew, in about a second
 * @throws the file system's error, or Error when the file is no mmdb
 */
export function openAsns(file: string | undefined, cacheFolder: string | undefined): AsTable {
  if (file !== undefined) {
    return asTableOf(readFileSync(file), { name: basename(file), date: '', version: '', licence: '' });
  }
  const { source, file: fileOf } = bundledAsns();
  const ranges = cached(cacheFolder, `asn-${source.version}`, () =>
    rangesOfCsv(readFileSync(fileOf('asn-ipv4-num.csv'), 'utf8'), readFileSync(fileOf('asn-ipv6.csv'), 'utf8')),
  );
  return { source, numberOf: (...words) => ranges.numberOf(...words), nameOf: (asn) => ranges.nameOf(asn) };
}

/** An AS table over the bytes of an mmdb with MaxMind's field names. */
export function asTableOf(bytes: Buffer, source: TableSource): AsTable {
  const names = new Map<number, string>();
  const mmdb = new Mmdb(bytes, (record) => {
    const { asn, name } = holderOf(record);
    if (name !== '' && !names.has(asn)) names.set(asn, name);
    return asn;
  });
  return {
    source: { ...source, date: source.date === '' ? mmdb.date : source.date },
    numberOf: (w0, w1, w2, w3) => mmdb.find(w0, w1, w2, w3) ?? 0,
    nameOf: (asn) => names.get(asn) ?? '',
  };
}

export function holderOf({ autonomous_system_number, autonomous_system_organization }: MmdbRecord): {
  asn: number;
  name: string;
} {
  return {
    asn: typeof autonomous_system_number === 'number' ? autonomous_system_number : 0,
    name: typeof autonomous_system_organization === 'string' ? autonomous_system_organization : '',
  };
}
