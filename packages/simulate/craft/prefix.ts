/** Prefixes in CIDR notation and hosts, both as four words (@noroshi/wire/net/address.ts: IPv4 in the last one). */
import { formatAddress, parseAddress, V4_MAPPED_WORD, type Words } from '@noroshi/wire/net/address.ts';
import { IPV4_BASE, prefixMask, parsePrefix as readPrefix } from '@noroshi/wire/net/prefix.ts';

export interface Prefix {
  readonly net: 4 | 6;
  /** Host bits are zero. */
  readonly words: Words;
  /** Length in its own family: 0 … 32 or 0 … 128. */
  readonly bits: number;
  readonly text: string;
}

/** A host that is moved from address to address: nothing is allocated per packet. */
export class Host {
  net: 4 | 6 = 4;
  w0 = 0;
  w1 = 0;
  w2 = V4_MAPPED_WORD;
  w3 = 0;

  set4(word: number): this {
    this.net = 4;
    this.w3 = word;
    return this;
  }

  set6(w0: number, w1: number, w2: number, w3: number): this {
    this.net = 6;
    this.w0 = w0;
    this.w1 = w1;
    this.w2 = w2;
    this.w3 = w3;
    return this;
  }

  get text(): string {
    return this.net === 4
      ? formatAddress(0, 0, V4_MAPPED_WORD, this.w3)
      : formatAddress(this.w0, this.w1, this.w2, this.w3);
  }
}

/** A host at `address`, which must be an address: for literals. */
export function hostAt(address: string): Host {
  const words = parseAddress(address);
  if (words === undefined) throw new TypeError(`Cannot make a host: ${address} is no address`);
  return address.includes(':') ? new Host().set6(...words) : new Host().set4(words[3]);
}

/** `192.0.2.0/24`, `2001:db8::/32`; host bits are cleared; a bare address means the whole of it. Undefined otherwise. */
export function parsePrefix(text: string): Prefix | undefined {
  const prefix = readPrefix(text);
  if (prefix === undefined) return undefined;
  const { words, isIpv4 } = prefix;
  const bits = isIpv4 ? prefix.bits - IPV4_BASE : prefix.bits;
  return { net: isIpv4 ? 4 : 6, words, bits, text: `${formatAddress(...words)}/${bits}` };
}

/** The host bits in word `index` of a prefix of `bits` (0 … 128). */
export function hostMask(bits: number, index: number): number {
  return ~prefixMask(bits, index);
}
