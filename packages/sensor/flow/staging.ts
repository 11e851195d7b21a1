/**
 * Packets on their way into the flow table, as rows of one packet each. They are staged where a new row would stand, behind the
 * rows of the store, so that a packet that is a row of its own need not be copied. Beside each are eight words:
 *
 *   0 hash of the key without its minute   1 TCP options: offset   2 bytes   3 IP length 16 | payload length 16
 *   4 payload: offset                      5 captured bytes
 *
 * A packet of the minute before has {@link LATE} for its minute's number until it is entered: a minute gets its number with its
 * first row, and another packet may close the table before.
 */
import { CLASS_BACKSCATTER } from '@noroshi/wire/classify/class.ts';
import type { Verdict } from '@noroshi/wire/classify/classify.ts';
import * as row from '@noroshi/wire/flow/row.ts';
import { RESERVED_ROWS, type RowStore } from '@noroshi/wire/flow/row-store.ts';
import { V4_MAPPED_WORD } from '@noroshi/wire/net/address.ts';
import type { Packet } from '@noroshi/wire/net/packet.ts';
import * as proto from '@noroshi/wire/net/protocol.ts';
import { addBytes, widenPorts, widenTime, widenTtl } from './row-merge.ts';

/** Packets of one batch: enough that their cache misses overlap, few enough to stay in the cache themselves (64 … 1,024 measured). */
export const BATCH = RESERVED_ROWS;
export const BESIDE_WORDS = 8;
export const HASH = 0;
export const OPTIONS_AT = 1;
export const OPTION_BYTES = 2;
export const LENGTHS = 3;
export const PAYLOAD_AT = 4;
export const PAYLOAD_BYTES = 5;
/** No minute has it as its number: a group has at most 32,768 minutes, and as many late ones. */
export const LATE = row.META_MINUTE_MASK;

// A module's own constants are part of its machine code; imported and exported ones are loaded and checked at each use.
const { ROW_WORDS, SRC, DST, PORTS, META, MARKS_WORD, QUOTE, PACKETS, BYTES_LOW, BYTES_HIGH } = row;
const { FIRST_US, LAST_US, TTL_FLAGS, CLIENT_PORTS, PREDICATES_WORD, WINDOW_ID, SEQ } = row;
const { PORTS_ICMP_CODE_SHIFT, PORTS_ICMP_TYPE_SHIFT, META_IPV6, META_CLASS_SHIFT, META_PROTO_SHIFT } = row;
const { META_MINUTE_MASK, TTL_MAX_SHIFT, FLAGS_SHIFT, CLIENT_MAX_SHIFT, WINDOW_SHIFT, PAYLOAD_BYTES_SHIFT } = row;
const { PROTO_ICMP, PROTO_ICMP6 } = proto;
const BACKSCATTER = CLASS_BACKSCATTER;
const V4_MAPPED = V4_MAPPED_WORD;
const BESIDE = BESIDE_WORDS;
const BESIDE_HASH = HASH;
const BESIDE_OPTIONS = OPTIONS_AT;
const BESIDE_OPTION_BYTES = OPTION_BYTES;
const BESIDE_LENGTHS = LENGTHS;
const BESIDE_PAYLOAD = PAYLOAD_AT;
const BESIDE_PAYLOAD_BYTES = PAYLOAD_BYTES;
const LATE_MINUTE = LATE;

const NOTHING = new Uint8Array(0);

export class Staging {
  readonly beside = new Int32Array(BATCH * BESIDE_WORDS);
  count = 0;
  /** Offset of the first staged row in the store's words; good while something is staged. */
  first = 0;
  /** The buffer that the staged offsets point into. */
  bytes: Uint8Array = NOTHING;
  data: DataView = new DataView(NOTHING.buffer);
  private readonly store: RowStore;

  constructor(store: RowStore) {
    this.store = store;
  }

