/** Prefixes of addresses: four words (address.ts) and a length in the 128-bit space, IPv4 v4-mapped. */
import { parseAddress, V4_MAPPED_WORD, type Words } from './address.ts';

export interface Prefix {
  /** The first address; bits behind the length are zero. */
  readonly words: Words;
  /** Those bits of each word that the length fixes. */
  readonly masks: Words;
  /** 0 … 128; an IPv4 length plus {@link IPV4_BASE}. */
  readonly bits: number;
  /** Whether all of it lies in the v4-mapped space, however it was written. */
  readonly isIpv4: boolean;
}

/** Length of the v4-mapped space, `::ffff:0:0/96`. */
export const IPV4_BASE = 96;
const PREFIX_CHARS_MAX = 49;

/** `192.0.2.0/24`, `2001:db8::/32`, or one address; undefined when it is neither. Bits behind the length are cleared. */
export function parsePrefix(text: string): Prefix | undefined {
  if (text.length > PREFIX_CHARS_MAX) return undefined;
  const [address = '', length, ...rest] = text.split('/');
  const words = parseAddress(address);
  if (words === undefined || rest.length > 0 || (length !== undefined && !/^\d{1,3}$/.test(length))) return undefined;
  const bits = length === undefined ? 128 : (address.includes(':') ? 0 : IPV4_BASE) + Number(length);
  if (bits > 128) return undefined;
  const masks: Words = [prefixMask(bits, 0), prefixMask(bits, 1), prefixMask(bits, 2), prefixMask(bits, 3)];
  const network: Words = [words[0] & masks[0], words[1] & masks[1], words[2] & masks[2], words[3] & masks[3]];
  const isIpv4 = bits >= IPV4_BASE && words[0] === 0 && words[1] === 0 && words[2] === V4_MAPPED_WORD;
  return { words: network, masks, bits, isIpv4 };
}

/** As {@link parsePrefix}. Throws RangeError naming the text that is no prefix. */
export function prefixOf(text: string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix !== undefined) return prefix;
  throw new RangeError(`Cannot read prefix ${JSON.stringify(text)}: not an address or address/length`);
}

/** The bits of a word, 0 to 3, that a prefix of this length, 0 to 128, fixes. */
export function prefixMask(bits: number, word: number): number {
  const fixed = Math.min(32, Math.max(0, bits - 32 * word));
  return fixed === 0 ? 0 : -1 << (32 - fixed);
}

/** Whether the address of four words, IPv4 v4-mapped, lies in the prefix. */
export function covers({ words, masks }: Prefix, w0: number, w1: number, w2: number, w3: number): boolean {
  return (
    (w0 & masks[0]) === words[0] &&
    (w1 & masks[1]) === words[1] &&
    (w2 & masks[2]) === words[2] &&
    (w3 & masks[3]) === words[3]
  );
}
