/**
 * The obvious flow aggregation: a Map from the key as text to a row of plain values. It shares the capture reader, the walk and
 * the classifier with the real path (they have their own tests) and nothing else: no packed rows, no batches, no numbers for
 * names, no row groups. For tests only.
 */
import { CLASS_BACKSCATTER, CLASSES } from '@noroshi/wire/classify/class.ts';
import { classify, Verdict } from '@noroshi/wire/classify/classify.ts';
import { markNames } from '@noroshi/wire/classify/marks/index.ts';
import { predicateNames } from '@noroshi/wire/classify/predicates.ts';
import type { CaptureReader } from '@noroshi/wire/capture/reader.ts';
import type { FlowColumnName } from '@noroshi/wire/flow/columns.ts';
import { Packet } from '@noroshi/wire/net/packet.ts';
import { walk } from '@noroshi/wire/net/walk.ts';
import { packetsOf } from './captures.ts';

/** A row as text: numbers in decimal, bytes in hex, times in Unix ms, null as `null`. */
export type PlainRow = Record<FlowColumnName, string>;

export interface OracleOptions {
  /** Which packets with an IP header are kept; default all. */
  readonly keeps?: (packet: Packet) => boolean;
  /** Rows of a minute before it is closed early; default no limit. */
  readonly rowsPerMinuteMax?: number;
}

export interface OracleOutcome {
  readonly rows: PlainRow[];
  readonly received: number;
  readonly kept: number;
  readonly closedEarly: number;
}

/** What a row gathers; the rest of it comes from its key and its first packet. */
interface Sums {
  readonly first: Partial<PlainRow>;
  packets: number;
  bytes: bigint;
  first_us: number;
  last_us: number;
  ttls: number[];
  clients: number[];
  flags: number;
  predicates: number;
  payload: string;
}

/** The rows of a capture, up to its damage. */
export function oracle(capture: Uint8Array, options: OracleOptions = {}): OracleOutcome {
  const { keeps = () => true, rowsPerMinuteMax = Number.POSITIVE_INFINITY } = options;
  const packet = new Packet();
  const verdict = new Verdict();
  const rows: PlainRow[] = [];
  let minute = Number.NaN;
  let open = new Map<string, Sums>();
  let [received, kept, closedEarly] = [0, 0, 0];
  const close = (): void => {
    for (const sums of open.values()) rows.push(rowOf(sums));
    open = new Map();
  };
  for (const reader of packetsOf(capture)) {
    received++;
    const second = Math.min(Math.max(reader.seconds, 0), 0xffff_ffff);
    const own = Math.floor(second / 60);
    // A later minute, or one more than a minute earlier, begins anew; what is at most a minute late stays.
    if (own !== minute && own !== minute - 1) {
      close();
      minute = own;
    }
    walk(packet, reader.data, reader.at, reader.end, reader.link);
    if (packet.net === 0 || !keeps(packet)) continue;
    kept++;
    classify(verdict, packet, reader.data);
    const key = keyOf(packet, verdict, own);
    const text = JSON.stringify(key);
    let sums = open.get(text);
    if (sums === undefined) {
      if (open.size >= rowsPerMinuteMax) {
        closedEarly++;
        close();
      }
      sums = begin({ ...key, ...firstOf(packet, reader.data) });
      open.set(text, sums);
    }
    add(sums, packet, verdict, reader, second - own * 60);
  }
  close();
  return { rows, received, kept, closedEarly };
}

function keyOf(packet: Packet, verdict: Verdict, minute: number): Partial<PlainRow> {
  const isIcmp = packet.proto === 1 || packet.proto === 58;
  const hasQuote = packet.quotedNet !== 0 && verdict.classCode === CLASS_BACKSCATTER;
  return {
    minute: String(minute * 60_000),
    src: address(packet.net, packet.src0, packet.src1, packet.src2, packet.src3),
    dst: address(packet.net, packet.dst0, packet.dst1, packet.dst2, packet.dst3),
    proto: String(packet.proto),
    service_port: isIcmp ? '0' : orZero(verdict.servicePort),
    icmp_type: isIcmp ? orZero(packet.icmpType) : '0',
    icmp_code: isIcmp ? orZero(packet.icmpCode) : '0',
    class: CLASSES[verdict.classCode].name,
    marks: markNames(verdict.marks).join(' '),
    quoted_dst: hasQuote
      ? address(packet.quotedNet, packet.quotedDst0, packet.quotedDst1, packet.quotedDst2, packet.quotedDst3)
      : 'null',
    quoted_proto: hasQuote ? orZero(packet.quotedProto) : '0',
    quoted_port: hasQuote ? orZero(packet.quotedDport) : '0',
  };
}

