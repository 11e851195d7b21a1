/**
 * Packets on their way into the flow table, as rows of one packet each: the sixteen words of a row, then
 *
 *  16 hash of the key without its minute   17 TCP options: offset   18 bytes
 *  19 IP length 16 | payload length 16     20 payload: offset       21 captured bytes
 *  22 is of the minute before (0, 1)       23 has a quote (0, 1)
 *
 * and, beside them, what few packets have:
 *
 *   0 … 7 IPv6 source and destination       8 … 12 quoted victim, its protocol and port
 *
 * IPv6 addresses and quotes get their numbers only when the packet is entered: numbers belong to the row store, and a batch may
 * see it replaced halfway.
 */
import { CLASS_BACKSCATTER } from '@noroshi/wire/classify/class.ts';
import type { Verdict } from '@noroshi/wire/classify/classify.ts';
import type { Interner } from '@noroshi/wire/flow/interner.ts';
import * as row from '@noroshi/wire/flow/row.ts';
import type { RowStore } from '@noroshi/wire/flow/row-store.ts';
import { V4_MAPPED_WORD } from '@noroshi/wire/net/address.ts';
import type { Packet } from '@noroshi/wire/net/packet.ts';
import { PROTO_ICMP, PROTO_ICMP6 } from '@noroshi/wire/net/protocol.ts';
import { addBytes, widenPorts, widenTime, widenTtl } from './row-merge.ts';

/** Packets of one batch: enough that their cache misses overlap, few enough to stay in the cache themselves (64 … 1,024 measured). */
export const BATCH = 256;
export const STAGED_WORDS = 24;
export const HASH = 16;
export const OPTIONS_AT = 17;
export const OPTION_BYTES = 18;
export const LENGTHS = 19;
export const PAYLOAD_AT = 20;
export const PAYLOAD_BYTES = 21;
export const IS_LATE = 22;
const HAS_QUOTE = 23;
const BESIDE_WORDS = 16;
const QUOTED = 8;

const NOTHING = new Uint8Array(0);

export class Staging {
  readonly words = new Int32Array(BATCH * STAGED_WORDS);
  private readonly beside = new Int32Array(BATCH * BESIDE_WORDS);
  count = 0;
  /** The buffer that the staged offsets point into. */
  bytes: Uint8Array = NOTHING;
  data: DataView = new DataView(NOTHING.buffer);

  /**
   * Stages one packet; `time_us` counts from its minute's start. A packet of the same flow as the one before joins it here: floods
   * and retransmissions come in runs, and a run costs one look-up.
   */
  put(packet: Packet, verdict: Verdict, time_us: number, isLate: boolean): void {
    const { words } = this;
    const ports = portsWord(packet, verdict);
    const meta =
      (packet.net === 6 ? row.META_IPV6 : 0) |
      (verdict.classCode << row.META_CLASS_SHIFT) |
      (packet.proto << row.META_PROTO_SHIFT);
    const hasQuote = packet.quotedNet !== 0 && verdict.classCode === CLASS_BACKSCATTER;
    const isPlain = packet.net === 4 && !hasQuote;
    if (isPlain && this.joins(packet, verdict, ports, meta, isLate)) return this.join(packet, verdict, time_us);
    const number = this.count++;
    const at = number * STAGED_WORDS;
    const src = packet.net === 4 ? packet.src3 : this.putIpv6(number, packet);
    const dst = packet.net === 4 ? packet.dst3 : 0;
    const quote = hasQuote ? this.putQuote(number, packet) : 0;
    words[at + row.SRC] = src;
    words[at + row.DST] = dst;
    words[at + row.PORTS] = ports;
    words[at + row.META] = meta;
    words[at + row.MARKS_WORD] = verdict.marks;
    words[at + row.QUOTE] = 0;
    words[at + row.PACKETS] = 1;
    words[at + row.BYTES_LOW] = packet.ipBytes;
    words[at + row.BYTES_HIGH] = 0;
    words[at + row.FIRST_US] = time_us;
    words[at + row.LAST_US] = time_us;
    words[at + HASH] = hashOf(src, dst, ports, meta ^ quote, verdict.marks);
    words[at + HAS_QUOTE] = hasQuote ? 1 : 0;
    words[at + IS_LATE] = isLate ? 1 : 0;
    this.putHeader(at, packet, verdict);
  }

  /** Whether an IPv4 packet without a quote has the key of the one staged last. */
  private joins(packet: Packet, verdict: Verdict, ports: number, meta: number, isLate: boolean): boolean {
    if (this.count === 0) return false;
    const { words } = this;
    const at = (this.count - 1) * STAGED_WORDS;
    return (
      words[at + row.SRC] === packet.src3 &&
      words[at + row.DST] === packet.dst3 &&
      words[at + row.PORTS] === ports &&
      words[at + row.META] === meta &&
      words[at + row.MARKS_WORD] === verdict.marks &&
      words[at + HAS_QUOTE] === 0 &&
      words[at + IS_LATE] === (isLate ? 1 : 0)
    );
  }

