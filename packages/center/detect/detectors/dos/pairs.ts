/**
 * How many different sources each of our addresses has heard answers of within the last five minutes. Pairs of source and address are
 * remembered with the minute in which they were met last; when they are met again, they move to that minute.
 */
import type { FlowBatch } from '../../flow-batch.ts';
import { addressWord, attackedProtocol, mix } from './answers.ts';

export const WINDOW_MINUTES = 5;
/** Pairs that are remembered, at 12 bytes; further ones count as new whenever they are met. */
const PAIRS_MAX = 1 << 21;
/** Addresses of ours that are told apart, at 40 bytes; further ones do not count. */
const TARGETS_MAX = 1 << 20;
const FIRST = 1 << 12;
/** Minutes of a run, counted from 1; a run is much shorter than that. */
const MINUTE_BITS = 12;
const MINUTE_MASK = (1 << MINUTE_BITS) - 1;

export class Pairs {
  /** Our addresses that have heard anybody within the window, or lately. */
  targets = 0;
  words = new Uint32Array(FIRST);
  /** Answers of targets for which there was no room. */
  refused = 0;
  private counts = new Uint32Array(FIRST * WINDOW_MINUTES);
  private index = new Uint32Array(FIRST * 2);
  /**
   * Two words a place: a hash of the pair, and {@link MINUTE_BITS} of its minute below more bits of a hash; 0: no pair. Two of a
   * million pairs are taken for one once in nine thousand times.
   */
  private pairs = new Uint32Array(FIRST * 4);
  private pairCount = 0;
  private minute = 0;
  private readonly pairsMax: number;
  private readonly targetsMax: number;

  constructor(pairsMax = PAIRS_MAX, targetsMax = TARGETS_MAX) {
    this.pairsMax = pairsMax;
    this.targetsMax = targetsMax;
  }

  /** Takes the answers of a minute. @param minute counted from 1, ascending */
  take(flows: FlowBatch, minute: number): void {
    this.turn(minute);
    for (let row = 0; row < flows.rows; row++) {
      if (attackedProtocol(flows, row) === 0) continue;
      const word = addressWord(flows.dst, row * 4);
      const target = this.targetOf(word);
      if (target >= 0) this.meet(mix(addressWord(flows.src, row * 4), word), target);
    }
  }

  /** Different sources of a target, by its number. */
  sources(target: number): number {
    let sum = 0;
    for (let slot = 0; slot < WINDOW_MINUTES; slot++) sum += this.counts[target * WINDOW_MINUTES + slot];
    return sum;
  }

  /** A new minute: what is older than the window is forgotten. */
  private turn(minute: number): void {
    const passed = Math.min(WINDOW_MINUTES, minute - this.minute);
    for (let step = 0; step < passed; step++) {
      const slot = (minute - step) % WINDOW_MINUTES;
      for (let target = 0; target < this.targets; target++) this.counts[target * WINDOW_MINUTES + slot] = 0;
    }
    this.minute = minute;
    if (this.pairCount * 8 > this.pairs.length) this.rebuild();
    if (this.targets * 2 > this.words.length) this.dropSilent();
  }

  private meet(pair: number, target: number): void {
    const { minute, pairs, counts } = this;
    const tag = Math.imul(this.words[target], 0x9e3779b1) & ~MINUTE_MASK;
    let slot = placeOf(pair, pairs.length);
    for (let word = pairs[slot + 1]; word !== 0; word = pairs[slot + 1]) {
      if (pairs[slot] === pair && ((word ^ tag) & ~MINUTE_MASK) === 0) break;
      slot = slot + 2 === pairs.length ? 0 : slot + 2;
    }
    const at = target * WINDOW_MINUTES;
    const before = pairs[slot + 1] & MINUTE_MASK;
    if (before === minute) return;
    counts[at + (minute % WINDOW_MINUTES)]++;
    if (before !== 0) {
      if (minute - before < WINDOW_MINUTES) counts[at + (before % WINDOW_MINUTES)]--;
      pairs[slot + 1] = tag | minute;
      return;
    }
    if (this.pairCount === this.pairsMax) return;
    pairs[slot] = pair;
    pairs[slot + 1] = tag | minute;
    this.pairCount++;
    if (this.pairCount * 4 > pairs.length) this.rebuild();
  }

  /** Forgets old pairs, and makes room. */
  private rebuild(): void {
    const { pairs, minute } = this;
    const isLive = (at: number): boolean =>
      pairs[at + 1] !== 0 && minute - (pairs[at + 1] & MINUTE_MASK) < WINDOW_MINUTES;
    let live = 0;
    for (let at = 0; at < pairs.length; at += 2) if (isLive(at)) live++;
    let size = FIRST * 4;
    while (size < live * 8) size *= 2;
    const larger = new Uint32Array(size);
    for (let at = 0; at < pairs.length; at += 2) {
      if (!isLive(at)) continue;
      let slot = placeOf(pairs[at], size);
      while (larger[slot + 1] !== 0) slot = slot + 2 === size ? 0 : slot + 2;
      larger[slot] = pairs[at];
      larger[slot + 1] = pairs[at + 1];
    }
    this.pairs = larger;
    this.pairCount = live;
  }

  /** Number of one of our addresses; -1 when there is no room. */
  private targetOf(word: number): number {
    const { index, words } = this;
    const mask = index.length - 1;
    let slot = slotOf(word, mask);
    for (let entry = index[slot]; entry !== 0; entry = index[slot]) {
      if (words[entry - 1] === word) return entry - 1;
      slot = (slot + 1) & mask;
    }
    if (this.targets === this.targetsMax) {
      this.refused++;
      return -1;
    }
    if (this.targets === words.length) this.grow();
    const target = this.targets++;
    this.words[target] = word;
    this.counts.fill(0, target * WINDOW_MINUTES, (target + 1) * WINDOW_MINUTES);
    this.enter(target);
    return target;
  }

  private dropSilent(): void {
    let kept = 0;
    for (let target = 0; target < this.targets; target++) {
      if (this.sources(target) === 0) continue;
      this.words[kept] = this.words[target];
      this.counts.copyWithin(kept * WINDOW_MINUTES, target * WINDOW_MINUTES, (target + 1) * WINDOW_MINUTES);
      kept++;
    }
    this.targets = kept;
    this.reindex();
  }

  private grow(): void {
    const size = this.words.length * 2;
    const words = new Uint32Array(size);
    words.set(this.words);
    this.words = words;
    const counts = new Uint32Array(size * WINDOW_MINUTES);
    counts.set(this.counts);
    this.counts = counts;
    this.reindex();
  }

  private reindex(): void {
    this.index = new Uint32Array(this.words.length * 2);
    for (let target = 0; target < this.targets; target++) this.enter(target);
  }

  private enter(target: number): void {
    const mask = this.index.length - 1;
    let slot = slotOf(this.words[target], mask);
    while (this.index[slot] !== 0) slot = (slot + 1) & mask;
    this.index[slot] = target + 1;
  }
}

function slotOf(word: number, mask: number): number {
  const hash = Math.imul(word, 0x85ebca6b);
  return (hash ^ (hash >>> 15)) & mask;
}

/** Place of a pair in an array of so many words. */
function placeOf(pair: number, length: number): number {
  return ((Math.imul(pair, 0x9e3779b1) >>> 5) << 1) & (length - 1);
}
