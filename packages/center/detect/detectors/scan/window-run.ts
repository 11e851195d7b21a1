/**
 * Definitions that count within windows of the clock: so many distinct things of one key make a scan. A finding's bin is the window.
 * It is told in the minute in which the threshold is reached, and again, with all its figures, in the window's last minute.
 */
import { formatAddress } from '@noroshi/wire/net/address.ts';
import type { Sighting } from '../../../ledger/sighting.ts';
import { MINUTE_MS } from '../../bins.ts';
import { NOTHING_SEEN, type Run, type Seen } from '../../detector.ts';
import type { Bin, FlowBatch } from '../../flow-batch.ts';
import { minuteIndexOf, renumbered } from '../sources/minute.ts';
import { AddressTable, NONE } from '../sources/tables.ts';
import { Hints } from './hints.ts';
import { Tally, type TallyLimits } from './tally.ts';

/** What a definition counts, and when it is fulfilled. */
export interface Counting {
  readonly window_minutes: number;
  readonly limits: WindowLimits;
  /** Whether a row counts. Called for every row: cheap, and reads columns alone. */
  counts(flows: FlowBatch, row: number): boolean;
  /** The second word of the key beside the source; `target` is a number of the destination. */
  key(flows: FlowBatch, row: number, target: number): number;
  /** What is told apart. */
  thing(flows: FlowBatch, row: number, target: number): number;
  /** Distinct things from which it is a scan, for a telescope of this minute's size. */
  threshold(bin: Bin): number;
  /** What makes one finding of keys: the aspect. */
  aspect(key: number): string;
  /** Confidence, reasons and figures of a scan; undefined when it is none after all. */
  judge(scan: Scan): Pick<Sighting, 'confidence' | 'reasons' | 'figures'> | undefined;
  /** What else must be known of a key: told of each row that counts. */
  readonly beside?: () => Beside;
  /** Whether to say who the source is, and to doubt it (hints.ts). */
  readonly hints?: boolean;
}

/** Something that a definition keeps beside the counts, by number of the key. */
export interface Beside {
  add(key: number, flows: FlowBatch, row: number, target: number): void;
  of(key: number): number;
}

export interface WindowLimits extends TallyLimits {
  /** Sources of a window. */
  readonly sources: number;
  /** Findings of a window; those beyond are counted in `left_out`. */
  readonly scans: number;
}

/** Our addresses: a telescope of 65,536, four times over for IPv6. */
const TARGETS_MAX = 262_144;

/** All keys of one source and aspect that have reached the threshold. */
export interface Scan {
  readonly keys: number;
  /** Greatest number of distinct things of one of its keys. */
  readonly distinct: number;
  readonly packets: number;
  /** What `beside` says of the key with the most things. */
  readonly beside: number;
  /** Scans of this window that were left out so far. */
  readonly left_out: number;
}

class Window {
  readonly start_ms: number;
  readonly sources: AddressTable;
  readonly targets = new AddressTable(TARGETS_MAX);
  readonly tally: Tally;
  readonly beside: Beside | undefined;
  readonly hints: Hints | undefined;
  /** Keys that have reached the threshold, in the order in which they did, and whether a key has. */
  readonly reached: number[] = [];
  isReached = new Uint8Array(1024);
  sourceOfKey = new Uint32Array(1024);
  secondOfKey = new Uint32Array(1024);
  scans = new Map<string, number[]>();
  left_out = 0;

  constructor(start_ms: number, counting: Counting, rows: number) {
    this.start_ms = start_ms;
    this.sources = new AddressTable(counting.limits.sources, rows / 4);
    this.tally = new Tally(counting.limits, rows);
    this.beside = counting.beside?.();
    this.hints = counting.hints === true ? new Hints() : undefined;
  }
}

/**
 * The last word of the highest address that finds room, of the keys reached from `from` on: an event of hundreds of thousands of
 * sources, of which ten thousand find room, need not be written out and sorted whole.
 */
function highestOf({ reached, sourceOfKey, sources }: Window, from: number, room: number): number {
  if (reached.length - from <= room) return 0xffffffff;
  const lasts = new Uint32Array(reached.length - from);
  for (let place = 0; place < lasts.length; place++) lasts[place] = sources.words[sourceOfKey[from + place] * 4 + 3];
  return lasts.sort()[room - 1];
}

const NO_NAMES: ReadonlySet<string> = new Set();

export class WindowRun implements Run {
  readonly counting: Counting;
  private window: Window | undefined;

  constructor(counting: Counting) {
    this.counting = counting;
  }

  step(bin: Bin): Seen {
    const window_ms = this.counting.window_minutes * MINUTE_MS;
    const start_ms = Math.floor(bin.minute_ms / window_ms) * window_ms;
    const sightings: Sighting[] = [];
    if (this.window !== undefined && this.window.start_ms !== start_ms) {
      this.tell(this.window, this.window.scans.keys(), sightings);
      this.window = undefined;
    }
    this.window ??= new Window(start_ms, this.counting, bin.flows.rows);
    const changed = this.count(this.window, bin);
    const isLast = bin.minute_ms + MINUTE_MS >= start_ms + window_ms;
    this.tell(this.window, isLast ? this.window.scans.keys() : changed, sightings);
    if (isLast) this.window = undefined;
    return sightings.length === 0 ? NOTHING_SEEN : { sightings };
  }