  /**
   * Stages one packet; `time_us` counts from its minute's start. A packet of the same flow as the one before joins it here: floods
   * and retransmissions come in runs, and a run costs one look-up.
   */
  put(packet: Packet, verdict: Verdict, time_us: number, minuteNumber: number): void {
    const { store, count } = this;
    if (count === 0) this.first = store.reserve();
    const { words } = store;
    const at = this.first + count * ROW_WORDS;
    const { classCode, marks } = verdict;
    let src = packet.src3;
    let dst = packet.dst3;
    let meta = minuteNumber | (classCode << META_CLASS_SHIFT) | (packet.proto << META_PROTO_SHIFT);
    if (packet.net !== 4) {
      src = store.address(packet.src0, packet.src1, packet.src2, src) | 0;
      dst = store.address(packet.dst0, packet.dst1, packet.dst2, dst) | 0;
      meta |= META_IPV6;
    }
    const ports = portsWord(packet, verdict);
    const quote = packet.quotedNet !== 0 && classCode === BACKSCATTER ? this.quote(packet) | 0 : 0;
    if (
      count !== 0 &&
      words[at - ROW_WORDS + SRC] === src &&
      words[at - ROW_WORDS + DST] === dst &&
      words[at - ROW_WORDS + PORTS] === ports &&
      words[at - ROW_WORDS + META] === meta &&
      words[at - ROW_WORDS + MARKS_WORD] === marks &&
      words[at - ROW_WORDS + QUOTE] === quote
    ) {
      return this.join(packet, verdict, time_us, at - ROW_WORDS);
    }
    words[at + SRC] = src;
    words[at + DST] = dst;
    words[at + PORTS] = ports;
    words[at + META] = meta;
    words[at + MARKS_WORD] = marks;
    words[at + QUOTE] = quote;
    words[at + PACKETS] = 1;
    words[at + BYTES_LOW] = packet.ipBytes;
    words[at + BYTES_HIGH] = 0;
    words[at + FIRST_US] = time_us | 0;
    words[at + LAST_US] = time_us | 0;
    words[at + TTL_FLAGS] = ttlWord(packet);
    words[at + CLIENT_PORTS] = clientWord(verdict);
    words[at + PREDICATES_WORD] = verdict.predicates;
    words[at + WINDOW_ID] = windowWord(packet);
    words[at + SEQ] = packet.seq;
    this.putBeside(packet, count * BESIDE, hashOf(src, dst, ports, meta, marks, quote));
    this.count = count + 1;
  }

  private putBeside(packet: Packet, at: number, hash: number): void {
    const { beside } = this;
    const { ipBytes, payloadWireBytes, payloadBytes } = packet;
    beside[at + BESIDE_HASH] = hash;
    beside[at + BESIDE_OPTIONS] = packet.optionsAt;
    beside[at + BESIDE_OPTION_BYTES] = packet.tcpFlags >= 0 ? packet.optionBytes : 0;
    beside[at + BESIDE_LENGTHS] = saturate16(ipBytes) | (saturate16(payloadWireBytes) << PAYLOAD_BYTES_SHIFT);
    beside[at + BESIDE_PAYLOAD] = packet.payloadAt;
    beside[at + BESIDE_PAYLOAD_BYTES] = payloadBytes;
  }

  /** Adds a packet to the row staged last, which lies at `at`. */
  private join(packet: Packet, verdict: Verdict, time_us: number, at: number): void {
    const { beside } = this;
    const { words } = this.store;
    words[at + PACKETS]++;
    addBytes(words, at, packet.ipBytes, 0);
    widenTime(words, at, time_us, time_us);
    words[at + PREDICATES_WORD] |= verdict.predicates;
    widenTtl(words, at, ttlWord(packet));
    widenPorts(words, at, clientWord(verdict));
    const from = (this.count - 1) * BESIDE;
    if (beside[from + BESIDE_PAYLOAD_BYTES] !== 0 || packet.payloadBytes === 0) return;
    beside[from + BESIDE_PAYLOAD] = packet.payloadAt;
    beside[from + BESIDE_PAYLOAD_BYTES] = packet.payloadBytes;
  }

