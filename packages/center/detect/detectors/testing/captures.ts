/**
 * What the tests of detectors share: rows given by hand, and captures as the sensor would cut them into rows (the obvious way: a Map
 * and an object per row; the real table is sensor/flow).
 */
import { readFileSync } from 'node:fs';
import { CaptureReader } from '@noroshi/wire/capture/reader.ts';
import { CLASS_NOT_IP, CLASS_PROBE } from '@noroshi/wire/classify/class.ts';
import { classify, Verdict } from '@noroshi/wire/classify/classify.ts';
import { parseAddress } from '@noroshi/wire/net/address.ts';
import { Packet } from '@noroshi/wire/net/packet.ts';
import { PROTO_TCP } from '@noroshi/wire/net/protocol.ts';
import { TCP_SYN } from '@noroshi/wire/net/tcp.ts';
import { walk } from '@noroshi/wire/net/walk.ts';
import { EMPTY_BATCH, makeColumns } from '../../batch-columns.ts';
import { MINUTE_MS } from '../../bins.ts';
import type { Detector, SourceHour } from '../../detector.ts';
import { BlockRunner } from '../../engine/blocks.ts';
import type { Sighting } from '../../../ledger/sighting.ts';
import type { Bin, FlowBatch } from '../../flow-batch.ts';

/** A row; what is left out is a lone SYN to 23/tcp. */
export interface Row {
  readonly src?: string;
  readonly dst?: string;
  readonly proto?: number;
  readonly port?: number;
  readonly sport?: number;
  readonly spread?: number;
  readonly class?: number;
  readonly marks?: number;
  readonly predicates?: number;
  readonly packets?: number;
  readonly first_us?: number;
  readonly duration_us?: number;
  readonly flags?: number;
  readonly seq?: number;
  readonly payload?: string;
  readonly scanner?: string;
  readonly icmp_type?: number;
  readonly icmp_code?: number;
  readonly country?: string;
  readonly asn?: number;
}

export function batchOf(rows: readonly Row[]): FlowBatch {
  const columns = makeColumns(rows.length);
  const payload_ends = new Uint32Array(rows.length);
  const payloads: number[] = [];
  const scannerNames = [''];
  const countryNames = ['unknown'];
  for (const [row, given] of rows.entries()) {
    columns.src.set(parseAddress(given.src ?? '1.2.3.4') ?? [], row * 4);
    columns.dst.set(parseAddress(given.dst ?? '25.37.0.1') ?? [], row * 4);
    columns.proto[row] = given.proto ?? PROTO_TCP;
    columns.service_port[row] = given.port ?? (given.icmp_type === undefined ? 23 : 0);
    columns.icmp_type[row] = given.icmp_type ?? 0;
    columns.icmp_code[row] = given.icmp_code ?? 0;
    columns.class[row] = given.class ?? CLASS_PROBE;
    columns.marks[row] = given.marks ?? 0;
    columns.predicates[row] = given.predicates ?? 0;
    columns.packets[row] = given.packets ?? 1;
    columns.first_us[row] = given.first_us ?? 0;
    columns.duration_us[row] = given.duration_us ?? 0;
    columns.client_port_min[row] = given.sport ?? 40_000;
    columns.client_port_spread[row] = given.spread ?? 0;
    columns.tcp_flags[row] = given.flags ?? TCP_SYN;
    columns.tcp_seq_first[row] = given.seq ?? 0;
    columns.scanner[row] = placeIn(scannerNames, given.scanner ?? '');
    columns.country[row] = placeIn(countryNames, given.country ?? 'unknown');
    columns.asn[row] = given.asn ?? 0;
    for (const letter of given.payload ?? '') payloads.push(letter.charCodeAt(0));
    payload_ends[row] = payloads.length;
  }
  const texts = { scannerNames, countryNames, payloads: Uint8Array.from(payloads), payload_ends };
  return { ...EMPTY_BATCH, rows: rows.length, ...columns, ...texts };
}

function placeIn(names: string[], name: string): number {
  const place = names.indexOf(name);
  return place >= 0 ? place : names.push(name) - 1;
}

export function binOf(minute: number, rows: readonly Row[], addresses = 4096): Bin {
  return { minute_ms: minute * MINUTE_MS, exposure: { addresses, networks64: 0 }, flows: batchOf(rows) };
}

export interface Outcome {
  readonly sightings: Sighting[];
  readonly hours: SourceHour[];
}

