/** Addresses of packed rows: IPv4 stands in the row, IPv6 in the store's table of interned addresses. */
import { V4_MAPPED_WORD } from '../net/address.ts';
import * as row from './row.ts';
import type { RowStore } from './row-store.ts';

/** Four words of a row's source or destination (`word`: row.SRC or row.DST) into `to`; IPv4 as v4-mapped. */
export function takeAddress(to: Int32Array, store: RowStore, index: number, word: number): void {
  const value = store.words[index * row.ROW_WORDS + word];
  if ((store.words[index * row.ROW_WORDS + row.META] & row.META_IPV6) === 0) {
    to[0] = 0;
    to[1] = 0;
    to[2] = V4_MAPPED_WORD;
    to[3] = value;
    return;
  }
  const at = (value - 1) * 4;
  const { words } = store.addresses;
  for (let part = 0; part < 4; part++) to[part] = words[at + part];
}
