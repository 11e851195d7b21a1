/** Our addresses: which there are, and how others come upon one. */
import type { Words } from '@noroshi/wire/net/address.ts';
import { type Host, hostMask, type Prefix } from './prefix.ts';
import type { Random } from './random.ts';

/** Share of IPv6 probes that try a low interface identifier (::1 … ::ff), as RFC 7707 §4.1.1 expects of scanners. */
const LOW_SHARE_6 = 0.7;

export class Telescope {
  readonly prefixes: readonly Prefix[];
  /** IPv4 addresses: N. */
  readonly addresses4: number;
  private readonly bases4: Int32Array;
  /** Addresses up to and including each IPv4 prefix. */
  private readonly ends4: Float64Array;
  private readonly words6: readonly { base: Words; mask: Words }[];

  constructor(prefixes: readonly Prefix[]) {
    this.prefixes = prefixes;
    const four = prefixes.filter((prefix) => prefix.net === 4);
    this.bases4 = Int32Array.from(four, (prefix) => prefix.words[3]);
    this.ends4 = new Float64Array(four.length);
    let end = 0;
    for (const [index, prefix] of four.entries()) this.ends4[index] = end += 2 ** (32 - prefix.bits);
    this.addresses4 = end;
    const mask = (bits: number) => [0, 1, 2, 3].map((index) => hostMask(bits, index)) as unknown as Words;
    this.words6 = prefixes.filter(({ net }) => net === 6).map(({ words, bits }) => ({ base: words, mask: mask(bits) }));
  }

  has(net: 4 | 6): boolean {
    return net === 4 ? this.addresses4 > 0 : this.words6.length > 0;
  }

  /** Moves `host` to one of our addresses: IPv4 uniformly; IPv6 mostly a low one. */
  pick(random: Random, net: 4 | 6, host: Host): Host {
    return net === 4 ? this.pick4(random, host) : this.pick6(random, host, random.chance(LOW_SHARE_6));
  }

  /** Moves `host` to an address that a forger drew: uniform in both families. */
  pickUniform(random: Random, net: 4 | 6, host: Host): Host {
    return net === 4 ? this.pick4(random, host) : this.pick6(random, host, false);
  }

  private pick4(random: Random, host: Host): Host {
    return this.at4(random.below(this.addresses4), host);
  }

  /** Moves `host` to our IPv4 address number `index`, counted through all prefixes; 0 ≤ index < {@link addresses4}. */
  at4(index: number, host: Host): Host {
    let which = 0;
    while (index >= this.ends4[which]) which++;
    const before = which === 0 ? 0 : this.ends4[which - 1];
    return host.set4((this.bases4[which] + (index - before)) | 0);
  }

  private pick6(random: Random, host: Host, low: boolean): Host {
    const { base, mask } = this.words6.length === 1 ? this.words6[0] : random.pick(this.words6);
    if (low) return host.set6(base[0], base[1], base[2], base[3] | (random.between(1, 255) & mask[3]));
    const w0 = base[0] | (mask[0] === 0 ? 0 : random.word() & mask[0]);
    const w1 = base[1] | (mask[1] === 0 ? 0 : random.word() & mask[1]);
    return host.set6(w0, w1, base[2] | (random.word() & mask[2]), base[3] | (random.word() & mask[3]));
  }
}
