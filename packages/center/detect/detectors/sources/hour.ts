/**
 * What is known of every source of an hour, in columns: exact counts as long as the named limits have room. Memory: about 120 bytes a
 * source; beyond eight targets or ports of a source 12 to 24 for each.
 */
import { CLASS_BACKSCATTER, CLASS_PROBE, CLASS_RESPONSE } from '@noroshi/wire/classify/class.ts';
import { PREDICATE } from '@noroshi/wire/classify/predicates.ts';
import { PROTO_ICMP, PROTO_ICMP6, PROTO_TCP } from '@noroshi/wire/net/protocol.ts';
import { TCP_ACK, TCP_RST, TCP_SYN } from '@noroshi/wire/net/tcp.ts';
import type { SourceHour } from '../../detector.ts';
import type { Bin, FlowBatch } from '../../flow-batch.ts';
import { decide } from './decide.ts';
import { ToolEvidence } from './evidence.ts';
import { minuteIndexOf, renumbered } from './minute.ts';
import { SOURCE_REASON } from './names.ts';
import { PAYLOAD_EXPLOIT, PAYLOAD_NOTHING, payloadKind } from './payloads.ts';
import { reflectedTargets } from './reflected.ts';
import { DistinctThings } from './few.ts';
import { AddressTable, grown, NONE } from './tables.ts';
import { BOT_TOOLS } from './tools.ts';

export interface HourLimits {
  /** Sources of an hour; packets of those beyond are counted as left out. All of them take about 300 MB. */
  readonly sources: number;
  /** Our addresses: a telescope of 65,536, four times over for IPv6. */
  readonly targets: number;
  /** Pairs of a source and a target, and as many of a source and a port, beyond eight of each source. */
  readonly pairs: number;
  /** Of one source, targets and ports each: more than anything that is decided by them, and a /18 swept whole. */
  readonly pairs_a_source: number;
}

export const HOUR_LIMITS: HourLimits = {
  sources: 2_000_000,
  targets: 262_144,
  pairs: 3_000_000,
  pairs_a_source: 16_384,
};

const BOGON = PREDICATE.bogon_src;
const SRC_IS_DST = PREDICATE.src_is_dst;
const P2P = PREDICATE.bittorrent;
const SYN_ACK_RST = TCP_SYN | TCP_ACK | TCP_RST;
/** Answers of a source: none, SYN-ACKs to one port of ours, others. */
const SYNACK_ONE = 1;
const SYNACK_OTHER = 2;

/** 24 bits that name the service of a row: protocol, and service port or ICMP type and code. */
export function serviceOf(flows: FlowBatch, row: number): number {
  const proto = flows.proto[row];
  if (proto !== PROTO_ICMP && proto !== PROTO_ICMP6) return (proto << 16) | flows.service_port[row];
  return (proto << 16) | (flows.icmp_type[row] << 8) | flows.icmp_code[row];
}

export class HourState {
  readonly hour_ms: number;
  private readonly limits: HourLimits;
  private readonly sources: AddressTable;
  private readonly targets: AddressTable;
  private readonly targetPairs: DistinctThings;
  private readonly portPairs: DistinctThings;
  private readonly tools = new ToolEvidence();
  private packets = new Float64Array(1024);
  private answers = new Float64Array(1024);
  private fresh = new Uint32Array(1024);
  private reasons = new Uint32Array(1024);
  private asns = new Uint32Array(1024);
  private countries = new Uint16Array(1024);
  private synackKinds = new Uint8Array(1024);
  private synackPorts = new Uint16Array(1024);
  /** By target: distinct sources that answered to it. */
  private answerers = new Uint32Array(1024);
  private readonly countryNames: string[] = [];
  private readonly countryPlaces = new Map<string, number>();
  private packetsLeftOut = 0;
  private addressSum = 0;
  private minutes = 0;

