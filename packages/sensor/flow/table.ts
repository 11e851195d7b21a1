/**
 * The flow table: packets of one minute of event time gather into rows. An open-addressing index finds a row by its key; the
 * rows themselves lie in a RowStore that outlives the minute, until it is handed on as one row group.
 *
 * What ends a row depends on the packets alone, never on buffers, workers or the clock, so that any chunking and any number of
 * workers give the same rows:
 * - A packet of a later minute, or of one more than a minute earlier, begins a new minute. Packets up to a minute late stay with
 *   the current one, in rows of their own minute: captures of several queues jitter at the boundary.
 * - A minute that reaches {@link ROWS_PER_MINUTE_MAX} rows is closed early: its rows are handed on, later packets open new ones.
 * - A row group ends at the first new minute after {@link GROUP_PACKETS} packets ({@link MinuteCut}).
 */
import { CLASS_BACKSCATTER } from '@noroshi/wire/classify/class.ts';
import type { Verdict } from '@noroshi/wire/classify/classify.ts';
import * as row from '@noroshi/wire/flow/row.ts';
import { RowStore } from '@noroshi/wire/flow/row-store.ts';
import { V4_MAPPED_WORD } from '@noroshi/wire/net/address.ts';
import type { Packet } from '@noroshi/wire/net/packet.ts';
import { PROTO_ICMP, PROTO_ICMP6 } from '@noroshi/wire/net/protocol.ts';
import { MinuteCut } from './minute-cut.ts';

/** Rows of one minute before it is closed early; with 64 bytes a row and its index this bounds the table at about 40 MiB. */
export const ROWS_PER_MINUTE_MAX = 262_144;
const INDEX_FIRST = 1024;
/**
 * One index entry is 32 bits: 4 bytes a slot instead of 8 keep the index of a full minute (2 MiB) twice as long in the cache,
 * which is where the time of a telescope's worst case goes.
 */
const NUMBER_BITS = 20;
const NUMBER_MASK = (1 << NUMBER_BITS) - 1;
const TAG_MASK = ~NUMBER_MASK;
/** The store must hold a group's earlier minutes (at most one row a packet) and one full minute. */
const STORE_MINUTES = 2;

export class FlowTable {
  /** Rows handed on so far, and how often a full table closed a minute early. */
  rows = 0;
  closedEarly = 0;

  private readonly store: RowStore;
  private readonly rowsPerMinuteMax: number;
  private readonly emit: (store: RowStore) => void;
  private readonly cut = new MinuteCut();
  private readonly minuteNumbers = new Map<number, number>();

  /** Row number + 1 in the low {@link NUMBER_BITS}, hash bits above; 0 = free. Only the first mask + 1 entries are in use. */
  private index = new Int32Array(INDEX_FIRST);
  private mask = INDEX_FIRST - 1;
  private indexed = 0;

  private minuteNumber = 0;
  /** The minute has as many rows as it may, or the store has no room: the next row has to wait until it is closed. */
  private isFull = false;
  /** Time of the packet ticked last. */
  private second = 0;
  /** Seconds since 1970 of the current minute, and of the one behind it. */
  private from_s = 0;
  private to_s = 0;

  /**
   * @param emit takes the rows of one group; they are gone when it returns
   * @param rowsPerMinuteMax at least 1
   */
  constructor(emit: (store: RowStore) => void, rowsPerMinuteMax = ROWS_PER_MINUTE_MAX) {
    if (!(rowsPerMinuteMax >= 1 && rowsPerMinuteMax * STORE_MINUTES <= NUMBER_MASK)) {
      throw new RangeError(`Cannot make a flow table: ${rowsPerMinuteMax} rows a minute, limits 1 and ${NUMBER_MASK >> 1}`);
    }
    this.emit = emit;
    this.rowsPerMinuteMax = rowsPerMinuteMax;
    this.store = new RowStore(Math.max(rowsPerMinuteMax, ROWS_PER_MINUTE_MAX) * STORE_MINUTES);
  }