function firstOf(packet: Packet, data: DataView): Partial<PlainRow> {
  const isTcp = packet.tcpFlags >= 0;
  return {
    ip_bytes_first: String(Math.min(packet.ipBytes, 65_535)),
    ip_id_first: orZero(packet.ipId),
    tcp_window_first: isTcp ? orZero(packet.window) : '0',
    tcp_seq_first: String(packet.seq >>> 0),
    tcp_options_first: isTcp ? optionsText(data, packet.optionsAt, packet.optionBytes) : '',
    payload_bytes_first: String(Math.min(packet.payloadWireBytes, 65_535)),
  };
}

function begin(first: Partial<PlainRow>): Sums {
  const [first_us, last_us] = [Number.POSITIVE_INFINITY, 0];
  return {
    first,
    packets: 0,
    bytes: 0n,
    first_us,
    last_us,
    ttls: [],
    clients: [],
    flags: 0,
    predicates: 0,
    payload: 'null',
  };
}

function add(sums: Sums, packet: Packet, verdict: Verdict, reader: CaptureReader, second: number): void {
  const time_us = second * 1e6 + Math.floor(reader.nanoseconds / 1000);
  sums.packets++;
  sums.bytes += BigInt(packet.ipBytes);
  sums.first_us = Math.min(sums.first_us, time_us);
  sums.last_us = Math.max(sums.last_us, time_us);
  sums.ttls.push(packet.ttl);
  sums.clients.push(Math.max(0, verdict.clientPort));
  if (packet.tcpFlags >= 0) sums.flags |= packet.tcpFlags;
  sums.predicates |= verdict.predicates;
  if (sums.payload !== 'null' || packet.payloadBytes === 0) return;
  const length = Math.min(packet.payloadBytes, 128);
  sums.payload = Buffer.from(reader.bytes.subarray(packet.payloadAt, packet.payloadAt + length)).toString('hex');
}

function rowOf(sums: Sums): PlainRow {
  const least = sums.clients.reduce((a, b) => Math.min(a, b));
  return {
    ...(sums.first as PlainRow),
    predicates: predicateNames(sums.predicates).join(' '),
    packets: String(sums.packets),
    bytes: String(sums.bytes),
    first_us: String(sums.first_us),
    duration_us: String(sums.last_us - sums.first_us),
    ttl_min: String(sums.ttls.reduce((a, b) => Math.min(a, b))),
    ttl_max: String(sums.ttls.reduce((a, b) => Math.max(a, b))),
    client_port_min: String(least),
    client_port_spread: String(sums.clients.reduce((a, b) => Math.max(a, b)) - least),
    tcp_flags: String(sums.flags),
    payload: sums.payload,
  };
}

function address(net: number, ...words: readonly number[]): string {
  const hex = words.map((word) => (word >>> 0).toString(16).padStart(8, '0'));
  return net === 4 ? `00000000000000000000ffff${hex[3]}` : hex.join('');
}

function orZero(value: number): string {
  return String(Math.max(0, value));
}

/** Kinds joined by `-`, MSS, window scale; `!` where a length lies. */
function optionsText(data: DataView, at: number, bytes: number): string {
  const octets = Array.from({ length: Math.max(0, bytes) }, (_, index) => data.getUint8(at + index));
  if (octets.length === 0) return '';
  const kinds: string[] = [];
  const values: Record<number, string> = {};
  while (octets.length > 0) {
    const kind = octets[0];
    kinds.push(String(kind));
    if (kind === 0) break;
    const length = kind === 1 ? 1 : (octets[1] ?? 0);
    const isLie = length > octets.length || (kind !== 1 && length < 2);
    if (isLie) kinds.push('!');
    if (isLie) break;
    const [, , high, low] = octets.splice(0, length);
    if (kind === 2 && length === 4) values[2] = String(high * 256 + low);
    if (kind === 3 && length === 3) values[3] = String(high);
  }
  return `${kinds.join('-')}_${values[2] ?? ''}_${values[3] ?? ''}`;
}