  /** Number of the quoted victim. */
  private quote(packet: Packet): number {
    const { quotes } = this.store;
    const { key } = quotes;
    const isIpv4 = packet.quotedNet === 4;
    key[0] = isIpv4 ? 0 : packet.quotedDst0;
    key[1] = isIpv4 ? 0 : packet.quotedDst1;
    key[2] = isIpv4 ? V4_MAPPED : packet.quotedDst2;
    key[3] = packet.quotedDst3;
    const port = packet.quotedDport < 0 ? 0 : packet.quotedDport;
    key[4] = (packet.quotedProto << 16) | port;
    return quotes.intern();
  }

  /**
   * Runs `close`, which empties the store and returns the number that the minute has from then on, and gives the staged packets from
   * number `from` on what they lost: numbers of their minute, IPv6 addresses and quotes.
   */
  keep(from: number, close: () => number): void {
    const { store, first, count, beside } = this;
    const { words } = store;
    const addresses = store.addresses.words.slice();
    const quotes = store.quotes.words.slice();
    const minute = close();
    for (let number = from; number < count; number++) {
      const at = first + number * ROW_WORDS;
      const meta = words[at + META];
      if ((meta & META_MINUTE_MASK) !== LATE_MINUTE) words[at + META] = (meta & ~META_MINUTE_MASK) | minute;
      if ((meta & META_IPV6) !== 0) {
        words[at + SRC] = store.addresses.again(addresses, words[at + SRC]);
        words[at + DST] = store.addresses.again(addresses, words[at + DST]);
      }
      if (words[at + QUOTE] !== 0) words[at + QUOTE] = store.quotes.again(quotes, words[at + QUOTE]);
      beside[number * BESIDE + BESIDE_HASH] = rowHash(words, at);
    }
  }
}

/** Hash of the key of a row in memory. */
export function rowHash(words: Int32Array, at: number): number {
  return hashOf(
    words[at + SRC],
    words[at + DST],
    words[at + PORTS],
    words[at + META],
    words[at + MARKS_WORD],
    words[at + QUOTE],
  );
}

/** Multiplications of murmur3's finaliser between the words: telescope keys differ in few bits of few words. */
function hashOf(src: number, dst: number, ports: number, meta: number, marks: number, quote: number): number {
  let hash = Math.imul(src ^ Math.imul(dst, 0x9e3779b1), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15) ^ ports, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 13) ^ (meta & ~META_MINUTE_MASK) ^ (marks << 7) ^ quote, 0x9e3779b1);
  return hash ^ (hash >>> 16);
}

function ttlWord(packet: Packet): number {
  const ttl = packet.ttl & 255;
  return ttl | (ttl << TTL_MAX_SHIFT) | (packet.tcpFlags >= 0 ? packet.tcpFlags << FLAGS_SHIFT : 0);
}

function windowWord({ ipId, tcpFlags, window }: Packet): number {
  return (ipId < 0 ? 0 : ipId) | (tcpFlags >= 0 ? window << WINDOW_SHIFT : 0);
}

function clientWord(verdict: Verdict): number {
  const client = verdict.clientPort < 0 ? 0 : verdict.clientPort;
  return client | (client << CLIENT_MAX_SHIFT);
}

function saturate16(value: number): number {
  return value > 0xffff ? 0xffff : value;
}

/** Service port, or ICMP type and code. */
function portsWord(packet: Packet, verdict: Verdict): number {
  if (packet.proto === PROTO_ICMP || packet.proto === PROTO_ICMP6) {
    const type = packet.icmpType < 0 ? 0 : packet.icmpType;
    const code = packet.icmpCode < 0 ? 0 : packet.icmpCode;
    return (type << PORTS_ICMP_TYPE_SHIFT) | (code << PORTS_ICMP_CODE_SHIFT);
  }
  return verdict.servicePort < 0 ? 0 : verdict.servicePort;
}
