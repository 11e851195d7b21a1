/**
 * Where sources and victims live: space that the five registries have handed out, so that a country table resolves it.
 * IPv4: first octets (IANA IPv4 Address Space Registry) none of whose addresses is special (RFC 6890): 100, 169, 172,
 * 192, 198 and 203 are left out whole, so that one table look-up is enough and nothing has to be drawn twice. Octets of
 * the US and UK ministries of defence are left out too: nobody scans from there. IPv6: allocated /32s.
 * These are real people's addresses: simulated traffic says nothing about them and must never be published as observed.
 */
import type { Host } from './prefix.ts';
import type { Random } from './random.ts';

export type Region = 'asia' | 'europe' | 'north-america' | 'latin-america' | 'africa' | 'cloud';

const OCTETS: Readonly<Record<Region, readonly number[]>> = {
  asia: [
    1, 14, 27, 36, 39, 42, 43, 49, 58, 59, 60, 61, 101, 103, 106, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120,
    121, 122, 123, 124, 125, 126, 175, 180, 182, 183, 202, 210, 211, 218, 219, 220, 221, 222, 223,
  ],
  europe: [
    2, 5, 31, 37, 46, 62, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95, 109, 176, 178,
    185, 188, 193, 194, 195, 212, 213, 217,
  ],
  'north-america': [
    12, 23, 24, 50, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 96, 97, 98, 99, 104, 107, 108, 173, 174,
    184, 199, 204, 205, 206, 207, 208, 209, 216,
  ],
  'latin-america': [177, 179, 181, 186, 187, 189, 190, 191, 200, 201],
  africa: [41, 102, 105, 154, 196, 197],
  cloud: [3, 13, 18, 34, 35, 45, 52, 54, 104, 107, 142, 159, 165, 167, 185],
};

const TOP_WORDS_6: readonly number[] = [
  0x20010200, 0x240504a0, 0x24004050, 0x24088000, 0x240e0000, 0x26040a88, 0x26001f00, 0x28040014, 0x2a0104f8,
  0x2a0206b8, 0x2a032880, 0x2c0ff248, 0x200141d0, 0x24050200,
];

const REGIONS = Object.keys(OCTETS) as Region[];
const ANYWHERE = Uint8Array.from(new Set(REGIONS.flatMap((region) => OCTETS[region])));

/** Moves `host` to an address of the region (IPv4; anywhere when undefined) that looks like a machine's: not .0, not .255. */
export function settleHost(random: Random, net: 4 | 6, host: Host, region?: Region): Host {
  if (net === 6) return forgeHost(random, 6, host);
  const octet =
    region === undefined ? random.pick(REGIONS.flatMap((name) => OCTETS[name])) : random.pick(OCTETS[region]);
  return host.set4((octet << 24) | (random.below(65_536) << 8) | random.between(1, 254));
}

/** Moves `host` to any address of handed-out space. No allocation. */
export function forgeHost(random: Random, net: 4 | 6, host: Host): Host {
  if (net === 4) return host.set4(memberOf(random.below(ANYWHERE.length), random.word()));
  const top = TOP_WORDS_6[random.below(TOP_WORDS_6.length)];
  return host.set6(top | 0, random.word() & 0x000fffff, random.word(), random.word());
}

/** The member of a set of hosts that the bits of `hash` name: the same bits, the same host. No allocation. */
export function hashedHost(hash: number, net: 4 | 6, host: Host): Host {
  if (net === 4) return host.set4(memberOf((hash >>> 24) % ANYWHERE.length, Math.imul(hash, 0x9e3779b1)));
  const top = TOP_WORDS_6[(hash >>> 24) % TOP_WORDS_6.length];
  return host.set6(top | 0, hash & 0x000fffff, 0, Math.imul(hash, 0x9e3779b1));
}

function memberOf(index: number, word: number): number {
  return (ANYWHERE[index] << 24) | (word & 0xffffff);
}
