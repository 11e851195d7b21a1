/** What the database is told about addresses: made by enrich/, loaded by the store, used at insert. */

/** A prefix as text, `192.0.2.0/24` or `2001:db8::/32`, and what the tables say of every address in it. */
export interface NetworkRow {
  readonly prefix: string;
  /** ISO 3166-1 alpha-2, or `unknown`. */
  readonly country: string;
  /** 0 when unknown. */
  readonly asn: number;
}

export interface HolderRow {
  readonly asn: number;
  /** Foreign text. */
  readonly name: string;
}

export interface ScannerRow {
  readonly prefix: string;
  /** Foreign text. */
  readonly organisation: string;
}

/** Versions name the content of each table: its day and a digest. Receipts record them. */
export interface TableVersions {
  readonly country: string;
  readonly asn: string;
  readonly scanners: string;
}

export interface LookupTables {
  readonly versions: TableVersions;
  /** Prefixes that do not overlap, country and AS merged. Asked for only when these versions are not loaded yet. */
  readonly networks: () => Iterable<NetworkRow>;
  readonly holders: () => Iterable<HolderRow>;
  /** No prefix twice; the longest that holds an address counts. */
  readonly scanners: readonly ScannerRow[];
}