/** A detector over bins, by the engine's rules; of sightings of one bin the last counts. */
export function run(detector: Detector, bins: readonly Bin[]): Outcome {
  const runner = new BlockRunner(detector, { feed: 'observed' });
  for (const bin of bins) runner.step(bin);
  runner.advance(Number.POSITIVE_INFINITY);
  const { sightings, sources, failures } = runner.take();
  if (failures.length > 0) throw new Error(failures[0].message);
  const last = new Map(sightings.map((seen) => [`${seen.bin_ms} ${seen.subject.value} ${seen.aspect}`, seen]));
  return { sightings: [...last.values()], hours: sources };
}

interface OpenRow {
  readonly minute: number;
  readonly row: Row & {
    first_us: number;
    last_us: number;
    packets: number;
    sportMax: number;
    sport: number;
    flags: number;
  };
  payload: Uint8Array;
}

const PAYLOAD_BYTES_MAX = 128;

/** The bins of a capture, ascending; the telescope's size is the number of its destinations unless it is given. */
export function binsOfCapture(bytes: Uint8Array, addresses?: number): Bin[] {
  const reader = new CaptureReader(Math.max(1024, bytes.length));
  reader.push(bytes);
  reader.finish();
  const packet = new Packet();
  const verdict = new Verdict();
  const rows = new Map<string, OpenRow>();
  const targets = new Set<string>();
  while (reader.next()) {
    walk(packet, reader.data, reader.at, reader.end, reader.link);
    classify(verdict, packet, reader.data);
    if (packet.net === 0 || verdict.classCode === CLASS_NOT_IP) continue;
    const time_us = reader.seconds * 1e6 + Math.floor(reader.nanoseconds / 1000);
    addPacket(rows, packet, verdict, reader, time_us);
    targets.add(packet.destination);
  }
  return binsOfRows([...rows.values()], addresses ?? targets.size);
}

function addPacket(
  rows: Map<string, OpenRow>,
  packet: Packet,
  verdict: Verdict,
  reader: CaptureReader,
  time_us: number,
): void {
  const minute = Math.floor(time_us / 60e6);
  const port = Math.max(0, verdict.servicePort);
  const sport = Math.max(0, verdict.clientPort);
  const type = Math.max(0, packet.icmpType);
  const code = Math.max(0, packet.icmpCode);
  const src = packet.source;
  const dst = packet.destination;
  const key = [minute, src, dst, packet.proto, port, type, code, verdict.classCode, verdict.marks].join(' ');
  const us = time_us - minute * 60e6;
  const flags = Math.max(0, packet.tcpFlags);
  const payload = reader.bytes.slice(
    packet.payloadAt,
    packet.payloadAt + Math.min(PAYLOAD_BYTES_MAX, packet.payloadBytes),
  );
  const known = rows.get(key);
  if (known !== undefined) {
    const { row } = known;
    Object.assign(row, {
      packets: row.packets + 1,
      first_us: Math.min(row.first_us, us),
      last_us: Math.max(row.last_us, us),
      sport: Math.min(row.sport, sport),
      sportMax: Math.max(row.sportMax, sport),
      flags: row.flags | flags,
      predicates: (row.predicates ?? 0) | verdict.predicates,
    });
    if (known.payload.length === 0) known.payload = payload;
    return;
  }
  rows.set(key, {
    minute,
    payload,
    row: {
      src,
      dst,
      proto: Math.max(0, packet.proto),
      port,
      class: verdict.classCode,
      marks: verdict.marks,
      predicates: verdict.predicates,
      packets: 1,
      first_us: us,
      last_us: us,
      sport,
      sportMax: sport,
      flags,
      seq: packet.tcpFlags >= 0 ? packet.seq >>> 0 : 0,
      icmp_type: type,
      icmp_code: code,
    },
  });
}

function binsOfRows(open: readonly OpenRow[], addresses: number): Bin[] {
  const minutes = Map.groupBy(open, ({ minute }) => minute);
  return [...minutes.keys()]
    .sort((a, b) => a - b)
    .map((minute) => {
      const rows = (minutes.get(minute) ?? []).map(({ row, payload }) => ({
        ...row,
        duration_us: row.last_us - row.first_us,
        spread: row.sportMax - row.sport,
        payload: String.fromCharCode(...payload),
      }));
      return binOf(minute, rows, addresses);
    });
}

/** The bins of a capture file. */
export function binsOfFile(path: string, addresses?: number): Bin[] {
  return binsOfCapture(readFileSync(path), addresses);
}