  /** Takes in the minute's rows. Answers the scans that began or grew by a key. */
  private count(window: Window, bin: Bin): ReadonlySet<string> {
    const { flows } = bin;
    const { counting } = this;
    const index = minuteIndexOf(bin);
    const sourceOf = renumbered(window.sources, flows.src, index.sourceRow);
    const targetOf = renumbered(window.targets, flows.dst, index.targetRow);
    const threshold = counting.threshold(bin);
    const { tally, beside, hints } = window;
    const before = window.reached.length;
    for (let row = 0; row < flows.rows; row++) {
      if (!counting.counts(flows, row)) continue;
      const source = sourceOf[index.source[row]];
      const target = targetOf[index.target[row]];
      if (source === NONE || target === NONE) continue;
      const first_ms = bin.minute_ms + flows.first_us[row] / 1000;
      const last_ms = first_ms + flows.duration_us[row] / 1000;
      const second = counting.key(flows, row, target);
      const key = tally.add(source, second, counting.thing(flows, row, target), flows.packets[row], first_ms, last_ms);
      if (key === NONE) continue;
      beside?.add(key, flows, row, target);
      hints?.add(key, flows, row);
      if (tally.distinct(key) >= threshold) this.reach(window, key, source, second);
    }
    return this.gather(window, before);
  }

  private reach(window: Window, key: number, source: number, second: number): void {
    if (key >= window.isReached.length) {
      const length = Math.max(key + 1, window.isReached.length * 2);
      const isReached = new Uint8Array(length);
      isReached.set(window.isReached);
      window.isReached = isReached;
    }
    if (window.isReached[key] !== 0) return;
    window.isReached[key] = 1;
    if (window.reached.length >= window.sourceOfKey.length) {
      const sources = new Uint32Array(window.sourceOfKey.length * 2);
      const seconds = new Uint32Array(sources.length);
      sources.set(window.sourceOfKey);
      seconds.set(window.secondOfKey);
      window.sourceOfKey = sources;
      window.secondOfKey = seconds;
    }
    window.sourceOfKey[window.reached.length] = source;
    window.secondOfKey[window.reached.length] = second;
    window.reached.push(key);
  }

  /** Scans out of the keys that were reached since. When not all find room, the order of addresses decides, not that of rows. */
  private gather(window: Window, from: number): ReadonlySet<string> {
    if (window.scans.size >= this.counting.limits.scans) {
      window.left_out += window.reached.length - from;
      return NO_NAMES;
    }
    const { words } = window.sources;
    const room = this.counting.limits.scans - window.scans.size;
    const highest = highestOf(window, from, room);
    const fresh: { name: string; key: number }[] = [];
    for (let place = from; place < window.reached.length; place++) {
      const at = window.sourceOfKey[place] * 4;
      if (words[at + 3] > highest) {
        window.left_out++;
        continue;
      }
      const source = formatAddress(words[at], words[at + 1], words[at + 2], words[at + 3]);
      fresh.push({ name: `${source} ${this.counting.aspect(window.secondOfKey[place])}`, key: window.reached[place] });
    }
    fresh.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    const changed = new Set<string>();
    for (const { name, key } of fresh) {
      const keys = window.scans.get(name);
      if (keys !== undefined) keys.push(key);
      else if (window.scans.size >= this.counting.limits.scans) {
        window.left_out++;
        continue;
      } else window.scans.set(name, [key]);
      changed.add(name);
    }
    return changed;
  }

  private tell(window: Window, names: Iterable<string>, sightings: Sighting[]): void {
    for (const name of names) {
      const sighting = this.sighting(window, name);
      if (sighting !== undefined) sightings.push(sighting);
    }
  }

  private sighting(window: Window, name: string): Sighting | undefined {
    const { tally, beside, hints } = window;
    const keys = window.scans.get(name) ?? [];
    let packets = 0;
    let first_ms = Number.POSITIVE_INFINITY;
    let last_ms = 0;
    let best = keys[0];
    for (const key of keys) {
      packets += tally.packets(key);
      first_ms = Math.min(first_ms, tally.first_ms(key));
      last_ms = Math.max(last_ms, tally.last_ms(key));
      if (tally.distinct(key) > tally.distinct(best)) best = key;
    }
    const judged = this.counting.judge({
      keys: keys.length,
      distinct: tally.distinct(best),
      packets,
      beside: beside?.of(best) ?? 0,
      left_out: window.left_out,
    });
    if (judged === undefined) return undefined;
    const gap = name.indexOf(' ');
    const subject = { kind: 'address', value: name.slice(0, gap) } as const;
    const confidence = judged.confidence * (hints?.belief(best) ?? 1);
    const reasons = [...judged.reasons, ...(hints?.reasons(best) ?? [])];
    const times = { bin_ms: window.start_ms, first_ms, last_ms };
    return { subject, aspect: name.slice(gap + 1), ...times, ...judged, confidence, reasons };
  }
}
