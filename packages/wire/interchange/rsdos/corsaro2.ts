/**
 * The DoS plugin of Corsaro 2.0.0 (RSDoS after Moore et al. 2001) as a state machine, exact down to its quirks:
 *
 * - A vector is a victim's address. It ends when a packet or a dump finds that `latest second + 300 < now`.
 * - It is an attack with 25 packets, 60 whole seconds from the first to the latest, and 30 packets in six buckets of 10 s, which
 *   begin at the second of its first packet. When the latest packet is older than the first, it is an attack with 25 packets.
 * - Dumps happen at the end of an interval 300 s or more behind the dump before (at first: behind the second before the start).
 *   What came after the last dump is never reported. Values are those of the whole vector; an attack that is over is reported
 *   again while it is not dropped.
 */
import type { Backscatter } from './backscatter.ts';
import {
  BYTES,
  COUNTS,
  IS_OVER,
  LATEST_S,
  LATEST_US,
  MAX_PPM,
  OWN,
  PACKETS,
  START_S,
  START_US,
  type VectorLimits,
  Vectors,
  VICTIM,
} from './vectors.ts';

export const DUMP_S = 300;
const IDLE_S = 300;
const PACKETS_LEAST = 25;
const DURATION_LEAST_S = 60;
const PPM_LEAST = 30;
const BUCKETS = 6;
const BUCKET_S = 10;

/** Words of a row, behind those of every vector. */
const BUCKET_FROM_S = OWN;
const BUCKET = OWN + 1;
const SUMS = OWN + 2;
const DUMPED_TARGETS = SUMS + BUCKETS;
/** Whether it was in a dump before is seen by its packets then; both have more than 32 bits. */
const DUMPED_PACKETS = (DUMPED_TARGETS + 2) >> 1;
const DUMPED_BYTES = DUMPED_PACKETS + 1;
const OWN_WORDS = (DUMPED_BYTES + 1) * 2 - OWN;

/** An attack in a dump. Counts are those of the whole vector, `…_since` those since the dump before. */
export interface Corsaro2Attack {
  readonly victim: number;
  /** Different addresses of ours that got packets. */
  readonly telescopes: number;
  readonly telescopes_since: number;
  readonly attack_ports: number;
  readonly target_ports: number;
  readonly packets: number;
  readonly packets_since: number;
  readonly bytes: number;
  readonly bytes_since: number;
  readonly max_ppm: number;
  readonly start_s: number;
  readonly start_us: number;
  readonly latest_s: number;
  readonly latest_us: number;
  /** The first packet as captured; empty when first packets are not kept. */
  readonly first_packet: Uint8Array;
}

export interface Corsaro2Dump {
  /** By address. Corsaro's own order is that of its hash table. */
  readonly attacks: readonly Corsaro2Attack[];
  readonly others: number;
  /** ICMP errors since the dump before whose quote has another source; 16 bits, as in Corsaro. */
  readonly mismatches: number;
}

export class Corsaro2Dos {
  readonly vectors: Vectors;
  private dumped_s: number | undefined;
  private mismatches = 0;
  /** A vector has followed another of its victim in this interval: what is known may be so of the one before. */
  private hasReplaced = false;

  constructor(limits: VectorLimits = {}) {
    this.vectors = new Vectors(OWN_WORDS, limits);
  }

  /** An interval begins. */
  begin(start_s: number): void {
    this.dumped_s ??= start_s - 1;
    this.hasReplaced = false;
  }

  /** Takes what the flowtuple plugin calls backscatter. */
  observe(event: Backscatter): void {
    const { vectors } = this;
    if (event.isMismatch) this.mismatches += event.packets;
    let at = vectors.find(event.victim, 0);
    if (at >= 0 && vectors.words[at + LATEST_S] + IDLE_S < event.seconds) {
      vectors.words[at + IS_OVER] = 1;
      this.hasReplaced = true;
      at = -1;
    }
    if (at < 0) {
      at = vectors.open(event, 0);
      if (at < 0) return;
      vectors.words[at + BUCKET_FROM_S] = event.seconds;
    }
    vectors.count(at, event);
    if (!event.isKnown || this.hasReplaced) vectors.remember(at, event, event.telescope);
    this.addToWindow(at, event.seconds, event.packets);
  }