  /**
   * Tells the time of the next packet, whether it will be added or not: every packet moves the minutes, so that a planner that
   * has not looked into the packets cuts at the same places.
   */
  tick(seconds: number): void {
    this.second = clampSecond(seconds);
    if (!(this.second >= this.from_s && this.second < this.to_s)) this.turn(this.second);
    this.cut.packets++;
  }

  /**
   * Adds one walked and classified packet with an IP header, at the time of the last {@link tick}.
   * @param bytes the buffer that it was walked in, for its payload sample
   */
  add(packet: Packet, verdict: Verdict, data: DataView, bytes: Uint8Array, nanoseconds: number): void {
    if (this.isFull) this.closeEarly();
    const { second } = this;
    let minuteNumber = this.minuteNumber;
    let from_s = this.from_s;
    if (second < from_s) {
      from_s -= 60;
      minuteNumber = this.numberOf(from_s / 60);
    }
    const time_us = (second - from_s) * 1_000_000 + Math.floor(nanoseconds / 1000);
    const ports = portsWord(packet, verdict);
    const isIpv6 = packet.net === 6;
    const src = isIpv6 ? this.store.address(packet.src0, packet.src1, packet.src2, packet.src3) : packet.src3;
    const dst = isIpv6 ? this.store.address(packet.dst0, packet.dst1, packet.dst2, packet.dst3) : packet.dst3;
    const meta =
      minuteNumber |
      (isIpv6 ? row.META_IPV6 : 0) |
      (verdict.classCode << row.META_CLASS_SHIFT) |
      (packet.proto << row.META_PROTO_SHIFT);
    const quote = packet.quotedNet !== 0 && verdict.classCode === CLASS_BACKSCATTER ? this.quote(packet) : 0;
    const at = this.find(src, dst, ports, meta, verdict.marks, quote);
    if (at >= 0) this.update(at, packet, verdict, time_us);
    else this.begin(~at, packet, verdict, data, time_us);
    if (packet.payloadBytes > 0) this.sample(at >= 0 ? at : ~at, packet, bytes);
  }

  /** Hands on what is left. The table can be used again. */
  close(): void {
    if (this.store.count > 0) this.handOn();
    this.cut.reset();
    this.from_s = 0;
    this.to_s = 0;
  }

  /** Slow path of {@link tick}: a packet of another minute. */
  private turn(second: number): void {
    const change = this.cut.change(second);
    if (change === 'group') this.handOn();
    if (change !== 'none') this.openMinute(Math.floor(second / 60));
  }

  private openMinute(minute: number): void {
    this.clearIndex();
    this.from_s = minute * 60;
    this.to_s = this.from_s + 60;
    this.isFull = this.store.isFull;
    this.minuteNumber = this.numberOf(minute);
  }

  private closeEarly(): void {
    this.closedEarly++;
    this.handOn();
    this.openMinute(this.from_s / 60);
  }

  private handOn(): void {
    if (this.store.count > 0) this.emit(this.store);
    this.rows += this.store.count;
    this.store.clear();
    this.minuteNumbers.clear();
    this.isFull = false;
    this.clearIndex();
  }

  /** Number of a minute in the store's list. */
  private numberOf(minute: number): number {
    let number = this.minuteNumbers.get(minute);
    if (number === undefined) {
      number = this.store.minutes.length;
      this.store.minutes.push(minute);
      this.minuteNumbers.set(minute, number);
      this.isFull ||= this.store.isFull;
    }
    return number;
  }

