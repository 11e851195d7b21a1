/** The class of a source from what is known of its hour: the order of SOURCE_CLASSES, the first that holds. Pure. */
import { SOURCE_CLASS, SOURCE_REASON } from './names.ts';

/** Threshold of distinct destinations from which a source scans; how it follows from the telescope's size: {@link manyTargets}. */
const TARGETS_MIN = 5;
/**
 * Distinct ports from which a source goes through ports: one more than a client of mail asks for by itself (25, 110, 143, 465, 587,
 * 993, 995).
 */
export const PORTS_MIN = 8;
/** Up to so many targets many ports are a vertical scan (ncsa/bro-simple-scan: at most 5 victims → port scan). */
export const FEW_TARGETS = 5;
/** Slowest scan of all of IPv4 that is called one, packets a second (Durumeric 2014, Merit). */
const INTERNET_RATE_MIN_PPS = 10;
const HOUR_S = 3600;
const IPV4_ADDRESSES = 2 ** 32;

/** A SYN-ACK scanner sends from at least so many ports; a victim answers from one or few. */
export const SYNACK_SOURCE_PORTS_MIN = 4;
/** Share of the telescope, and least number of addresses, that a sweep asks (aggressive scanners: dispersion ≥ 10 %, arXiv 2305.07193). */
const SWEEP_SHARE = 0.1;
const SWEEP_TARGETS_MIN = 32;
/** A sweep asks each address about once for each service. */
const SWEEP_PACKETS_PER_PROBE_MAX = 1.2;
/** Packets to one service of one address before they are called a wrong setting. */
const ONE_SERVICE_PACKETS_MIN = 10;

/**
 * From how many distinct targets in an hour a source scans, for N addresses. If R packets an hour came from sources drawn at random,
 * some source would meet k of our addresses with a chance of at most Rᵏ ÷ (k! · 2³²⁽ᵏ⁻¹⁾): for k = 5 and R = 10⁸, a hundred times what
 * 65,536 addresses get, 0.25 such sources an hour; for R = 10⁷, 2 · 10⁻⁶. A telescope of less than five addresses must be met whole: at
 * its R ≤ 4,000 that gives 0.002 an hour for two addresses. Where a scan of 10 packets a second over all of IPv4 would meet more than
 * five of ours, slower ones do not count: 10 · 3600 · N ÷ 2³².
 */
export function manyTargets(addresses: number): number {
  const slowest = Math.ceil((INTERNET_RATE_MIN_PPS * HOUR_S * addresses) / IPV4_ADDRESSES);
  if (addresses > 0 && addresses < TARGETS_MIN) return Math.max(2, Math.floor(addresses));
  return Math.max(TARGETS_MIN, slowest);
}

/** A source's hour. */
export interface SourceFacts {
  readonly packets: number;
  /** Packets that answer (classes backscatter and response). */
  readonly answers: number;
  readonly targets: number;
  /** Distinct pairs of protocol and service port. */
  readonly ports: number;
  /** Distinct pairs of source and target, or source and port, at whose first packet the source asked. */
  readonly fresh: number;
  /** SOURCE_REASON bits that single rows gave. */
  readonly reasons: number;
  /** All its answers went to addresses that are reflected at. */
  readonly isReflected: boolean;
  /** Its answers are SYN-ACKs, all to one port of ours. */
  readonly isSynackToOnePort: boolean;
  readonly hasBot: boolean;
  readonly hasScanner: boolean;
}

export interface Decision {
  readonly classCode: number;
  readonly reasons: number;
}

/** Class and reasons of a source, in a telescope of `addresses` IPv4 addresses (0 when it has none). */
export function decide(facts: SourceFacts, addresses: number): Decision {
  const reasons = facts.reasons | reasonsOf(facts, addresses);
  return { classCode: classCodeOf(facts, reasons), reasons };
}

function reasonsOf(facts: SourceFacts, addresses: number): number {
  const { packets, answers, targets, ports, fresh } = facts;
  const asks = packets - answers;
  const many = Math.max(2, manyTargets(addresses));
  let reasons = 0;
  if (answers * 2 >= packets) reasons |= SOURCE_REASON.answers;
  if (facts.isReflected) reasons |= SOURCE_REASON.many_to_few;
  const isSynackScan = facts.isSynackToOnePort && targets >= many && ports >= SYNACK_SOURCE_PORTS_MIN;
  if (isSynackScan) reasons |= SOURCE_REASON.synack_scan;
  if (facts.hasBot) reasons |= SOURCE_REASON.bot_mark;
  if (facts.hasScanner) reasons |= SOURCE_REASON.tool_mark;
  // Tunnels, fragments and routing protocols also meet many addresses; only what asks scans.
  if (Math.min(targets, fresh) >= many) reasons |= SOURCE_REASON.many_targets;
  if (Math.min(ports, fresh) >= PORTS_MIN) reasons |= SOURCE_REASON.many_ports;
  if (facts.hasScanner && isSweep(facts, addresses)) reasons |= SOURCE_REASON.sweep;
  if (targets === 1 && ports === 1 && asks >= ONE_SERVICE_PACKETS_MIN) reasons |= SOURCE_REASON.one_service;
  return reasons;
}

function isSweep({ packets, targets, fresh }: SourceFacts, addresses: number): boolean {
  const isWide = targets >= Math.max(SWEEP_TARGETS_MIN, addresses * SWEEP_SHARE);
  return isWide && packets <= Math.max(fresh, targets) * SWEEP_PACKETS_PER_PROBE_MAX;
}

function classCodeOf(facts: SourceFacts, reasons: number): number {
  const has = (bits: number): boolean => (reasons & bits) !== 0;
  if (has(SOURCE_REASON.bogon_src | SOURCE_REASON.src_is_dst)) return SOURCE_CLASS.bogon;
  if (has(SOURCE_REASON.answers) && !has(SOURCE_REASON.synack_scan)) {
    return has(SOURCE_REASON.many_to_few) ? SOURCE_CLASS.reflection : SOURCE_CLASS.backscatter;
  }
  if (has(SOURCE_REASON.bot_mark)) return SOURCE_CLASS.bot;
  if (has(SOURCE_REASON.scanner_list | SOURCE_REASON.probe_uri | SOURCE_REASON.sweep)) return SOURCE_CLASS.research;
  const scan = scanCodeOf(facts, reasons);
  if (scan !== undefined) return scan;
  if (has(SOURCE_REASON.exploit_payload)) return SOURCE_CLASS.exploit;
  return has(SOURCE_REASON.p2p | SOURCE_REASON.one_service) ? SOURCE_CLASS.misconfiguration : SOURCE_CLASS.unknown;
}

/** Which scan; a proven tool scans however little of it is seen. */
function scanCodeOf({ targets, ports }: SourceFacts, reasons: number): number | undefined {
  if ((reasons & SOURCE_REASON.synack_scan) !== 0) return SOURCE_CLASS.horizontal;
  const isMany = (reasons & SOURCE_REASON.many_targets) !== 0;
  if ((reasons & SOURCE_REASON.many_ports) !== 0) {
    return isMany && targets > FEW_TARGETS ? SOURCE_CLASS.mixed : SOURCE_CLASS.vertical;
  }
  if (isMany) return SOURCE_CLASS.horizontal;
  if ((reasons & SOURCE_REASON.tool_mark) === 0) return undefined;
  return ports > targets ? SOURCE_CLASS.vertical : SOURCE_CLASS.horizontal;
}
