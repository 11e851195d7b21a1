/**
 * What is kept of each source: packets, class, marks; exactly, up to a limit. IPv4 and IPv6 sources have tables of their own,
 * because an IPv4 address needs one word and a telescope meets millions of them.
 */
import { CLASSES } from '@noroshi/wire/classify/class.ts';
import type { Packet } from '@noroshi/wire/net/packet.ts';
import { V4_MAPPED_WORD, type Words } from '@noroshi/wire/net/address.ts';
import { grown, KeyTable } from './key-table.ts';

/** Sources that are told apart; 4 Mi take about 160 MB. */
export const SOURCES_MAX = 1 << 22;
export const SOURCES6_MAX = 1 << 19;
const ROOM_FIRST = 1024;

export class Sources {
  readonly keys: KeyTable;
  packets = new Float64Array(ROOM_FIRST);
  /** Bits of the marks that the source's packets carried at least once, and at least twice. */
  marksOnce = new Int32Array(ROOM_FIRST);
  marksTwice = new Int32Array(ROOM_FIRST);
  /** Candidate and lead of each source's vote. */
  private classes = new Uint8Array(ROOM_FIRST);
  private votes = new Int32Array(ROOM_FIRST);

  /** @param width words of an address: 1 for IPv4, 4 for IPv6 */
  constructor(width: 1 | 4, limit: number) {
    this.keys = new KeyTable(width, limit);
  }

  /** Counts a packet; the source's number, 0 when there is no room for it. */
  add(packet: Packet, classCode: number, marks: number): number {
    const { keys } = this;
    const number = keys.width === 1 ? keys.number1(packet.src3) : keys.number4(packet.src0, packet.src1, packet.src2, packet.src3);
    if (number === 0) return 0;
    const at = number - 1;
    if (at >= this.packets.length) this.grow();
    this.packets[at]++;
    if (marks !== 0) {
      this.marksTwice[at] |= this.marksOnce[at] & marks;
      this.marksOnce[at] |= marks;
    }
    this.vote(at, classCode);
    return number;
  }

  /** Address of a source as four words. */
  addressOf(number: number): Words {
    const { words, width } = this.keys;
    const at = (number - 1) * width;
    return width === 1 ? [0, 0, V4_MAPPED_WORD, words[at]] : [words[at], words[at + 1], words[at + 2], words[at + 3]];
  }

  /** The class of most of its packets. */
  classOf(number: number): string {
    return CLASSES[this.classes[number - 1]].name;
  }

  /** Boyer and Moore's majority vote: the class that has more than half of the packets wins, whatever their order. */
  private vote(at: number, classCode: number): void {
    if (this.classes[at] === classCode) this.votes[at]++;
    else if (this.votes[at] === 0) {
      this.classes[at] = classCode;
      this.votes[at] = 1;
    } else this.votes[at]--;
  }

  private grow(): void {
    const { limit } = this.keys;
    this.packets = grown(this.packets, limit);
    this.marksOnce = grown(this.marksOnce, limit);
    this.marksTwice = grown(this.marksTwice, limit);
    this.classes = grown(this.classes, limit);
    this.votes = grown(this.votes, limit);
  }
}