  /**
   * Offset in the store's words of the row with this key, or the complement (~) of the offset of a new row that has the key and
   * nothing else.
   */
  private find(src: number, dst: number, ports: number, meta: number, marks: number, quote: number): number {
    const hash = hashOf(src, dst, ports, meta, marks, quote);
    const tag = hash & TAG_MASK;
    const { index, mask } = this;
    const { words } = this.store;
    let slot = hash & mask;
    for (;;) {
      const entry = index[slot]!;
      if (entry === 0) break;
      if ((entry & TAG_MASK) === tag) {
        const at = ((entry & NUMBER_MASK) - 1) * row.ROW_WORDS;
        if (
          words[at] === src &&
          words[at + row.DST] === dst &&
          words[at + row.PORTS] === ports &&
          words[at + row.META] === meta &&
          words[at + row.MARKS_WORD] === marks &&
          words[at + row.QUOTE] === quote
        ) {
          return at;
        }
      }
      slot = (slot + 1) & mask;
    }
    index[slot] = tag | (this.store.add() + 1);
    return ~this.putKey(src, dst, ports, meta, marks, quote);
  }

  private putKey(src: number, dst: number, ports: number, meta: number, marks: number, quote: number): number {
    const { words } = this.store;
    const at = (this.store.count - 1) * row.ROW_WORDS;
    words[at] = src;
    words[at + row.DST] = dst;
    words[at + row.PORTS] = ports;
    words[at + row.META] = meta;
    words[at + row.MARKS_WORD] = marks;
    words[at + row.QUOTE] = quote;
    if (++this.indexed * 2 > this.mask) this.growIndex();
    return at;
  }

  private begin(at: number, packet: Packet, verdict: Verdict, data: DataView, time_us: number): void {
    const { words, lengths, optionNumbers } = this.store;
    const number = at / row.ROW_WORDS;
    const isTcp = packet.tcpFlags >= 0;
    words[at + row.PACKETS] = 1;
    words[at + row.BYTES_LOW] = packet.ipBytes;
    words[at + row.BYTES_HIGH] = 0;
    words[at + row.FIRST_US] = time_us;
    words[at + row.LAST_US] = time_us;
    const ttl = packet.ttl & 255;
    words[at + row.TTL_FLAGS] = ttl | (ttl << row.TTL_MAX_SHIFT) | (isTcp ? packet.tcpFlags << row.FLAGS_SHIFT : 0);
    const client = verdict.clientPort < 0 ? 0 : verdict.clientPort;
    words[at + row.CLIENT_PORTS] = client | (client << row.CLIENT_MAX_SHIFT);
    words[at + row.PREDICATES_WORD] = verdict.predicates;
    const id = packet.ipId < 0 ? 0 : packet.ipId;
    words[at + row.WINDOW_ID] = id | (isTcp ? packet.window << row.WINDOW_SHIFT : 0);
    words[at + row.SEQ] = packet.seq;
    lengths[number] = saturate16(packet.ipBytes) | (saturate16(packet.payloadWireBytes) << row.PAYLOAD_BYTES_SHIFT);
    optionNumbers[number] = isTcp ? this.store.options.numberOf(packet, data) : 0;
    this.isFull = this.indexed >= this.rowsPerMinuteMax || this.store.isFull;
  }

  private update(at: number, packet: Packet, verdict: Verdict, time_us: number): void {
    const { words } = this.store;
    words[at + row.PACKETS]++;
    const low = (words[at + row.BYTES_LOW]! >>> 0) + packet.ipBytes;
    words[at + row.BYTES_LOW] = low;
    if (low > 0xffff_ffff) words[at + row.BYTES_HIGH]++;
    if (time_us < words[at + row.FIRST_US]!) words[at + row.FIRST_US] = time_us;
    if (time_us > words[at + row.LAST_US]!) words[at + row.LAST_US] = time_us;
    words[at + row.PREDICATES_WORD]! |= verdict.predicates;
    this.widen(at, packet, verdict);
  }

