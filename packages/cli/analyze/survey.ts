/**
 * One look at every packet: walk, classify, count. Nothing is allocated per packet, and every table has a limit with a name, so
 * that memory stays bounded whatever the capture. received = kept + filtered at every moment, as in the sensor's flow stage.
 */
import type { Telescope } from '@noroshi/sensor/flow/telescope.ts';
import type { CaptureReader } from '@noroshi/wire/capture/reader.ts';
import { CLASS_BACKSCATTER, CLASS_NOT_IP, CLASSES } from '@noroshi/wire/classify/class.ts';
import { classify, Verdict } from '@noroshi/wire/classify/classify.ts';
import { MARKS } from '@noroshi/wire/classify/marks/index.ts';
import { Packet } from '@noroshi/wire/net/packet.ts';
import { isDamage, LAYERS, STOP_KINDS, STOP_UNWALKED } from '@noroshi/wire/net/stop.ts';
import { TUNNELS } from '@noroshi/wire/net/tunnel.ts';
import { walk } from '@noroshi/wire/net/walk.ts';
import { KeyTable } from './key-table.ts';
import { Services } from './services.ts';
import { Sources, SOURCES6_MAX, SOURCES_MAX } from './sources.ts';
import { Timeline } from './timeline.ts';
import { Victims } from './victims.ts';

/** Destinations that are told apart. */
const TARGETS_MAX = 1 << 20;
/** Different numbers (EtherTypes, protocols …) behind which nothing was walked. */
const UNWALKED_MAX = 256;
const TIMELINE_BINS = 512;

export class Survey {
  readonly packet = new Packet();
  readonly verdict = new Verdict();
  received = 0;
  kept = 0;
  readonly filtered = { not_ip: 0, malformed: 0, elsewhere: 0 };
  wireBytes = 0;
  ipBytes = 0;
  /** Earliest and latest packet: seconds since 1970, and nanoseconds in the second. */
  first_s = Number.POSITIVE_INFINITY;
  first_ns = 0;
  last_s = Number.NEGATIVE_INFINITY;
  last_ns = 0;
  /** Packets by class. With the ones below: of all packets but those that went elsewhere. */
  readonly classes = new Float64Array(CLASSES.length);
  readonly marks = new Float64Array(MARKS.length);
  /** By bit. */
  readonly predicates = new Float64Array(32);
  readonly protocols = new Float64Array(256);
  readonly tunnels = new Float64Array(TUNNELS.length);
  /** Packets by link type. */
  readonly links = new Map<number, number>();
  /** Damaged packets by kind × layers + layer. */
  readonly stops = new Float64Array(STOP_KINDS.length * LAYERS.length);
  /** Packets behind whose last header nothing is walked, by layer × 2³² + number. */
  readonly unwalked = new Map<number, number>();
  readonly sources4: Sources;
  readonly sources6: Sources;
  readonly targets4 = new KeyTable(1, 0, TARGETS_MAX);
  readonly targets6 = new KeyTable(4, 0, TARGETS_MAX);
  readonly services: Services;
  readonly victims = new Victims();
  readonly timeline = new Timeline(TIMELINE_BINS);
  /** Called for packets of sources that are not told apart any more. */
  onStranger: (packet: Packet) => void = () => {};
  private readonly telescope: Telescope | undefined;
  private link = -1;
  private linkPackets = 0;

  constructor(telescope?: Telescope, limits: { sources?: number; pairs?: number } = {}) {
    this.telescope = telescope;
    this.sources4 = new Sources(1, limits.sources ?? SOURCES_MAX);
    this.sources6 = new Sources(4, limits.sources ?? SOURCES6_MAX);
    this.services = new Services(limits.pairs);
  }

  /** Counts the reader's current packet. */
  take(reader: CaptureReader): void {
    const { packet, verdict } = this;
    walk(packet, reader.data, reader.at, reader.end, reader.link);
    classify(verdict, packet, reader.data);
    this.received++;
    this.wireBytes += reader.wireBytes;
    if (reader.link === this.link) this.linkPackets++;
    else this.turnLink(reader.link);
    if (packet.net !== 0 && this.telescope !== undefined && !this.telescope.has(packet)) {
      this.filtered.elsewhere++;
      return;
    }
    this.classes[verdict.classCode]++;
    const time_s = this.clock(reader.seconds, reader.nanoseconds);
    this.timeline.add(time_s);
    if (packet.stopKind !== 0) this.countStop();
    if (packet.net === 0) this.filter();
    else this.keep(time_s);
  }

  /** Brings the sums up to date that are kept aside while packets come. */
  close(): void {
    this.turnLink(-1);
  }

  private filter(): void {
    const { classCode } = this.verdict;
    if (classCode === CLASS_NOT_IP) this.filtered.not_ip++;
    else this.filtered.malformed++;
  }

  private keep(time_s: number): void {
    const { packet, verdict } = this;
    this.kept++;
    this.ipBytes += packet.ipBytes;
    if (packet.proto >= 0) this.protocols[packet.proto]++;
    if (packet.tunnel !== 0) this.tunnels[packet.tunnel]++;
    if (verdict.marks !== 0) addBits(this.marks, verdict.marks);
    if (verdict.predicates !== 0) addBits(this.predicates, verdict.predicates);
    const sources = packet.net === 4 ? this.sources4 : this.sources6;
    const source = sources.add(packet, verdict.classCode, verdict.marks);
    if (source === 0) this.onStranger(packet);
    this.services.add(packet, verdict, source);
    if (packet.net === 4) this.targets4.number1(packet.dst3);
    else this.targets6.number4(packet.dst0, packet.dst1, packet.dst2, packet.dst3);
    if (verdict.classCode === CLASS_BACKSCATTER) this.victims.add(packet, verdict, time_s, this.timeline.step_s);
  }

  /** Keeps the earliest and the latest time, to the nanosecond. */
  private clock(seconds: number, nanoseconds: number): number {
    if (seconds > this.last_s || (seconds === this.last_s && nanoseconds > this.last_ns)) {
      this.last_s = seconds;
      this.last_ns = nanoseconds;
    }
    if (seconds < this.first_s || (seconds === this.first_s && nanoseconds < this.first_ns)) {
      this.first_s = seconds;
      this.first_ns = nanoseconds;
    }
    return seconds + nanoseconds / 1e9;
  }

  private turnLink(link: number): void {
    if (this.linkPackets > 0) this.links.set(this.link, (this.links.get(this.link) ?? 0) + this.linkPackets);
    this.link = link;
    this.linkPackets = link < 0 ? 0 : 1;
  }

  private countStop(): void {
    const { stopKind, stopLayer, stopNeeded } = this.packet;
    if (isDamage(stopKind)) this.stops[stopKind * LAYERS.length + stopLayer]++;
    else if (stopKind === STOP_UNWALKED) {
      const key = stopLayer * 2 ** 32 + (stopNeeded >>> 0);
      const packets = this.unwalked.get(key);
      if (packets !== undefined || this.unwalked.size < UNWALKED_MAX) this.unwalked.set(key, (packets ?? 0) + 1);
    }
  }
}

function addBits(counts: Float64Array, bits: number): void {
  for (let rest = bits; rest !== 0; rest &= rest - 1) counts[31 - Math.clz32(rest & -rest)]++;
}
