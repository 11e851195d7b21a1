/** What every look-up table says of itself: a figure by country or AS is only as good, and as old, as its table. */
import type { Words } from '@noroshi/wire/net/address.ts';

export interface TableSource {
  /** Name of the data: a package's, or the operator's file. */
  readonly name: string;
  /** Day of the data, `2026-06-17`; '' when the table does not say. */
  readonly date: string;
  /** Version of the package; '' for an operator's file. */
  readonly version: string;
  /** Licence and whom it names, one sentence; '' for an operator's file. */
  readonly licence: string;
}

/** Country by address. Unknown is a value. */
export interface CountryTable {
  readonly source: TableSource;
  /** Code by number: `unknown` at 0, then ISO 3166-1 alpha-2 codes in order of first sight. Grows with the look-ups. */
  readonly codes: readonly string[];
  /** Number of the country of an address in four words (IPv4 v4-mapped); 0 when the table does not know it. */
  numberOf(...words: Words): number;
}

/** Autonomous system by address. */
export interface AsTable {
  readonly source: TableSource;
  /** AS number of an address in four words (IPv4 v4-mapped); 0 when the table does not know it. */
  numberOf(...words: Words): number;
  /** Name of its holder as the table gives it, '' when it has none. Foreign text: escape before showing. */
  nameOf(asn: number): string;
}

export const COUNTRY_UNKNOWN = 'unknown';
