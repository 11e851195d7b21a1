/** What the ledger needs of a PostgreSQL, embedded or not. */

/** Whole numbers of 64 bits come as numbers: times in ms and counts stay below 2⁵³. */
export type Row = Readonly<Record<string, unknown>>;

/** Texts from outside are parameters: `$1`. Throws what the driver throws. */
export type Query = <R extends object = Row>(
  sql: string,
  params?: readonly (string | number | boolean | null)[],
) => Promise<R[]>;

export interface Database {
  readonly query: Query;
  /** All that `work` does is done at the end, or nothing of it. */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>;
  /** Gives back the room of old versions of rows; absent where the database does so by itself. */
  maintain?(): Promise<void>;
  close(): Promise<void>;
}

/** Rows as one parameter, for `json_to_recordset($1::json)`. Columns that are JSON themselves are texts in it. */
export function rowsParameter(rows: readonly object[]): string {
  return JSON.stringify(rows);
}

/** Pieces of at most `size`, so that no statement grows beyond a bound. */
export function* piecesOf<T>(all: readonly T[], size: number): Generator<readonly T[]> {
  for (let from = 0; from < all.length; from += size) yield all.slice(from, from + size);
}
