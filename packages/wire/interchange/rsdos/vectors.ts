/**
 * Attack vectors of both DoS plugins, packed: what is known of a victim since its first packet. A row is found by victim and tag
 * (0 for Corsaro 2, the protocol for Corsaro 3); rows leave when an interval ends, and the others move together.
 */
import type { Backscatter } from './backscatter.ts';
import { KINDS, Members } from './members.ts';

/** Vectors at one time; packets that would open one more are counted and not followed. */
const VECTORS_MAX = 1 << 22;
/** Bytes of first packets that are kept; vectors opened beyond it have none. */
export const FIRST_PACKETS_BYTES_MAX = 1 << 29;
const ROWS_FIRST = 1 << 10;
const ARENA_BYTES_FIRST = 1 << 16;

/** Words of a row. */
export const VICTIM = 0;
export const TAG = 1;
export const START_S = 2;
export const START_US = 3;
export const LATEST_S = 4;
export const LATEST_US = 5;
/** Most packets in a window of a minute. */
export const MAX_PPM = 6;
/** First value of each kind: address of ours, attack port, target port. */
export const FIRSTS = 7;
/** How many different values of each kind. */
export const COUNTS = FIRSTS + KINDS;
const PACKET_AT = COUNTS + KINDS;
const PACKET_BYTES = PACKET_AT + 1;
/** ICMP errors with a source of their own in the quote. */
export const MISMATCHES = PACKET_BYTES + 1;
/** 1 when another vector of the same victim has followed: the row is not found any more. */
export const IS_OVER = MISMATCHES + 1;
/** Places of a row's numbers with more than 32 bits, in `reals` from row × rowReals. */
export const PACKETS = (IS_OVER + 2) / 2;
export const BYTES = PACKETS + 1;
/** First word that is the caller's. */
export const OWN = IS_OVER + 6;

export interface VectorLimits {
  readonly vectorsMax?: number;
  readonly membersMax?: number;
  /** Bytes of first packets that are kept; 0 keeps none. */
  readonly firstPacketsBytesMax?: number;
}

export class Vectors {
  readonly rowWords: number;
  words: Uint32Array;
  /** The same memory, two words a number. */
  reals: Float64Array;
  rows = 0;
  /** Packets of victims for which there was no room. */
  refused = 0;
  private readonly members: Members;
  private readonly vectorsMax: number;
  private readonly arenaMax: number;
  private index = new Int32Array(ROWS_FIRST * 2);
  private arena = new Uint8Array(0);
  private arenaUsed = 0;
  /** Row that was found last: answers come in bursts. */
  private last = -1;

  /** @param ownWords how many words a row has behind {@link OWN} */
  constructor(ownWords: number, limits: VectorLimits = {}) {
    this.rowWords = (OWN + ownWords + 1) & ~1;
    this.vectorsMax = limits.vectorsMax ?? VECTORS_MAX;
    this.arenaMax = limits.firstPacketsBytesMax ?? 0;
    this.members = new Members(limits.membersMax);
    this.words = new Uint32Array(Math.min(ROWS_FIRST, this.vectorsMax) * this.rowWords);
    this.reals = new Float64Array(this.words.buffer);
  }

  /** Different values that were not counted for want of room. */
  get membersRefused(): number {
    return this.members.refused;
  }

  /** Offset in the words of a victim's row; -1 when there is none. */
  find(victim: number, tag: number): number {
    const { last } = this;
    if (last >= 0 && this.isOf(last, victim, tag)) return last;
    const { index, rowWords } = this;
    const mask = index.length - 1;
    let slot = hashOf(victim, tag) & mask;
    for (let entry = index[slot]; entry !== 0; entry = index[slot]) {
      const at = (entry - 1) * rowWords;
      if (this.isOf(at, victim, tag)) {
        this.last = at;
        return at;
      }
      slot = (slot + 1) & mask;
    }
    return -1;
  }

  private isOf(at: number, victim: number, tag: number): boolean {
    const { words } = this;
    return words[at + VICTIM] === victim && words[at + TAG] === tag && words[at + IS_OVER] === 0;
  }

  /** Opens a vector with the times and the bytes of its first packet, which is not counted yet; -1 when there is no room. */
  open(event: Backscatter, tag: number): number {
    if (this.rows === this.vectorsMax) {
      this.refused += event.packets;
      return -1;
    }
    const { rowWords } = this;
    if ((this.rows + 1) * rowWords > this.words.length) this.grow();
    if ((this.rows + 1) * 2 > this.index.length) this.reindex(this.index.length * 2);
    const at = this.rows * rowWords;
    const { words } = this;
    words.fill(0, at, at + rowWords);
    words[at + VICTIM] = event.victim;
    words[at + TAG] = tag;
    words[at + START_S] = event.seconds;
    words[at + START_US] = event.microseconds;
    this.keepPacket(at, event);
    this.rows++;
    this.enter(this.rows);
    return at;
  }