  /** An interval has ended. The dump, when there is one at its end. @param end_s its last second */
  end(end_s: number): Corsaro2Dump | undefined {
    if (this.dumped_s === undefined || end_s - this.dumped_s < DUMP_S) return undefined;
    this.dumped_s = end_s;
    const { vectors } = this;
    vectors.retain((at) => vectors.words[at + LATEST_S] + IDLE_S >= end_s);
    const attacks: Corsaro2Attack[] = [];
    let others = 0;
    for (let row = 0; row < vectors.rows; row++) {
      const at = row * vectors.rowWords;
      if (this.isAttack(at)) attacks.push(this.report(at));
      else others++;
      this.markDumped(at);
    }
    const mismatches = this.mismatches & 0xffff;
    this.mismatches = 0;
    return { attacks: attacks.sort((a, b) => a.victim - b.victim), others, mismatches };
  }

  private addToWindow(at: number, seconds: number, packets: number): void {
    const { words } = this.vectors;
    const steps = Math.trunc((seconds - words[at + BUCKET_FROM_S]) / BUCKET_S);
    if (steps > 0) {
      this.refreshMaximum(at);
      let bucket = words[at + BUCKET];
      for (let step = 0; step < Math.min(steps, BUCKETS); step++) {
        bucket = (bucket + 1) % BUCKETS;
        words[at + SUMS + bucket] = 0;
      }
      words[at + BUCKET] = bucket;
      words[at + BUCKET_FROM_S] += steps * BUCKET_S;
    }
    words[at + SUMS + words[at + BUCKET]] += packets;
  }

  private refreshMaximum(at: number): void {
    const { words } = this.vectors;
    let sum = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) sum += words[at + SUMS + bucket];
    if (sum > words[at + MAX_PPM]) words[at + MAX_PPM] = sum;
  }

  /** Tests in Corsaro's order: the maximum is only brought up to date when the others hold. */
  private isAttack(at: number): boolean {
    const { words, reals } = this.vectors;
    if (reals[(at >>> 1) + PACKETS] < PACKETS_LEAST) return false;
    const borrow = words[at + LATEST_US] < words[at + START_US] ? 1 : 0;
    const duration_s = words[at + LATEST_S] - words[at + START_S] - borrow;
    if (duration_s < 0) return true;
    if (duration_s < DURATION_LEAST_S) return false;
    this.refreshMaximum(at);
    return words[at + MAX_PPM] >= PPM_LEAST;
  }

  private report(at: number): Corsaro2Attack {
    const { words, reals } = this.vectors;
    const real = at >>> 1;
    return {
      victim: words[at + VICTIM],
      telescopes: words[at + COUNTS],
      telescopes_since: words[at + COUNTS] - words[at + DUMPED_TARGETS],
      attack_ports: words[at + COUNTS + 1],
      target_ports: words[at + COUNTS + 2],
      packets: reals[real + PACKETS],
      packets_since: reals[real + PACKETS] - reals[real + DUMPED_PACKETS],
      bytes: reals[real + BYTES],
      bytes_since: reals[real + BYTES] - reals[real + DUMPED_BYTES],
      max_ppm: words[at + MAX_PPM],
      start_s: words[at + START_S],
      start_us: words[at + START_US],
      latest_s: words[at + LATEST_S],
      latest_us: words[at + LATEST_US],
      first_packet: this.vectors.firstPacket(at),
    };
  }

  private markDumped(at: number): void {
    const { words, reals } = this.vectors;
    const real = at >>> 1;
    words[at + DUMPED_TARGETS] = words[at + COUNTS];
    reals[real + DUMPED_PACKETS] = reals[real + PACKETS];
    reals[real + DUMPED_BYTES] = reals[real + BYTES];
  }
}
