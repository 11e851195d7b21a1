/** Rows of answers for the tests of the DoS detectors, and telescopes without a database. */
import { CLASS_BACKSCATTER } from '@noroshi/wire/classify/class.ts';
import { parseAddress } from '@noroshi/wire/net/address.ts';
import { PROTO_TCP } from '@noroshi/wire/net/protocol.ts';
import { EMPTY_BATCH, makeColumns } from '../../../batch-columns.ts';
import { MINUTE_MS } from '../../../bins.ts';
import type { Detector } from '../../../detector.ts';
import { BlockRunner } from '../../../engine/blocks.ts';
import type { Bin, FlowBatch } from '../../../flow-batch.ts';
import type { Sighting } from '../../../../ledger/sighting.ts';

/** A multiple of every block's length. */
export const START_MS = Date.UTC(2025, 5, 1);
const SYN_ACK = 0x12;
export const RST_ACK = 0x14;

/** A row; what is left out is a lone SYN-ACK from port 80. Times behind START_MS. */
export interface Answer {
  readonly at_s: number;
  readonly src: string;
  readonly dst: string;
  readonly sport?: number;
  readonly dport?: number;
  readonly spread?: number;
  readonly proto?: number;
  readonly flags?: number;
  readonly class?: number;
  readonly icmp?: readonly [type: number, code: number];
  readonly quoted?: readonly [dst: string, proto: number, port: number];
  readonly packets?: number;
  readonly lasts_s?: number;
  readonly asn?: number;
}

export function batchOf(answers: readonly Answer[]): FlowBatch {
  const columns = makeColumns(answers.length);
  for (const [row, answer] of answers.entries()) {
    const { at_s, src, dst, packets = 1, lasts_s = 0, proto = PROTO_TCP, icmp, quoted } = answer;
    columns.src.set(wordsOf(src), row * 4);
    columns.dst.set(wordsOf(dst), row * 4);
    columns.class[row] = answer.class ?? CLASS_BACKSCATTER;
    columns.proto[row] = proto;
    columns.service_port[row] = icmp === undefined ? (answer.sport ?? 80) : 0;
    columns.icmp_type[row] = icmp?.[0] ?? 0;
    columns.icmp_code[row] = icmp?.[1] ?? 0;
    columns.client_port_min[row] = icmp === undefined ? (answer.dport ?? 1024 + ((row * 7919) % 60_000)) : 0;
    columns.client_port_spread[row] = answer.spread ?? 0;
    columns.tcp_flags[row] = proto === PROTO_TCP ? (answer.flags ?? SYN_ACK) : 0;
    columns.packets[row] = packets;
    columns.bytes[row] = packets * 44;
    columns.first_us[row] = Math.round((at_s % 60) * 1e6);
    columns.duration_us[row] = Math.round(lasts_s * 1e6);
    columns.asn[row] = answer.asn ?? 0;
    columns.victim_asn[row] = answer.asn ?? 0;
    if (quoted === undefined) continue;
    columns.quoted_dst.set(wordsOf(quoted[0]), row * 4);
    columns.quoted_proto[row] = quoted[1];
    columns.quoted_port[row] = quoted[2];
  }
  return { ...EMPTY_BATCH, rows: answers.length, ...columns, payload_ends: new Uint32Array(answers.length) };
}

function wordsOf(address: string): number[] {
  return (parseAddress(address) ?? [0, 0, 0, 0]).map((word) => word >>> 0);
}

/** Bins of every minute from the first to the last answer, quiet ones too. */
export function binsOf(answers: readonly Answer[], addresses = 4096, quietMinutes = 0): Bin[] {
  const minutes = Map.groupBy(answers, ({ at_s }) => Math.floor(at_s / 60));
  const last = Math.max(...minutes.keys()) + quietMinutes;
  return Array.from({ length: last + 1 }, (_, minute) => ({
    minute_ms: START_MS + minute * MINUTE_MS,
    exposure: { addresses, networks64: 1 },
    flows: batchOf(minutes.get(minute) ?? []),
  }));
}

/** What a detector says, by the engine's rules. */
export function sightingsOf(detector: Detector, bins: Iterable<Bin>): Sighting[] {
  const runner = new BlockRunner(detector, { feed: 'observed' });
  for (const bin of bins) runner.step(bin);
  runner.advance(Number.POSITIVE_INFINITY);
  const { sightings, failures } = runner.take();
  if (failures.length > 0) throw new Error(failures[0].message);
  return sightings;
}

/** Numbers in [0, 1) that are the same every time (mulberry32). */
export function dice(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let hash = Math.imul(state ^ (state >>> 15), state | 1);
    hash ^= hash + Math.imul(hash ^ (hash >>> 7), hash | 61);
    return ((hash ^ (hash >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of our 4,096 addresses. */
export function oursAt(share: number, addresses = 4096): string {
  const number = Math.floor(share * addresses);
  return `25.37.${number >>> 8}.${number & 255}`;
}

/** Answers of a victim: Poisson arrivals at uniform addresses and forged ports. */
export function attackOn(
  src: string,
  options: { readonly rate_ps: number; readonly from_s?: number; readonly to_s: number; readonly seed?: number },
  more: Partial<Answer> = {},
  addresses = 4096,
): Answer[] {
  const roll = dice(options.seed ?? 1);
  const answers: Answer[] = [];
  for (let at_s = options.from_s ?? 0; ; ) {
    at_s += -Math.log(1 - roll()) / options.rate_ps;
    if (at_s >= options.to_s) return answers;
    const dport = 1024 + Math.floor(roll() * 64_000);
    answers.push({ at_s: Number(at_s.toFixed(6)), src, dst: oursAt(roll(), addresses), dport, ...more });
  }
}
