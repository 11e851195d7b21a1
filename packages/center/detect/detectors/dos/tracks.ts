/**
 * Who has answered lately: a record for each victim (or victims' network) and attacked protocol, found by open addressing. A
 * record is one cache line, as most sources are heard of once and a storm brings a million of them; those that answered two of our
 * addresses get a ring of their latest answers (rings.ts).
 *
 * Words of a record: four of the address, then those named here. Times are ms behind the run's beginning.
 */
export const PROTO = 4;
/** Its first answer: when, to which of our addresses, with which ports, by whom of the network. */
export const FIRST_MS = 5;
export const FIRST_TARGET = 6;
export const FIRST_PORTS = 7;
export const FIRST_MEMBER = 8;
/** Time of its latest answer, counted from 1: 0 when there was none. */
export const LAST_MS = 9;
/** Number of its ring, counted from 1; 0 without. */
export const RING = 10;
/** Stretch of time, and its answers in it (background.ts). */
export const STRETCH = 11;
export const STRETCH_ANSWERS = 12;
/** Place among those that answer in the minute at work, counted from 1; 0 outside of it (minute-rows.ts). */
export const NOW = 13;
/** Words of a record: track number `t` begins at `t << TRACK_SHIFT`. */
export const TRACK_SHIFT = 4;
const TRACK_WORDS = 1 << TRACK_SHIFT;
const FIRST = 1024;

export class Tracks {
  count = 0;
  /** Answers for which there was no room. */
  refused = 0;
  words = new Uint32Array(FIRST * TRACK_WORDS);
  private readonly max: number;
  private index = new Uint32Array(FIRST * 2);

  constructor(max: number) {
    this.max = max;
  }

  /** Number of the record of an address and protocol; -1 when there is none. */
  find(w0: number, w1: number, w2: number, w3: number, proto: number): number {
    const { index, words } = this;
    const mask = index.length - 1;
    let slot = hashOf(w0, w1, w2, w3, proto) & mask;
    for (let entry = index[slot]; entry !== 0; entry = index[slot]) {
      const at = (entry - 1) << TRACK_SHIFT;
      if (
        words[at + 3] === w3 &&
        words[at] === w0 &&
        words[at + 1] === w1 &&
        words[at + 2] === w2 &&
        words[at + PROTO] === proto
      ) {
        return entry - 1;
      }
      slot = (slot + 1) & mask;
    }
    return -1;
  }

  /** A new record: to be called when {@link find} found none. -1 when there is no room. */
  add(w0: number, w1: number, w2: number, w3: number, proto: number): number {
    if (this.count === this.max) {
      this.refused++;
      return -1;
    }
    if (this.count << TRACK_SHIFT === this.words.length) this.grow();
    const track = this.count++;
    const at = track << TRACK_SHIFT;
    const { words } = this;
    words.fill(0, at, at + TRACK_WORDS);
    words[at] = w0;
    words[at + 1] = w1;
    words[at + 2] = w2;
    words[at + 3] = w3;
    words[at + PROTO] = proto;
    this.enter(track);
    return track;
  }

  /** Forgets records. @param keeps which of them stay. Those that stay have new numbers: `moved(from, to)` is told, ascending. */
  retain(keeps: (track: number) => boolean, moved: (from: number, to: number) => void): void {
    let kept = 0;
    for (let track = 0; track < this.count; track++) {
      if (!keeps(track)) continue;
      if (kept !== track) {
        this.words.copyWithin(kept << TRACK_SHIFT, track << TRACK_SHIFT, (track + 1) << TRACK_SHIFT);
        moved(track, kept);
      }
      kept++;
    }
    if (kept === this.count) return;
    this.count = kept;
    this.reindex(this.index.length);
  }

  private grow(): void {
    const size = Math.min(this.max << TRACK_SHIFT, this.words.length * 2);
    const words = new Uint32Array(size);
    words.set(this.words);
    this.words = words;
    this.reindex(this.index.length * 2);
  }

  private reindex(slots: number): void {
    this.index = new Uint32Array(slots);
    for (let track = 0; track < this.count; track++) this.enter(track);
  }

  private enter(track: number): void {
    const { index, words } = this;
    const mask = index.length - 1;
    const at = track << TRACK_SHIFT;
    let slot = hashOf(words[at], words[at + 1], words[at + 2], words[at + 3], words[at + PROTO]) & mask;
    while (index[slot] !== 0) slot = (slot + 1) & mask;
    index[slot] = track + 1;
  }
}

/** Hash of an address and protocol; all bits are good. */
export function hashOf(w0: number, w1: number, w2: number, w3: number, proto: number): number {
  let hash = Math.imul(w3 ^ proto, 0x9e3779b1);
  if (w0 !== 0 || w1 !== 0) hash ^= Math.imul(w0 ^ Math.imul(w1, 0x85ebca6b), 0xc2b2ae35) ^ w2;
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  return (hash ^ (hash >>> 15)) >>> 0;
}