  private join(packet: Packet, verdict: Verdict, time_us: number): void {
    const { words } = this;
    const at = (this.count - 1) * STAGED_WORDS;
    const client = verdict.clientPort < 0 ? 0 : verdict.clientPort;
    words[at + row.PACKETS]++;
    addBytes(words, at, packet.ipBytes, 0);
    widenTime(words, at, time_us, time_us);
    words[at + row.PREDICATES_WORD] |= verdict.predicates;
    widenTtl(words, at, ttlWord(packet));
    widenPorts(words, at, client | (client << row.CLIENT_MAX_SHIFT));
    if (words[at + PAYLOAD_BYTES] !== 0 || packet.payloadBytes === 0) return;
    words[at + PAYLOAD_AT] = packet.payloadAt;
    words[at + PAYLOAD_BYTES] = packet.payloadBytes;
  }

  /** Both addresses of an IPv6 packet; returns a mix of them for the hash. */
  private putIpv6(number: number, packet: Packet): number {
    const { beside } = this;
    const at = number * BESIDE_WORDS;
    beside[at] = packet.src0;
    beside[at + 1] = packet.src1;
    beside[at + 2] = packet.src2;
    beside[at + 3] = packet.src3;
    beside[at + 4] = packet.dst0;
    beside[at + 5] = packet.dst1;
    beside[at + 6] = packet.dst2;
    beside[at + 7] = packet.dst3;
    return mix(beside, at, 8);
  }

  private putQuote(number: number, packet: Packet): number {
    const { beside } = this;
    const at = number * BESIDE_WORDS + QUOTED;
    const isIpv4 = packet.quotedNet === 4;
    beside[at] = isIpv4 ? 0 : packet.quotedDst0;
    beside[at + 1] = isIpv4 ? 0 : packet.quotedDst1;
    beside[at + 2] = isIpv4 ? V4_MAPPED_WORD : packet.quotedDst2;
    beside[at + 3] = packet.quotedDst3;
    beside[at + 4] = (packet.quotedProto << 16) | (packet.quotedDport < 0 ? 0 : packet.quotedDport);
    return mix(beside, at, 5);
  }

  /** Puts the store's numbers for IPv6 addresses and quotes into the key of the packet staged as `number`. */
  intern(store: RowStore, number: number): void {
    const { words, beside } = this;
    const at = number * STAGED_WORDS;
    const from = number * BESIDE_WORDS;
    if ((words[at + row.META] & row.META_IPV6) !== 0) {
      words[at + row.SRC] = numberIn(store.addresses, beside, from);
      words[at + row.DST] = numberIn(store.addresses, beside, from + 4);
    }
    if (words[at + HAS_QUOTE] !== 0) words[at + row.QUOTE] = numberIn(store.quotes, beside, from + QUOTED);
  }

  private putHeader(at: number, packet: Packet, verdict: Verdict): void {
    const { words } = this;
    const isTcp = packet.tcpFlags >= 0;
    words[at + row.TTL_FLAGS] = ttlWord(packet);
    const client = verdict.clientPort < 0 ? 0 : verdict.clientPort;
    words[at + row.CLIENT_PORTS] = client | (client << row.CLIENT_MAX_SHIFT);
    words[at + row.PREDICATES_WORD] = verdict.predicates;
    const id = packet.ipId < 0 ? 0 : packet.ipId;
    words[at + row.WINDOW_ID] = id | (isTcp ? packet.window << row.WINDOW_SHIFT : 0);
    words[at + row.SEQ] = packet.seq;
    words[at + OPTIONS_AT] = packet.optionsAt;
    words[at + OPTION_BYTES] = isTcp ? packet.optionBytes : 0;
    words[at + LENGTHS] = saturate16(packet.ipBytes) | (saturate16(packet.payloadWireBytes) << row.PAYLOAD_BYTES_SHIFT);
    words[at + PAYLOAD_AT] = packet.payloadAt;
    words[at + PAYLOAD_BYTES] = packet.payloadBytes;
  }
}

function ttlWord(packet: Packet): number {
  const ttl = packet.ttl & 255;
  return ttl | (ttl << row.TTL_MAX_SHIFT) | (packet.tcpFlags >= 0 ? packet.tcpFlags << row.FLAGS_SHIFT : 0);
}

/** Multiplications of murmur3's finaliser between the words: telescope keys differ in few bits of few words. */
function hashOf(src: number, dst: number, ports: number, meta: number, marks: number): number {
  let hash = Math.imul(src ^ Math.imul(dst, 0x9e3779b1), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15) ^ ports, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 13) ^ meta ^ (marks << 7), 0x9e3779b1);
  return hash ^ (hash >>> 16);
}

function saturate16(value: number): number {
  return value > 0xffff ? 0xffff : value;
}

/** Service port, or ICMP type and code. */
function portsWord(packet: Packet, verdict: Verdict): number {
  if (packet.proto === PROTO_ICMP || packet.proto === PROTO_ICMP6) {
    const type = packet.icmpType < 0 ? 0 : packet.icmpType;
    const code = packet.icmpCode < 0 ? 0 : packet.icmpCode;
    return (type << row.PORTS_ICMP_TYPE_SHIFT) | (code << row.PORTS_ICMP_CODE_SHIFT);
  }
  return verdict.servicePort < 0 ? 0 : verdict.servicePort;
}

function numberIn(interner: Interner, words: Int32Array, at: number): number {
  const { key, width } = interner;
  for (let word = 0; word < width; word++) key[word] = words[at + word];
  return interner.intern();
}

function mix(words: Int32Array, at: number, count: number): number {
  let mixed = count;
  for (let word = 0; word < count; word++) mixed = Math.imul(mixed ^ words[at + word], 0x85ebca6b) ^ (mixed >>> 15);
  return mixed;
}