  /** `rows`: of its first minute, so that tables need not grow step by step. */
  constructor(hour_ms: number, limits: HourLimits, rows = 0) {
    this.hour_ms = hour_ms;
    this.limits = limits;
    this.sources = new AddressTable(limits.sources, rows / 4);
    this.targets = new AddressTable(limits.targets);
    this.targetPairs = new DistinctThings(limits.pairs, rows / 4);
    this.portPairs = new DistinctThings(limits.pairs, rows / 4);
  }

  get isEmpty(): boolean {
    return this.sources.count === 0 && this.packetsLeftOut === 0;
  }

  add(bin: Bin): void {
    const { flows } = bin;
    if (bin.exposure.addresses > 0) {
      this.addressSum += bin.exposure.addresses;
      this.minutes++;
    }
    const index = minuteIndexOf(bin);
    const before = this.sources.count;
    const sourceOf = renumbered(this.sources, flows.src, index.sourceRow);
    const targetOf = renumbered(this.targets, flows.dst, index.targetRow);
    if (this.sources.count > this.packets.length) this.growSources();
    if (this.targets.count > this.answerers.length) this.answerers = grown(this.answerers, this.targets.count * 2);
    this.addOrigins(flows, index.sourceRow, sourceOf, before);
    for (let row = 0; row < flows.rows; row++) {
      const source = sourceOf[index.source[row]];
      if (source === NONE) this.packetsLeftOut += flows.packets[row];
      else this.addRow(flows, row, source, targetOf[index.target[row]]);
    }
  }

  /** Where new sources come from. */
  private addOrigins(flows: FlowBatch, firstRows: Uint32Array, sourceOf: Int32Array, before: number): void {
    const places = flows.countryNames.map((name) => this.countryPlace(name));
    for (let number = 0; number < firstRows.length; number++) {
      const source = sourceOf[number];
      if (source < before) continue;
      this.asns[source] = flows.asn[firstRows[number]];
      this.countries[source] = places[flows.country[firstRows[number]]] ?? 0;
    }
  }

  private countryPlace(name: string): number {
    let place = this.countryPlaces.get(name);
    if (place === undefined) {
      place = this.countryNames.push(name) - 1;
      this.countryPlaces.set(name, place);
    }
    return place;
  }

  private addRow(flows: FlowBatch, row: number, source: number, target: number): void {
    const { predicates, packets } = flows;
    const classCode = flows.class[row];
    const isAnswer = classCode === CLASS_BACKSCATTER || classCode === CLASS_RESPONSE;
    let reasons = this.reasons[source];
    this.packets[source] += packets[row];
    if ((predicates[row] & (BOGON | SRC_IS_DST | P2P)) !== 0) reasons |= reasonsOfPredicates(predicates[row]);
    if (flows.scanner[row] !== 0) reasons |= SOURCE_REASON.scanner_list;
    const isNewTarget = this.addPair(this.targetPairs, source, target);
    const isNewPort = this.addPair(this.portPairs, source, serviceOf(flows, row));
    if (isNewTarget < 0 || isNewPort < 0) reasons |= SOURCE_REASON.counted_in_part;
    if (isAnswer) {
      this.answers[source] += packets[row];
      if (isNewTarget > 0) this.answerers[target]++;
      this.addAnswer(flows, row, source);
    } else {
      const kind = payloadKind(flows, row);
      if (kind !== PAYLOAD_NOTHING) {
        reasons |= kind === PAYLOAD_EXPLOIT ? SOURCE_REASON.exploit_payload : SOURCE_REASON.probe_uri;
      }
      if (classCode === CLASS_PROBE && (isNewTarget > 0 || isNewPort > 0)) {
        this.fresh[source]++;
        if (flows.marks[row] !== 0) this.tools.add(source, flows, row);
      }
    }
    this.reasons[source] = reasons;
  }

  /** 1 when the pair is new, 0 when it is known, -1 when it could not be told. */
  private addPair(pairs: DistinctThings, source: number, thing: number): number {
    if (thing === NONE || pairs.counts[source] >= this.limits.pairs_a_source) return NONE;
    return pairs.add(source, thing);
  }

