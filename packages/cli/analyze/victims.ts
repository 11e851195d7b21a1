/**
 * DoS victims as backscatter shows them: whoever answers what nobody here asked. Of an ICMP error the victim is whom the quoted
 * packet was sent to, not the router that complains. By flags alone: a SYN-ACK scanner looks alike, which
 * is why the spread of our own ports is kept.
 */
import type { Verdict } from '@noroshi/wire/classify/classify.ts';
import { V4_MAPPED_WORD, type Words } from '@noroshi/wire/net/address.ts';
import type { Packet } from '@noroshi/wire/net/packet.ts';
import { Timeline } from './timeline.ts';

/** Victims kept; when there are more the half with the fewest packets is forgotten. */
const VICTIMS_MAX = 65_536;
/** Addresses of ours remembered over all victims, to count distinct ones. */
const TARGETS_MAX = 1 << 20;
/** Attacked services told apart per victim. */
const SERVICES_MAX = 64;
const BINS = 32;

export class Victim {
  readonly address: Words;
  packets = 0;
  first_s = Number.POSITIVE_INFINITY;
  last_s = Number.NEGATIVE_INFINITY;
  /** Addresses of ours that it answered to. */
  readonly targets = new Set<number>();
  /** Attacked services, packets by protocol × 65,536 + port. */
  readonly services = new Map<number, number>();
  /** Made with the second packet: most victims have only one. */
  timeline: Timeline | undefined;
  /** Least and greatest port of ours that it answered to; an attack with forged sources spreads them. */
  portLeast = 65_536;
  portMost = -1;

  constructor(address: Words) {
    this.address = address;
  }
}

export class Victims {
  /** Some victims were forgotten, or some targets not told apart. */
  isAtLeast = false;
  targetsAtLeast = false;
  private readonly ipv4 = new Map<number, Victim>();
  private readonly ipv6 = new Map<string, Victim>();
  private readonly limit: number;
  private targets = 0;

  constructor(limit = VICTIMS_MAX) {
    this.limit = limit;
  }

  get count(): number {
    return this.ipv4.size + this.ipv6.size;
  }

  /**
   * Counts a packet of class backscatter.
   * @param step_s bin width that fits the capture so far, for a new timeline
   */
  add(packet: Packet, verdict: Verdict, time_s: number, step_s: number): void {
    const isQuoted = packet.quotedNet !== 0;
    const victim = isQuoted
      ? this.quotedVictim(packet)
      : this.victimOf(packet.net, packet.src0, packet.src1, packet.src2, packet.src3);
    victim.packets++;
    addTime(victim, time_s, step_s);
    if (time_s < victim.first_s) victim.first_s = time_s;
    if (time_s > victim.last_s) victim.last_s = time_s;
    this.addTarget(victim, packet);
    const proto = isQuoted ? packet.quotedProto : packet.proto;
    addService(victim, proto, isQuoted ? packet.quotedDport : verdict.servicePort);
    spread(victim, isQuoted ? packet.quotedSport : verdict.clientPort);
  }

  /** All that are kept, most packets first. */
  ranked(): Victim[] {
    return [...this.ipv4.values(), ...this.ipv6.values()].sort(
      (a, b) => b.packets - a.packets || a.first_s - b.first_s,
    );
  }

  private quotedVictim(packet: Packet): Victim {
    return this.victimOf(packet.quotedNet, packet.quotedDst0, packet.quotedDst1, packet.quotedDst2, packet.quotedDst3);
  }

  private victimOf(net: number, w0: number, w1: number, w2: number, w3: number): Victim {
    if (net === 4) return this.ipv4.get(w3) ?? this.enter(this.ipv4, w3, [0, 0, V4_MAPPED_WORD, w3]);
    const key = `${w0},${w1},${w2},${w3}`;
    return this.ipv6.get(key) ?? this.enter(this.ipv6, key, [w0, w1, w2, w3]);
  }

  private enter<K>(victims: Map<K, Victim>, key: K, address: Words): Victim {
    if (this.count >= this.limit) this.forget();
    const victim = new Victim(address);
    victims.set(key, victim);
    return victim;
  }

  /** Forgets the half with the fewest packets. A victim that matters comes back, or was never in that half. */
  private forget(): void {
    this.isAtLeast = true;
    const kept = new Set(this.ranked().slice(0, this.limit >> 1));
    for (const victims of [this.ipv4, this.ipv6] as Map<unknown, Victim>[]) {
      for (const [key, victim] of victims) {
        if (kept.has(victim)) continue;
        this.targets -= victim.targets.size;
        victims.delete(key);
      }
    }
  }

  private addTarget(victim: Victim, packet: Packet): void {
    // IPv6 targets by a mix of their words: distinct ones are only counted, and few enough for 32 bits.
    const target =
      packet.net === 4
        ? packet.dst3
        : Math.imul(packet.dst0 ^ Math.imul(packet.dst1, 31), 0x9e3779b1) ^
          packet.dst2 ^
          Math.imul(packet.dst3, 0x85ebca6b);
    if (victim.targets.has(target)) return;
    if (this.targets >= TARGETS_MAX) {
      this.targetsAtLeast = true;
      return;
    }
    this.targets++;
    victim.targets.add(target);
  }
}

function addTime(victim: Victim, time_s: number, step_s: number): void {
  if (victim.packets === 1) return;
  if (victim.timeline === undefined) {
    victim.timeline = new Timeline(BINS, step_s);
    victim.timeline.add(victim.first_s);
  }
  victim.timeline.add(time_s);
}

function addService({ services }: Victim, proto: number, port: number): void {
  const key = proto * 65_536 + Math.max(0, port);
  const packets = services.get(key);
  if (packets !== undefined || services.size < SERVICES_MAX) services.set(key, (packets ?? 0) + 1);
}

function spread(victim: Victim, port: number): void {
  if (port < 0) return;
  if (port < victim.portLeast) victim.portLeast = port;
  if (port > victim.portMost) victim.portMost = port;
}