  /** Extremes of TTL and client port, and the flags seen: written back only when they change, which is rare. */
  private widen(at: number, packet: Packet, verdict: Verdict): void {
    const { words } = this.store;
    const old = words[at + row.TTL_FLAGS]!;
    const ttl = packet.ttl & 255;
    const least = old & 255;
    const most = (old >>> row.TTL_MAX_SHIFT) & 255;
    const flags = packet.tcpFlags > 0 ? packet.tcpFlags << row.FLAGS_SHIFT : 0;
    const widened =
      (ttl < least ? ttl : least) | ((ttl > most ? ttl : most) << row.TTL_MAX_SHIFT) | (old & ~0xffff) | flags;
    if (widened !== old) words[at + row.TTL_FLAGS] = widened;
    if (verdict.clientPort < 0) return;
    const ports = words[at + row.CLIENT_PORTS]!;
    const low = ports & 0xffff;
    const high = ports >>> row.CLIENT_MAX_SHIFT;
    if (verdict.clientPort < low) words[at + row.CLIENT_PORTS] = verdict.clientPort | (high << row.CLIENT_MAX_SHIFT);
    else if (verdict.clientPort > high) words[at + row.CLIENT_PORTS] = low | (verdict.clientPort << row.CLIENT_MAX_SHIFT);
  }

  private sample(at: number, packet: Packet, bytes: Uint8Array): void {
    const number = at / row.ROW_WORDS;
    if (this.store.payloadBytes[number] !== 0) return;
    this.store.sample(number, packet, bytes);
    this.isFull ||= this.store.isFull;
  }

  private quote(packet: Packet): number {
    const { quotes } = this.store;
    const { key } = quotes;
    const isIpv4 = packet.quotedNet === 4;
    key[0] = isIpv4 ? 0 : packet.quotedDst0;
    key[1] = isIpv4 ? 0 : packet.quotedDst1;
    key[2] = isIpv4 ? V4_MAPPED_WORD : packet.quotedDst2;
    key[3] = packet.quotedDst3;
    key[4] = (packet.quotedProto << 16) | (packet.quotedDport < 0 ? 0 : packet.quotedDport);
    return quotes.intern();
  }

  private growIndex(): void {
    const size = (this.mask + 1) * 2;
    if (this.index.length < size) this.index = new Int32Array(size);
    else this.index.fill(0, 0, size);
    this.mask = size - 1;
    const { index, mask } = this;
    const { words, count } = this.store;
    for (let number = count - this.indexed; number < count; number++) {
      const at = number * row.ROW_WORDS;
      const key = words.subarray(at, at + row.PACKETS);
      const hash = hashOf(key[0]!, key[row.DST]!, key[row.PORTS]!, key[row.META]!, key[row.MARKS_WORD]!, key[row.QUOTE]!);
      let slot = hash & mask;
      while (index[slot] !== 0) slot = (slot + 1) & mask;
      index[slot] = (hash & TAG_MASK) | (number + 1);
    }
  }

  /** Empties the index and sizes it by the minute that ends: the next one is likely to be like it. */
  private clearIndex(): void {
    this.index.fill(0, 0, this.mask + 1);
    if (this.indexed > 0) while (this.mask >= INDEX_FIRST && this.indexed * 8 < this.mask) this.mask >>>= 1;
    this.indexed = 0;
  }
}

/** Multiplications of murmur3's finaliser between the words: telescope keys differ in few bits of few words. */
function hashOf(src: number, dst: number, ports: number, meta: number, marks: number, quote: number): number {
  let hash = Math.imul(src ^ Math.imul(dst, 0x9e3779b1), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15) ^ ports ^ Math.imul(quote, 0x27d4eb2f), 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 13) ^ meta ^ (marks << 7), 0x9e3779b1);
  return hash ^ (hash >>> 16);
}

/** Times that 32 bits of seconds cannot hold become the nearest that they can. */
export function clampSecond(seconds: number): number {
  if (seconds < 0) return 0;
  return seconds > 0xffff_ffff ? 0xffff_ffff : seconds;
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
