/**
 * What is kept of each source: packets, class, marks; exactly, up to a limit. IPv4 and IPv6 sources have tables of their own,
 * because an IPv4 address needs one word and a telescope meets millions of them.
 */
import { CLASSES } from '@noroshi/wire/classify/class.ts';
import { V4_MAPPED_WORD, type Words } from '@noroshi/wire/net/address.ts';
import type { Packet } from '@noroshi/wire/net/packet.ts';
import { KeyTable } from './key-table.ts';

/** Sources that are told apart; 4 Mi of IPv4 take about 115 MB. */
export const SOURCES_MAX = 1 << 22;
export const SOURCES6_MAX = 1 << 19;

/** Words of a record behind the address: packets; class in the low byte and its lead in the vote above. */
const PACKETS = 0;
const VOTE = 1;
const RECORD_WORDS = 2;
const LEAD = 0x100;
const LEAD_MAX = 0x7fff_ff00;

export class Sources {
  readonly keys: KeyTable;
  /** Bits of the marks that a source's packets carried at least once, and at least twice. */
  readonly marksOnce: Int32Array;
  readonly marksTwice: Int32Array;
  /** Some source sent more packets than fit its count. */
  isSaturated = false;

  /** @param width words of an address: 1 for IPv4, 4 for IPv6 */
  constructor(width: 1 | 4, limit: number) {
    this.keys = new KeyTable(width, RECORD_WORDS, limit);
    this.marksOnce = new Int32Array(limit);
    this.marksTwice = new Int32Array(limit);
  }

  get isAtLeast(): boolean {
    return this.isSaturated || this.keys.refused > 0;
  }

  /** Counts a packet; the source's number, 0 when there is no room for it. */
  add(packet: Packet, classCode: number, marks: number): number {
    const { keys } = this;
    const isIpv4 = keys.width === 1;
    const number = isIpv4
      ? keys.number1(packet.src3)
      : keys.number4(packet.src0, packet.src1, packet.src2, packet.src3);
    if (number === 0) return 0;
    const at = (number - 1) * keys.stride + keys.width;
    // -1 is the greatest count as a signed word.
    if (keys.words[at + PACKETS] === -1) this.isSaturated = true;
    else keys.words[at + PACKETS]++;
    keys.words[at + VOTE] = vote(keys.words[at + VOTE], classCode);
    if (marks !== 0) this.mark(number - 1, marks);
    return number;
  }

  /** Packets of a source; at most 4,294,967,295. */
  packetsOf(number: number): number {
    return this.keys.words[(number - 1) * this.keys.stride + this.keys.width + PACKETS] >>> 0;
  }

  /** Address of a source as four words. */
  addressOf(number: number): Words {
    const { words, width, stride } = this.keys;
    const at = (number - 1) * stride;
    return width === 1 ? [0, 0, V4_MAPPED_WORD, words[at]] : [words[at], words[at + 1], words[at + 2], words[at + 3]];
  }

  /** The class of most of its packets. */
  classOf(number: number): string {
    const { words, width, stride } = this.keys;
    return CLASSES[words[(number - 1) * stride + width + VOTE] & 0xff].name;
  }

  /** Marks that at least two packets of a source carried. */
  marksOf(number: number): number {
    return this.marksTwice[number - 1];
  }

  private mark(index: number, marks: number): void {
    this.marksTwice[index] |= this.marksOnce[index] & marks;
    this.marksOnce[index] |= marks;
  }
}

/** Boyer and Moore's majority vote: the class that has more than half of the packets wins, whatever their order. */
function vote(state: number, classCode: number): number {
  if ((state & 0xff) === classCode) return state >= LEAD_MAX ? state : state + LEAD;
  return state < LEAD ? LEAD | classCode : state - LEAD;
}
