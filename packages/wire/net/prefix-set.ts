/** A set of address prefixes, IPv4 and IPv6, to look addresses up in. */
import { parseAddress, V4_MAPPED_WORD, type Words } from './address.ts';

interface Prefix {
  readonly words: Words;
  readonly masks: Words;
}

export class PrefixSet {
  private readonly ipv4: readonly Prefix[];
  private readonly all: readonly Prefix[];

  /** From texts such as `192.0.2.0/24`, `2001:db8::/64` or a single address. Throws RangeError naming the one that is neither. */
  constructor(texts: readonly string[]) {
    this.all = texts.map(parsePrefix);
    this.ipv4 = this.all.filter(({ words, masks }) => words[2] === V4_MAPPED_WORD && masks[2] === -1);
  }

  /** Whether it holds the IPv4 address of one word. */
  hasIpv4(word: number): boolean {
    for (const { words, masks } of this.ipv4) if ((word & masks[3]) === words[3]) return true;
    return false;
  }

  /** Whether it holds the address of four words, IPv4 as v4-mapped. */
  has(w0: number, w1: number, w2: number, w3: number): boolean {
    for (const { words, masks } of this.all) {
      const isIn =
        (w0 & masks[0]) === words[0] &&
        (w1 & masks[1]) === words[1] &&
        (w2 & masks[2]) === words[2] &&
        (w3 & masks[3]) === words[3];
      if (isIn) return true;
    }
    return false;
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
  return { words: [words[0] & masks[0], words[1] & masks[1], words[2] & masks[2], words[3] & masks[3]], masks };
}
