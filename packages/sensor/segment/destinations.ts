/**
 * Who was spoken to: the different destinations of a capture stand for the addresses that listened where nobody says which did.
 * Exact up to a limit; beyond it the count stays there.
 */
import { Interner } from '@noroshi/wire/flow/interner.ts';
import * as row from '@noroshi/wire/flow/row.ts';
import type { RowStore } from '@noroshi/wire/flow/row-store.ts';

/** Different destinations that are counted, of IPv4 addresses and of IPv6 networks each. */
export const DESTINATIONS_MAX = 1_048_576;

/** Words of IPv4 addresses, pairs of words of IPv6 networks. Plain data, so that a worker can post it. */
export interface DestinationsData {
  readonly addresses: Int32Array;
  readonly networks64: Int32Array;
}

export class Destinations {
  private readonly ipv4 = new Interner(1);
  private readonly ipv6 = new Interner(2);
  private taken4 = 0;
  private taken6 = 0;

  /** Different IPv4 addresses. */
  get addresses(): number {
    return this.ipv4.count;
  }

  /** Different IPv6 networks of 64 bits. */
  get networks64(): number {
    return this.ipv6.count;
  }

  /** True when the limit was reached: there may be more. */
  get isAtLeast(): boolean {
    return this.addresses >= DESTINATIONS_MAX || this.networks64 >= DESTINATIONS_MAX;
  }

  /** Counts the destinations of all rows. */
  add({ words, count, addresses }: RowStore): void {
    for (let at = 0; at < count * row.ROW_WORDS; at += row.ROW_WORDS) {
      const word = words[at + row.DST];
      if ((words[at + row.META] & row.META_IPV6) === 0) this.addIpv4(word);
      else this.addIpv6(addresses.words[(word - 1) * 4], addresses.words[(word - 1) * 4 + 1]);
    }
  }

  /** Counts what another one has counted. */
  append({ addresses, networks64 }: DestinationsData): void {
    for (const word of addresses) this.addIpv4(word);
    for (let at = 0; at < networks64.length; at += 2) this.addIpv6(networks64[at], networks64[at + 1]);
  }

  /** What is new since the last call. */
  take(): DestinationsData {
    const addresses = this.ipv4.words.slice(this.taken4, this.ipv4.count);
    const networks64 = this.ipv6.words.slice(this.taken6 * 2, this.ipv6.count * 2);
    this.taken4 = this.ipv4.count;
    this.taken6 = this.ipv6.count;
    return { addresses, networks64 };
  }

  private addIpv4(word: number): void {
    if (this.ipv4.count >= DESTINATIONS_MAX) return;
    this.ipv4.key[0] = word;
    this.ipv4.intern();
  }

  private addIpv6(high: number, low: number): void {
    if (this.ipv6.count >= DESTINATIONS_MAX) return;
    this.ipv6.key[0] = high;
    this.ipv6.key[1] = low;
    this.ipv6.intern();
  }
}
