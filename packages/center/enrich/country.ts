/** Country by address, from the bundled table or the operator's own mmdb. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { bundledCountries } from './bundled.ts';
import { Mmdb, type MmdbRecord } from './mmdb.ts';
import { COUNTRY_UNKNOWN, type CountryTable, type TableSource } from './table.ts';

/**
 * Opens a country table.
 * @param file the operator's mmdb instead of the bundled one
 * @throws the file system's error, or Error when the file is no mmdb
 */
export function openCountries(file?: string): CountryTable {
  if (file !== undefined) {
    return tableOf(readFileSync(file), { name: basename(file), date: '', version: '', licence: '' });
  }
  const { source, file: fileOf } = bundledCountries();
  return tableOf(readFileSync(fileOf('geo-whois-asn-country.mmdb')), source);
}

/** A country table over the bytes of an mmdb; where `source` has no date the file's own is taken. */
export function tableOf(bytes: Buffer, source: TableSource): CountryTable {
  const codes = [COUNTRY_UNKNOWN];
  const mmdb = new Mmdb(bytes, (record) => {
    const code = codeOf(record);
    const known = codes.indexOf(code);
    return known >= 0 ? known : codes.push(code) - 1;
  });
  return {
    source: { ...source, date: source.date === '' ? mmdb.date : source.date },
    codes,
    numberOf: (w0, w1, w2, w3) => mmdb.find(w0, w1, w2, w3) ?? 0,
  };
}

/** `country_code` of ip-location-db; `country.iso_code`, else the registering country's, of MaxMind and its likes. */
export function codeOf(record: MmdbRecord): string {
  const { country_code, country, registered_country } = record as {
    country_code?: unknown;
    country?: { iso_code?: unknown };
    registered_country?: { iso_code?: unknown };
  };
  const code = country_code ?? country?.iso_code ?? registered_country?.iso_code;
  return typeof code === 'string' && /^[A-Z]{2}$/i.test(code) ? code.toUpperCase() : COUNTRY_UNKNOWN;
}
