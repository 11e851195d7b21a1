/** What the ledger's thread is told, and what it says. */
import type { LedgerErrorKind } from './error.ts';
import type { Ledger } from './ledger.ts';

/** Where the ledger lies: a folder of its own, or a PostgreSQL server by its connection string. */
export type LedgerPlace = { readonly path: string } | { readonly url: string };

export type Method = keyof Ledger;

export interface Call {
  readonly number: number;
  readonly method: Method;
  readonly args: readonly unknown[];
}

export type Answer =
  | { readonly number: number; readonly value: unknown }
  | { readonly number: number; readonly kind: LedgerErrorKind; readonly message: string };

/** Number of the answer that says whether the ledger could be opened. */
export const OPENED = 0;