  /** Adds a packet to what both plugins count alike. */
  count(at: number, event: Backscatter): void {
    const { words, reals } = this;
    words[at + LATEST_S] = event.seconds;
    words[at + LATEST_US] = event.microseconds;
    const real = at >>> 1;
    reals[real + PACKETS] += event.packets;
    reals[real + BYTES] += event.ipBytes;
  }

  /** Remembers addresses and ports. @param telescope what of the destination is told apart */
  remember(at: number, event: Backscatter, telescope: number): void {
    this.member(at, 0, telescope);
    this.member(at, 1, event.attackPort);
    this.member(at, 2, event.targetPort);
  }

  /** A copy of the first packet of a row; empty when none was kept. */
  firstPacket(at: number): Uint8Array {
    const from = this.words[at + PACKET_AT];
    return this.arena.slice(from, from + this.words[at + PACKET_BYTES]);
  }

  /** Lets rows go. @param keeps whether the row at the offset stays */
  retain(keeps: (at: number) => boolean): void {
    const { words, rowWords, rows } = this;
    const moved = new Int32Array(rows);
    let kept = 0;
    let arenaUsed = 0;
    for (let row = 0; row < rows; row++) {
      const from = row * rowWords;
      if (words[from + IS_OVER] !== 0 || !keeps(from)) {
        moved[row] = -1;
        continue;
      }
      const to = kept * rowWords;
      if (to !== from) words.copyWithin(to, from, from + rowWords);
      arenaUsed = this.movePacket(to, arenaUsed);
      moved[row] = kept++;
    }
    this.arenaUsed = arenaUsed;
    if (kept === rows) return;
    this.rows = kept;
    this.last = -1;
    this.reindex(this.index.length);
    this.members.move(moved);
  }

  private member(at: number, kind: number, value: number): void {
    const { words } = this;
    const count = words[at + COUNTS + kind];
    if (count === 0) {
      words[at + FIRSTS + kind] = value;
      words[at + COUNTS + kind] = 1;
      return;
    }
    if (words[at + FIRSTS + kind] === value) return;
    if (this.members.add(at / this.rowWords, kind, value)) words[at + COUNTS + kind] = count + 1;
  }

  private keepPacket(at: number, { bytes, at: from, end }: Backscatter): void {
    const length = end - from;
    if (length === 0 || this.arenaUsed + length > this.arenaMax) return;
    if (this.arenaUsed + length > this.arena.length) {
      const larger = new Uint8Array(Math.max(ARENA_BYTES_FIRST, this.arena.length * 2, this.arenaUsed + length));
      larger.set(this.arena.subarray(0, this.arenaUsed));
      this.arena = larger;
    }
    this.arena.set(bytes.subarray(from, end), this.arenaUsed);
    this.words[at + PACKET_AT] = this.arenaUsed;
    this.words[at + PACKET_BYTES] = length;
    this.arenaUsed += length;
  }

  /** Moves a kept packet to the front; packets lie in the order of their rows. */
  private movePacket(at: number, to: number): number {
    const { words } = this;
    const from = words[at + PACKET_AT];
    const length = words[at + PACKET_BYTES];
    if (from !== to) this.arena.copyWithin(to, from, from + length);
    words[at + PACKET_AT] = to;
    return to + length;
  }

  private grow(): void {
    const rows = Math.min(this.vectorsMax, (this.words.length / this.rowWords) * 2);
    const larger = new Uint32Array(rows * this.rowWords);
    larger.set(this.words);
    this.words = larger;
    this.reals = new Float64Array(larger.buffer);
  }

  private reindex(slots: number): void {
    this.index = new Int32Array(slots);
    for (let entry = 1; entry <= this.rows; entry++) {
      if (this.words[(entry - 1) * this.rowWords + IS_OVER] === 0) this.enter(entry);
    }
  }

  private enter(entry: number): void {
    const { index, words } = this;
    const at = (entry - 1) * this.rowWords;
    const mask = index.length - 1;
    let slot = hashOf(words[at + VICTIM], words[at + TAG]) & mask;
    while (index[slot] !== 0) slot = (slot + 1) & mask;
    index[slot] = entry;
  }
}

function hashOf(victim: number, tag: number): number {
  const hash = Math.imul(victim ^ (tag << 24), 0x9e3779b1);
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 3;
}