  private addAnswer(flows: FlowBatch, row: number, source: number): void {
    const isSynack = flows.proto[row] === PROTO_TCP && (flows.tcp_flags[row] & SYN_ACK_RST) === (TCP_SYN | TCP_ACK);
    const port = flows.client_port_min[row];
    if (!isSynack || flows.client_port_spread[row] !== 0) this.synackKinds[source] = SYNACK_OTHER;
    else if (this.synackKinds[source] === 0) {
      this.synackKinds[source] = SYNACK_ONE;
      this.synackPorts[source] = port;
    } else if (this.synackPorts[source] !== port) this.synackKinds[source] = SYNACK_OTHER;
  }

  private growSources(): void {
    const length = Math.min(this.limits.sources, Math.max(this.sources.count, this.packets.length * 2));
    this.packets = grown(this.packets, length);
    this.answers = grown(this.answers, length);
    this.fresh = grown(this.fresh, length);
    this.reasons = grown(this.reasons, length);
    this.asns = grown(this.asns, length);
    this.countries = grown(this.countries, length);
    this.synackKinds = grown(this.synackKinds, length);
    this.synackPorts = grown(this.synackPorts, length);
  }

  /** The hour's sources with their classes; memory of its own but for `src`. */
  result(): SourceHour {
    const rows = this.sources.count;
    const addresses = this.minutes === 0 ? 0 : this.addressSum / this.minutes;
    const reflected = reflectedTargets(this.answerers.subarray(0, this.targets.count), addresses);
    const toReflected = reflected === undefined ? undefined : this.countReflected(reflected);
    const classes = new Uint8Array(rows);
    const reasons = new Uint32Array(rows);
    const tools = new Uint32Array(rows);
    for (let source = 0; source < rows; source++) {
      tools[source] = this.tools.toolsOf(source, this.fresh[source]);
      const targets = this.targetPairs.counts[source] ?? 0;
      const decision = decide(
        {
          packets: this.packets[source],
          answers: this.answers[source],
          targets,
          ports: this.portPairs.counts[source] ?? 0,
          fresh: this.fresh[source],
          reasons: this.reasons[source],
          isReflected: toReflected !== undefined && targets > 0 && toReflected[source] === targets,
          isSynackToOnePort: this.synackKinds[source] === SYNACK_ONE,
          hasBot: (tools[source] & BOT_TOOLS) !== 0,
          hasScanner: (tools[source] & ~BOT_TOOLS) !== 0,
        },
        addresses,
      );
      classes[source] = decision.classCode;
      reasons[source] = decision.reasons;
    }
    return {
      hour_ms: this.hour_ms,
      rows,
      src: this.sources.words.subarray(0, rows * 4),
      class: classes,
      reasons,
      tools,
      packets: this.packets.slice(0, rows),
      targets: countsOf(this.targetPairs, rows),
      ports: countsOf(this.portPairs, rows),
      asn: this.asns.slice(0, rows),
      country: this.countries.slice(0, rows),
      countryNames: this.countryNames.length === 0 ? ['unknown'] : this.countryNames,
      packets_left_out: this.packetsLeftOut,
    };
  }

  /** By source: how many of its targets are reflected at. */
  private countReflected(reflected: Uint8Array): Uint32Array {
    const counts = new Uint32Array(this.sources.count);
    this.targetPairs.forEach((source, target) => {
      if (reflected[target] !== 0) counts[source]++;
    });
    return counts;
  }
}

/** One for each source, also for those that came when there was no room for pairs. */
function countsOf({ counts }: DistinctThings, rows: number): Uint32Array {
  const all = new Uint32Array(rows);
  all.set(counts.subarray(0, rows));
  return all;
}

function reasonsOfPredicates(predicates: number): number {
  let reasons = 0;
  if ((predicates & BOGON) !== 0) reasons |= SOURCE_REASON.bogon_src;
  if ((predicates & SRC_IS_DST) !== 0) reasons |= SOURCE_REASON.src_is_dst;
  if ((predicates & P2P) !== 0) reasons |= SOURCE_REASON.p2p;
  return reasons;
}
