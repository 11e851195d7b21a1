/**
 * Distinct things by key: what every definition of a scan counts. A key is a source and a second word (a service, a target, a number of
 * a session); a thing is 32 bits. Exact as long as there is room; memory is bounded by the limits.
 */
import { DistinctThings, KeyTable } from '../sources/few.ts';
import { grown, NONE } from '../sources/tables.ts';

export interface TallyLimits {
  readonly keys: number;
  /** Things of all keys together. */
  readonly things: number;
  /** Things of one key; beyond, `distinct` stands still: "at least". */
  readonly things_a_key: number;
  /** Keys are sources alone: `second` is not looked at, the key's number is the source's. */
  readonly bySource?: boolean;
}

/** Of a key, next to each other, so that a row touches one line of the cache: packets, first and last time. */
const WIDTH = 4;
const PACKETS = 0;
const FIRST = 1;
const LAST = 2;
const KEYS_FIRST = 1024;

export class Tally {
  private readonly keys: KeyTable;
  private readonly things: DistinctThings;
  private readonly limits: TallyLimits;
  private sums: Float64Array;

  /** `expected`: things that will come soon, so that tables need not grow step by step. */
  constructor(limits: TallyLimits, expected = 0) {
    this.limits = limits;
    const sources = expected / 4;
    const keys = limits.bySource === true ? sources : expected / 2;
    this.keys = new KeyTable(limits.keys, limits.bySource === true ? 0 : sources);
    this.things = new DistinctThings(limits.things, keys);
    this.sums = new Float64Array(WIDTH * Math.ceil(Math.max(KEYS_FIRST, keys)));
  }

  /** Adds packets of a key and the thing they met; the key's number, or NONE when there is no room for it. */
  add(first: number, second: number, thing: number, packets: number, first_ms: number, last_ms: number): number {
    const key = this.limits.bySource === true ? first : this.keys.add(first, second);
    if (key === NONE) return NONE;
    const at = key * WIDTH;
    if (at >= this.sums.length) this.sums = grown(this.sums, Math.max(at + WIDTH, this.sums.length * 2));
    const { sums } = this;
    if (sums[at + PACKETS] === 0) {
      sums[at + FIRST] = first_ms;
      sums[at + LAST] = last_ms;
    } else {
      if (first_ms < sums[at + FIRST]) sums[at + FIRST] = first_ms;
      if (last_ms > sums[at + LAST]) sums[at + LAST] = last_ms;
    }
    sums[at + PACKETS] += packets;
    if (!(this.things.counts[key] >= this.limits.things_a_key)) this.things.add(key, thing);
    return key;
  }

  distinct(key: number): number {
    return this.things.counts[key] ?? 0;
  }

  packets(key: number): number {
    return this.sums[key * WIDTH + PACKETS];
  }

  first_ms(key: number): number {
    return this.sums[key * WIDTH + FIRST];
  }

  last_ms(key: number): number {
    return this.sums[key * WIDTH + LAST];
  }
}
