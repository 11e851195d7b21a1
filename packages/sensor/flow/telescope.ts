/** The addresses that a sensor listens on, as prefixes: which packets are its own, and the denominator of every figure. */
import { parseAddress, V4_MAPPED_WORD, type Words } from '@noroshi/wire/net/address.ts';
import type { Packet } from '@noroshi/wire/net/packet.ts';

export interface Prefix {
  readonly isIpv4: boolean;
  readonly words: Words;
  readonly masks: Words;
  /** Length in the 128-bit space: 96 more than an IPv4 length. */
  readonly bits: number;
}

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
    return new Telescope(texts.map(parsePrefix));
  }

  /** True when the packet's destination is one of the addresses. */
  has(packet: Packet): boolean {
    if (packet.net === 4) {
      for (const { words, masks } of this.ipv4) if ((packet.dst3 & masks[3]) === words[3]) return true;
      return false;
    }
    for (const { words, masks } of this.ipv6) {
      if (
        (packet.dst0 & masks[0]) === words[0] &&
        (packet.dst1 & masks[1]) === words[1] &&
        (packet.dst2 & masks[2]) === words[2] &&
        (packet.dst3 & masks[3]) === words[3]
      ) {
        return true;
      }
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

function parsePrefix(text: string): Prefix {
  const [address = '', length, ...rest] = text.split('/');
  const words = parseAddress(address);
  const base = address.includes(':') ? 0 : 96;
  const bits = length === undefined ? 128 : base + Number(length);
  const isLength = length === undefined || /^\d{1,3}$/.test(length);
  if (words === undefined || rest.length > 0 || !isLength || bits > 128) {
    throw new RangeError(`Cannot read prefix ${JSON.stringify(text)}: not an address or address/length`);
  }
  const mask = (word: number): number => {
    const kept = Math.min(32, Math.max(0, bits - word * 32));
    return kept === 0 ? 0 : -1 << (32 - kept);
  };
  const masks: Words = [mask(0), mask(1), mask(2), mask(3)];
  const isIpv4 = bits >= 96 && words[2] === V4_MAPPED_WORD && words[1] === 0;
  const network: Words = [words[0] & masks[0], words[1] & masks[1], words[2] & masks[2], words[3] & masks[3]];
  return { isIpv4, words: network, masks, bits };
}
