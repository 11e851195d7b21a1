/** Packets and sources by country and by autonomous system. `bogon` and `unknown` are places like any other. */
import { isBogonIpv4, isBogonIpv6 } from '@noroshi/wire/classify/bogon.ts';
import { V4_MAPPED_WORD, type Words } from '@noroshi/wire/net/address.ts';
import type { Packet } from '@noroshi/wire/net/packet.ts';
import type { Sources } from './sources.ts';
import type { Tables } from './tables.ts';

const BOGON = 'bogon';

export interface Place {
  readonly country: string;
  /** AS number; null when unknown or bogon. */
  readonly as: number | null;
  /** Name of its holder; '' when there is none. Foreign text. */
  readonly as_name: string;
}

export interface Sum {
  packets: number;
  sources: number;
}

export class Places {
  readonly countries = new Map<string, Sum>();
  /** By AS number; 0 is unknown, -1 bogon. */
  readonly asns = new Map<number, Sum>();
  private readonly tables: Tables;

  constructor(tables: Tables) {
    this.tables = tables;
  }

  /** Counts every source of a table with its packets. */
  addSources(sources: Sources): void {
    for (let number = 1; number <= sources.keys.count; number++) {
      this.add(sources.addressOf(number), sources.packetsOf(number), 1);
    }
  }

  /** Counts one packet whose source is not told apart. */
  addStranger(packet: Packet): void {
    const { net, src0, src1, src2, src3 } = packet;
    this.add(net === 4 ? [0, 0, V4_MAPPED_WORD, src3] : [src0, src1, src2, src3], 1, 0);
  }

  placeOf(address: Words): Place {
    if (isBogon(address)) return { country: BOGON, as: null, as_name: '' };
    const { countries, asns } = this.tables;
    const asn = asns.numberOf(...address);
    return {
      country: countries.codes[countries.numberOf(...address)],
      as: asn === 0 ? null : asn,
      as_name: asn === 0 ? '' : asns.nameOf(asn),
    };
  }

  nameOf(asn: number): string {
    if (asn <= 0) return asn < 0 ? BOGON : 'unknown';
    return this.tables.asns.nameOf(asn);
  }

  private add(address: Words, packets: number, sources: number): void {
    const { countries, asns } = this.tables;
    const bogon = isBogon(address);
    count(this.countries, bogon ? BOGON : countries.codes[countries.numberOf(...address)], packets, sources);
    count(this.asns, bogon ? -1 : asns.numberOf(...address), packets, sources);
  }
}

function isBogon([w0, w1, w2, w3]: Words): boolean {
  return w0 === 0 && w1 === 0 && w2 === V4_MAPPED_WORD ? isBogonIpv4(w3) : isBogonIpv6(w0, w1);
}

function count<K>(sums: Map<K, Sum>, key: K, packets: number, sources: number): void {
  const sum = sums.get(key);
  if (sum === undefined) sums.set(key, { packets, sources });
  else {
    sum.packets += packets;
    sum.sources += sources;
  }
}
