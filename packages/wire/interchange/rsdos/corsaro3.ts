/**
 * The DoS plugin of Corsaro 3.4.1 as a state machine. What differs from Corsaro 2 (corsaro2.ts):
 *
 * - A vector is a victim's address and one of TCP, UDP, ICMP; quotes of other protocols are skipped.
 * - Every interval ends with a report, the last and unfinished one too. A vector without a packet in the interval is gone.
 * - The 60 s between first and latest packet are exact to the microsecond; buckets of 10 s begin when the clock says so.
 * - It counts /16 networks of ours, not addresses, and mismatches by vector.
 */
import type { Backscatter } from './backscatter.ts';
import {
  BYTES,
  COUNTS,
  FIRSTS,
  LATEST_S,
  LATEST_US,
  MAX_PPM,
  MISMATCHES,
  OWN,
  PACKETS,
  START_S,
  START_US,
  TAG,
  type VectorLimits,
  Vectors,
  VICTIM,
} from './vectors.ts';

const PROTO_ICMP = 1;
const PROTO_TCP = 6;
const PROTO_UDP = 17;
const WINDOW_BUCKETS = 6;
const BUCKET_S = 10;
/** Buckets are kept for intervals up to this length; in longer ones the maximum is brought up to date before one is forgotten. */
const RING_S_MAX = 600;

/** Words of a row, behind those of every vector: number of the latest bucket since 1970, then a ring of their sums. */
const BUCKET = OWN;
const RING = OWN + 1;

export interface Corsaro3Options extends VectorLimits {
  readonly packetsLeast?: number;
  readonly durationLeast_s?: number;
  readonly ppmLeast?: number;
  /** Length of the intervals. */
  readonly interval_s?: number;
}

/** A record of `org.caida.corsaro.dos`, without where on Earth the victim is. */
export interface Corsaro3Attack {
  readonly victim: number;
  readonly protocol: number;
  readonly slash16s: number;
  readonly attack_ports: number;
  readonly target_ports: number;
  readonly packets: number;
  readonly mismatches: number;
  readonly bytes: number;
  readonly max_ppm: number;
  readonly start_s: number;
  readonly start_us: number;
  readonly latest_s: number;
  readonly latest_us: number;
  readonly first_attack_port: number;
  readonly first_target_port: number;
  readonly first_packet: Uint8Array;
}

export class Corsaro3Dos {
  readonly vectors: Vectors;
  private readonly packetsLeast: number;
  private readonly durationLeast_us: number;
  private readonly ppmLeast: number;
  private readonly ringBuckets: number;
  private readonly forgets: boolean;
  private start_s = 0;

  constructor(options: Corsaro3Options = {}) {
    const { packetsLeast = 25, durationLeast_s = 60, ppmLeast = 30, interval_s = 60 } = options;
    this.packetsLeast = packetsLeast;
    this.durationLeast_us = durationLeast_s * 1e6;
    this.ppmLeast = ppmLeast;
    // One window in front of the interval's first bucket, the interval, and a bucket that both its ends may share.
    this.ringBuckets = WINDOW_BUCKETS + Math.ceil(Math.min(interval_s, RING_S_MAX) / BUCKET_S) + 1;
    this.forgets = interval_s > RING_S_MAX;
    this.vectors = new Vectors(1 + this.ringBuckets, options);
  }

  /** An interval begins. */
  begin(start_s: number): void {
    this.start_s = start_s;
  }

  observe(event: Backscatter): void {
    const { protocol } = event;
    if (protocol !== PROTO_TCP && protocol !== PROTO_UDP && protocol !== PROTO_ICMP) return;
    const { vectors } = this;
    const bucket = Math.floor(event.seconds / BUCKET_S);
    let at = vectors.find(event.victim, protocol);
    if (at < 0) {
      at = vectors.open(event, protocol);
      if (at < 0) return;
      vectors.words[at + BUCKET] = bucket;
    }
    vectors.count(at, event);
    vectors.remember(at, event, event.telescope >>> 16);
    if (event.isMismatch) vectors.words[at + MISMATCHES] += event.packets;
    this.addToRing(at, bucket, event.packets);
  }

  /** The interval has ended: attacks by address and protocol. Vectors that were idle in it are gone. */
  end(): readonly Corsaro3Attack[] {
    const { vectors, start_s } = this;
    vectors.retain((at) => vectors.words[at + LATEST_S] >= start_s);
    const attacks: Corsaro3Attack[] = [];
    for (let row = 0; row < vectors.rows; row++) {
      const at = row * vectors.rowWords;
      this.refreshMaximum(at);
      if (this.isAttack(at)) attacks.push(this.report(at));
    }
    return attacks.sort((a, b) => a.victim - b.victim || a.protocol - b.protocol);
  }

  /** A packet that is older than the ring counts for no window. */
  private addToRing(at: number, bucket: number, packets: number): void {
    const { ringBuckets } = this;
    const { words } = this.vectors;
    const latest = words[at + BUCKET];
    if (bucket > latest) {
      if (this.forgets) this.refreshMaximum(at);
      const passed = Math.min(bucket - latest, ringBuckets);
      for (let step = 0; step < passed; step++) words[at + RING + ((bucket - step) % ringBuckets)] = 0;
      words[at + BUCKET] = bucket;
    }
    if (bucket > latest - ringBuckets) words[at + RING + (bucket % ringBuckets)] += packets;
  }

  /** The most packets of a window of six buckets that begins 50 s before the interval or later. */
  private refreshMaximum(at: number): void {
    const { ringBuckets } = this;
    const { words } = this.vectors;
    const latest = words[at + BUCKET];
    const oldest = latest - ringBuckets + 1;
    const first = Math.max(oldest, Math.floor(this.start_s / BUCKET_S) - WINDOW_BUCKETS + 1);
    let sum = 0;
    for (let bucket = first; bucket <= latest; bucket++) {
      sum += words[at + RING + (bucket % ringBuckets)];
      if (bucket - WINDOW_BUCKETS >= first) sum -= words[at + RING + ((bucket - WINDOW_BUCKETS) % ringBuckets)];
      if (sum > words[at + MAX_PPM]) words[at + MAX_PPM] = sum;
    }
  }

  private isAttack(at: number): boolean {
    const { words, reals } = this.vectors;
    if (reals[(at >>> 1) + PACKETS] < this.packetsLeast) return false;
    const seconds = words[at + LATEST_S] - words[at + START_S];
    const duration_us = seconds * 1e6 + words[at + LATEST_US] - words[at + START_US];
    return duration_us >= this.durationLeast_us && words[at + MAX_PPM] >= this.ppmLeast;
  }

  private report(at: number): Corsaro3Attack {
    const { words, reals } = this.vectors;
    return {
      victim: words[at + VICTIM],
      protocol: words[at + TAG],
      slash16s: words[at + COUNTS],
      attack_ports: words[at + COUNTS + 1],
      target_ports: words[at + COUNTS + 2],
      packets: reals[(at >>> 1) + PACKETS],
      mismatches: words[at + MISMATCHES],
      bytes: reals[(at >>> 1) + BYTES],
      max_ppm: words[at + MAX_PPM],
      start_s: words[at + START_S],
      start_us: words[at + START_US],
      latest_s: words[at + LATEST_S],
      latest_us: words[at + LATEST_US],
      first_attack_port: words[at + FIRSTS + 1],
      first_target_port: words[at + FIRSTS + 2],
      first_packet: this.vectors.firstPacket(at),
    };
  }
}
