/** The sensor's prefixes as a filter of the kernel (pcap-filter(7)), and how many addresses listen. */
import { formatAddress } from '@noroshi/wire/net/address.ts';
import { IPV4_BASE, prefixOf } from '@noroshi/wire/net/prefix.ts';
import { Telescope } from '../flow/telescope.ts';
import type { ListeningSize } from '../segment/listening.ts';

/** Traffic that is not the telescope's although it may go to its addresses: numeric addresses only. */
export interface LeftOut {
  /** Addresses and prefixes of those who look after the machine. */
  readonly managers: readonly string[];
  /** The center: its addresses and its port. */
  readonly center: { readonly addresses: readonly string[]; readonly port: number } | undefined;
}

/** Packets to these prefixes, without the traffic that is left out. Throws RangeError for what is no prefix. */
export function filterOf(prefixes: readonly string[], { managers, center }: LeftOut): string {
  const ours = prefixes.map((prefix) => `dst ${targetOf(prefix)}`).join(' or ');
  const hosts = center?.addresses.map((address) => `host ${address}`).join(' or ') ?? '';
  const others = [
    ...managers.map((prefix) => `not ${targetOf(prefix)}`),
    ...(hosts === '' ? [] : [`not ((${hosts}) and tcp port ${center?.port})`]),
  ];
  return [`(${ours})`, ...others].join(' and ');
}

/** `net 192.0.2.0/24`: libpcap wants the bits behind the prefix to be zero. */
function targetOf(text: string): string {
  const { words, bits, isIpv4 } = prefixOf(text);
  const address = formatAddress(...words);
  if (bits === 128) return `host ${address}`;
  return `net ${isIpv4 ? `${address}/${bits - IPV4_BASE}` : `${address}/${bits}`}`;
}

/** How many addresses these prefixes are. */
export function sizeOf(prefixes: readonly string[]): ListeningSize {
  const { addresses, networks64 } = Telescope.of(prefixes);
  return { addresses, networks64 };
}
