/** A set of address prefixes, IPv4 and IPv6, to look addresses up in. */
import { V4_MAPPED_WORD } from './address.ts';
import { covers, type Prefix, prefixOf } from './prefix.ts';

export class PrefixSet {
  private readonly ipv4: readonly Prefix[];
  private readonly all: readonly Prefix[];

  /** From texts such as `192.0.2.0/24`, `2001:db8::/64` or a single address. Throws RangeError naming the one that is neither. */
  constructor(texts: readonly string[]) {
    this.all = texts.map(prefixOf);
    // All that reaches into the v4-mapped space: `::/0` has every IPv4 address too.
    this.ipv4 = this.all.filter((prefix) => covers(prefix, 0, 0, V4_MAPPED_WORD, prefix.words[3]));
  }

  /** Whether it holds the IPv4 address of one word. */
  hasIpv4(word: number): boolean {
    for (const { words, masks } of this.ipv4) if ((word & masks[3]) === words[3]) return true;
    return false;
  }

  /** Whether it holds the address of four words, IPv4 as v4-mapped. */
  has(w0: number, w1: number, w2: number, w3: number): boolean {
    for (const prefix of this.all) if (covers(prefix, w0, w1, w2, w3)) return true;
    return false;
  }
}
