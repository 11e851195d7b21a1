/** The addresses that a sensor listens on, as prefixes: which packets are its own, and the denominator of every figure. */
import type { Packet } from '@noroshi/wire/net/packet.ts';
import { covers, type Prefix, prefixOf } from '@noroshi/wire/net/prefix.ts';

export class Telescope {
  readonly prefixes: readonly Prefix[];
  private readonly ipv4: readonly Prefix[];
  private readonly ipv6: readonly Prefix[];

  private constructor(prefixes: readonly Prefix[]) {
    this.prefixes = prefixes;
    this.ipv4 = prefixes.filter(({ isIpv4 }) => isIpv4);
    this.ipv6 = prefixes.filter(({ isIpv4 }) => !isIpv4);
  }

  /** From texts such as `192.0.2.0/24`, `2001:db8::/64` or a single address. Throws RangeError naming the one that is neither. */
  static of(texts: readonly string[]): Telescope {
    return new Telescope(texts.map(prefixOf));
  }

  /** True when the packet's destination is one of the addresses. */
  has(packet: Packet): boolean {
    if (packet.net === 4) {
      for (const { words, masks } of this.ipv4) if ((packet.dst3 & masks[3]) === words[3]) return true;
      return false;
    }
    for (const prefix of this.ipv6) {
      if (covers(prefix, packet.dst0, packet.dst1, packet.dst2, packet.dst3)) return true;
    }
    return false;
  }

  /** IPv4 addresses covered; prefixes are expected not to overlap. */
  get addresses(): number {
    return this.ipv4.reduce((sum, { bits }) => sum + 2 ** (128 - bits), 0);
  }

  /** IPv6 networks of 64 bits covered; longer prefixes count as one. */
  get networks64(): number {
    return this.ipv6.reduce((sum, { bits }) => sum + 2 ** Math.max(0, 64 - bits), 0);
  }
}
