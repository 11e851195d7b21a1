/** Everything the database is told about addresses: countries, autonomous systems, acknowledged scanners; dated and versioned. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { readNamed } from '@noroshi/kit/system-error.ts';
import { rangesOfCsv } from './asn-csv.ts';
import type { AsRanges } from './asn-ranges.ts';
import { holderOf } from './asn.ts';
import { type Bundled, bundledAsns, bundledCountries } from './bundled.ts';
import { codeOf } from './country.ts';
import { Mmdb } from './mmdb.ts';
import { type NetworkRow, networkRows, rangesOfAsns, rangesOfNetworks } from './networks.ts';
import type { Ranges } from './ranges.ts';
import type { ScannerPrefix } from './scanner-list.ts';
import { loadScannerLists, type ScannerFile } from './scanners.ts';
import { COUNTRY_UNKNOWN } from './table.ts';

export interface LookupOptions {
  /** An operator's mmdb instead of the bundled table. */
  readonly country_file?: string | undefined;
  readonly asn_file?: string | undefined;
  /** Files and folders. */
  readonly scanner_lists?: readonly string[];
}

/** What the store loads (store/lookup.ts), and what there is to say about the lists. */
export interface Lookup {
  readonly versions: { readonly country: string; readonly asn: string; readonly scanners: string };
  readonly networks: () => Iterable<NetworkRow>;
  readonly holders: () => Iterable<{ readonly asn: number; readonly name: string }>;
  readonly scanners: readonly ScannerPrefix[];
  readonly scannerFiles: readonly ScannerFile[];
}

/** A table of ranges, to be read when it is needed. */
interface Source<T> {
  readonly version: string;
  readonly read: () => T;
}

interface Countries {
  readonly ranges: Ranges;
  readonly codes: readonly string[];
}

interface Asns {
  readonly ranges: Ranges;
  readonly names: ReadonlyMap<number, string>;
}

/**
 * Reads what is needed to know the versions (0.2 s for the bundled tables); the tables themselves only when they are asked for.
 * @throws Error `Cannot read <file>: …`
 */
export function readLookup({ country_file, asn_file, scanner_lists = [] }: LookupOptions): Lookup {
  const countries = country_file === undefined ? bundledCountrySource() : mmdbSource(country_file, countriesOf);
  const asns = asn_file === undefined ? bundledAsnSource() : mmdbSource(asn_file, asnsOf);
  const scanners = loadScannerLists(scanner_lists);
  const readAsns = onceForAWhile(asns.read);
  return {
    versions: { country: countries.version, asn: asns.version, scanners: scanners.version },
    networks: () => rowsOf(countries.read(), readAsns()),
    holders: () => Array.from(readAsns().names, ([asn, name]) => ({ asn, name })),
    scanners: scanners.rows,
    scannerFiles: scanners.files,
  };
}

/** Networks and holders are asked for one after the other; the table behind both is not kept when nobody uses it any more. */
function onceForAWhile<T extends object>(read: () => T): () => T {
  let last: WeakRef<T> | undefined;
  return () => {
    const kept = last?.deref() ?? read();
    last = new WeakRef(kept);
    return kept;
  };
}

function rowsOf({ ranges, codes }: Countries, asns: Asns): Iterable<NetworkRow> {
  return networkRows(ranges, codes, asns.ranges);
}

function bundledCountrySource(): Source<Countries> {
  const bundled = bundledCountries();
  const bytes = (): Buffer => readFileSync(bundled.file('geo-whois-asn-country.mmdb'));
  return { version: versionOf(bundled, bytes()), read: () => countriesOf(bytes()) };
}

function bundledAsnSource(): Source<Asns> {
  const bundled = bundledAsns();
  const ipv4 = (): Buffer => readFileSync(bundled.file('asn-ipv4-num.csv'));
  const ipv6 = (): Buffer => readFileSync(bundled.file('asn-ipv6.csv'));
  const read = (): Asns => asnsOfRanges(rangesOfCsv(ipv4().toString('utf8'), ipv6().toString('utf8')));
  return { version: versionOf(bundled, ipv4(), ipv6()), read };
}

/** Throws Error when the file cannot be read or is no mmdb. */
function mmdbSource<T>(file: string, read: (bytes: Buffer) => T): Source<T> {
  const bytes = readNamed(file);
  let date: string;
  try {
    ({ date } = new Mmdb(bytes, () => 0));
  } catch (error) {
    throw new Error(`Cannot read ${file}: not a MaxMind DB file`, { cause: error });
  }
  return { version: `${basename(file)} ${date} ${digestOf([bytes])}`, read: () => read(readNamed(file)) };
}

function versionOf({ source: { name, date } }: Bundled, ...files: readonly Buffer[]): string {
  return `${name} ${date} ${digestOf(files)}`;
}

function digestOf(files: readonly Buffer[]): string {
  const hash = createHash('sha256');
  for (const bytes of files) hash.update(bytes);
  return hash.digest('hex').slice(0, 12);
}

function countriesOf(bytes: Buffer): Countries {
  const codes = [COUNTRY_UNKNOWN];
  const numbers = new Map([[COUNTRY_UNKNOWN, 0]]);
  const mmdb = new Mmdb(bytes, (record) => {
    const code = codeOf(record);
    const number = numbers.get(code) ?? codes.push(code) - 1;
    numbers.set(code, number);
    return number;
  });
  return { ranges: rangesOfNetworks(mmdb.networks()), codes };
}

function asnsOf(bytes: Buffer): Asns {
  const names = new Map<number, string>();
  const mmdb = new Mmdb(bytes, (record) => {
    const { asn, name } = holderOf(record);
    if (name !== '' && !names.has(asn)) names.set(asn, name);
    return asn;
  });
  return { ranges: rangesOfNetworks(mmdb.networks()), names };
}

function asnsOfRanges(ranges: AsRanges): Asns {
  const names = new Map(Array.from(ranges.nameAsns, (asn) => [asn, ranges.nameOf(asn)]));
  return { ranges: rangesOfAsns(ranges), names };
}
