/**
 * Watches who answers, minute by minute, and says who is under attack: victims one by one (victim.ts) or networks of them
 * (carpet.ts). What it holds of anybody is at most an hour old, or of an attack that goes on.
 *
 * A minute: gather the answers by source, count first ones, let the background learn, then test each source that answered.
 * Tests know the whole minute's background, so that the order of rows does not matter.
 */
import { CLASS_BACKSCATTER } from '@noroshi/wire/classify/class.ts';
import type { Bin, FlowBatch } from '../../flow-batch.ts';
import { type AlarmRules, findAlarm } from './alarm.ts';
import { addressWord, attackedPort, hasClientPort, isQuoted, isRepeatable, mix, serviceName } from './answers.ts';
import { Attack, COUNTED } from './attack.ts';
import { Background } from './background.ts';
import { FirstAnswers } from './first-answers.ts';
import { MinuteRows } from './minute-rows.ts';
import { Answers, Rings } from './rings.ts';
import { ADDRESSES_OF_IPV6, backgroundPerHour, COUNTS, SPAN_MAX_MS } from './spans.ts';
import {
  FIRST_MEMBER,
  FIRST_MS,
  FIRST_PORTS,
  FIRST_TARGET,
  LAST_MS,
  PROTO,
  RING,
  STRETCH,
  STRETCH_ANSWERS,
  TRACK_SHIFT,
  Tracks,
} from './tracks.ts';

/** Sources that are remembered: 1 M of them take about 60 MB. */
const TRACKS_MAX = 1 << 20;
/** Of those, such that answered two of our addresses or more: 16 MB. */
const RINGS_MAX = 1 << 15;
/** Answers after which an attack goes on: so many in the last half hour. */
const GOES_ON_ANSWERS = 3;
const GOES_ON_MS = 1_800_000;
/** An answer in front of a window belongs to it when the gap is at most so many times the mean one. */
const EXTENDED_MEANS = 5;
/** Moments that a row tells of, when there were that many answers: evenly from its first packet to its last. */
const MOMENTS_PER_ROW_MAX = 8;
/** How often old sources are forgotten, and how old they are: short when there are many. */
const SWEEP_MS = 600_000;
const CROWDED = 0.75;
const SHORT_MS = 300_000;
/** The most frequent port must have this share of the answers, else the attack is on no port in particular. */
const PORT_SHARE = 0.25;

export interface WatchRules {
  /** Whether victims of one /24 (IPv6 /48) are watched together. */
  readonly byPrefix: boolean;
  /** How many times the background of one address is expected. */
  readonly backgrounds: number;
  readonly leastPlace: number;
  accepts(answers: Answers, from: number, to: number, addresses: number): boolean;
  readonly tracksMax?: number;
  readonly ringsMax?: number;
}

/** A source under attack that answered in this minute. Times in Unix ms. */
export interface Struck {
  readonly key: readonly [number, number, number, number];
  readonly proto: number;
  readonly ring: number;
  readonly attack: Attack;
  readonly first_ms: number;
  readonly last_ms: number;
  /** AS of the victim; 0 when not known. */
  readonly asn: number;
}

export class Watch {
  readonly tracks: Tracks;
  readonly rings: Rings;
  private readonly rules: WatchRules;
  private readonly rows: MinuteRows;
  private readonly firsts = new FirstAnswers();
  private readonly background = new Background();
  /** By number of ring. */
  private readonly attacks = new Map<number, Attack>();
  private readonly latest = new Answers();
  private answers = new Uint32Array(0);
  /** How each source's answers were counted. */
  private counted = new Uint8Array(0);
  private moments = new Float64Array(0);
  /** Background of the source that is looked at. */
  private perHour = 0;
  private base_ms = -1;
  private now_ms = 0;
  private swept_ms = 0;

  constructor(rules: WatchRules) {
    this.rules = rules;
    this.tracks = new Tracks(rules.tracksMax ?? TRACKS_MAX);
    this.rings = new Rings(rules.ringsMax ?? RINGS_MAX);
    this.rows = new MinuteRows(rules.byPrefix);
  }

  /**
   * @param isHeld whether a source that would raise an alarm is somebody else's to tell; since when its answers raise it
   */
  step(bin: Bin, isHeld: (ring: number, since_ms: number) => boolean): Struck[] {
    if (this.base_ms < 0) this.base_ms = bin.minute_ms;
    const now_ms = bin.minute_ms - this.base_ms;
    this.now_ms = now_ms;
    this.sweep(now_ms);
    this.firsts.turn(bin.minute_ms);
    const stretch = this.background.turn(now_ms);
    const { rows, tracks } = this;
    rows.gather(bin.flows, tracks);
    if (this.answers.length < rows.rows.length) {
      this.answers = new Uint32Array(rows.rows.length);
      this.counted = new Uint8Array(rows.rows.length);
    }
    for (let place = 0; place < rows.count; place++) this.learn(bin.flows, place, now_ms, stretch);
    const struck: Struck[] = [];
    for (let place = 0; place < rows.count; place++) {
      const ring = tracks.words[(rows.tracks[place] << TRACK_SHIFT) + RING];
      if (ring === 0 || this.rings.count(ring) < COUNTS[this.rules.leastPlace]) continue;
      const one = this.judge(bin, place, ring, now_ms, isHeld);
      if (one !== undefined) struck.push(one);
    }
    return struck;
  }

  /** Counts a source's first answers and keeps them. */
  private learn(flows: FlowBatch, place: number, now_ms: number, stretch: number): void {
    const { tracks, rings, answers, background } = this;
    const { words } = tracks;
    const { rows, starts } = this.rows;
    const track = this.rows.tracks[place];
    const at = track << TRACK_SHIFT;
    const [from, to] = [starts[place], starts[place + 1]];
    this.counted[place] = this.countFirsts(flows, track, from, to);
    if (words[at + STRETCH] !== stretch) words[at + STRETCH_ANSWERS] = 0;
    words[at + STRETCH] = stretch;
    let sum = 0;
    for (let which = from; which < to; which++) {
      const count = answers[which];
      if (count === 0) continue;
      sum += count;
      const row = rows[which];
      const first_ms = now_ms + Math.floor(flows.first_us[row] / 1000);
      const ring = words[at + RING];
      // One for the row: its other answers went to the same address.
      if (ring !== 0) {
        rings.push(ring, first_ms, addressWord(flows.dst, row * 4), portsOf(flows, row), memberOf(flows, row));
      }
      words[at + LAST_MS] = Math.max(words[at + LAST_MS], first_ms + Math.floor(flows.duration_us[row] / 1000) + 1);
    }
    if (sum === 0) return;
    const port = attackedPort(flows, rows[from]);
    const before = words[at + STRETCH_ANSWERS];
    // What goes on answering one of ours is not what a victim must stand out of.
    const after = words[at + RING] === 0 ? 1 : before + sum;
    background.note(words[at + PROTO], port, before, after);
    background.noteMinute(words[at + PROTO], port, Math.max(1, after - before));
    words[at + STRETCH_ANSWERS] = after;
  }

  /** First answers of a source's rows; gives the source a ring when it answers a second one of our addresses. */
  private countFirsts(flows: FlowBatch, track: number, from: number, to: number): number {
    const { rows } = this.rows;
    const { words } = this.tracks;
    const at = track << TRACK_SHIFT;
    if (words[at + LAST_MS] === 0) this.keepFirst(flows, at, rows[from]);
    const isRinged = words[at + RING] !== 0 || this.promote(flows, track, from, to);
    if (isRinged) return COUNTED[this.firsts.count(flows, rows, from, to, this.answers)];
    countOfOneTarget(flows, rows, from, to, this.answers, words[at + LAST_MS] === 0 ? 0 : words[at + FIRST_PORTS]);
    return COUNTED.plain;
  }

  private keepFirst(flows: FlowBatch, at: number, row: number): void {
    const { words } = this.tracks;
    words[at + FIRST_MS] = Math.floor(flows.first_us[row] / 1000) + this.now_ms;
    words[at + FIRST_TARGET] = addressWord(flows.dst, row * 4);
    words[at + FIRST_PORTS] = portsOf(flows, row);
    words[at + FIRST_MEMBER] = memberOf(flows, row);
  }

  /** Whether the source gets a ring now. What it answered before this minute is the ring's first. */
  private promote(flows: FlowBatch, track: number, from: number, to: number): boolean {
    const { rings } = this;
    const { rows } = this.rows;
    const { words } = this.tracks;
    const at = track << TRACK_SHIFT;
    let which = from;
    while (which < to && addressWord(flows.dst, rows[which] * 4) === words[at + FIRST_TARGET]) which++;
    if (which === to) return false;
    const ring = rings.take(track);
    if (ring === 0) return false;
    words[at + RING] = ring;
    if (words[at + LAST_MS] === 0) return true;
    const [target, ports, member] = [words[at + FIRST_TARGET], words[at + FIRST_PORTS], words[at + FIRST_MEMBER]];
    rings.push(ring, words[at + FIRST_MS], target, ports, member);
    this.firsts.meet(member, target, ports);
    return true;
  }

  private judge(
    bin: Bin,
    place: number,
    ring: number,
    now_ms: number,
    isHeld: (ring: number, since_ms: number) => boolean,
  ): Struck | undefined {
    const { rings, latest, tracks, attacks } = this;
    const count = rings.read(ring, latest);
    if (latest.times_ms[count - 1] < now_ms) return undefined;
    const track = this.rows.tracks[place];
    const known = attacks.get(ring);
    if (known !== undefined && now_ms - latest.times_ms[Math.max(0, count - GOES_ON_ANSWERS)] > GOES_ON_MS) {
      attacks.delete(ring);
      return undefined;
    }
    const start = known === undefined ? extended(latest, this.findStart(bin, track, count, now_ms), count) : 0;
    if (start < 0 || (known === undefined && isHeld(ring, latest.times_ms[start]))) return undefined;
    const attack = known ?? this.begin(ring, track, start, count, now_ms);
    const seen = this.feed(bin.flows, place, now_ms, known === undefined ? this.onset(start, now_ms) : now_ms, attack);
    const [w0, w1, w2, w3, proto] = tracks.words.subarray(track << TRACK_SHIFT);
    return { key: [w0, w1, w2, w3], proto, ring, attack, ...seen };
  }

  /** Where in `latest` the window begins that is too much; -1 without one. */
  private findStart(bin: Bin, track: number, count: number, now_ms: number): number {
    const { latest, rules, tracks } = this;
    const [w0, w1, , , proto] = tracks.words.subarray(track << TRACK_SHIFT);
    const is4 = w0 === 0 && w1 === 0;
    const addresses = is4 ? bin.exposure.addresses : ADDRESSES_OF_IPV6;
    const services = this.background.perHour(proto, latest.ports[count - 1] & 0xffff, addresses);
    this.perHour = (backgroundPerHour(addresses) + services) * rules.backgrounds;
    const size = is4 ? Math.max(1, addresses) : Number.POSITIVE_INFINITY;
    const accepts: AlarmRules['accepts'] = (answers, from, to) => rules.accepts(answers, from, to, size);
    return findAlarm(latest, count, now_ms, this.perHour, { leastPlace: rules.leastPlace, accepts });
  }

  /** An attack with the answers of the minutes before, from the `start`-th on. */
  private begin(ring: number, track: number, start: number, count: number, now_ms: number): Attack {
    const { latest, tracks } = this;
    const [port, share] = mainPort(latest, start, count);
    const aspect = serviceName(tracks.words[(track << TRACK_SHIFT) + PROTO], share >= PORT_SHARE ? port : undefined);
    const span_s = (latest.times_ms[count - 1] - latest.times_ms[start]) / 1000;
    const attack = new Attack(aspect, { answers: count - start, span_s, background_per_hour: this.perHour });
    let before = start;
    for (; before < count && latest.times_ms[before] < now_ms; before++) {
      attack.meet(latest.targets[before], latest.members[before]);
      attack.meetPort(latest.ports[before] >>> 16);
      attack.packets++;
    }
    attack.note(Float64Array.from(latest.times_ms.subarray(start, before)), before - start, COUNTED.plain);
    this.attacks.set(ring, attack);
    return attack;
  }

  /** Where the minute's share of a new attack begins: what a ring has no room for came before its window. */
  private onset(start: number, now_ms: number): number {
    return start === 0 ? now_ms : this.latest.times_ms[start];
  }

  /** Tells an attack the minute's rows from `onset_ms` on. */
  private feed(
    flows: FlowBatch,
    place: number,
    now_ms: number,
    onset_ms: number,
    attack: Attack,
  ): Pick<Struck, 'first_ms' | 'last_ms' | 'asn'> {
    const { rows, starts } = this.rows;
    const [from, to] = [starts[place], starts[place + 1]];
    const room = (to - from) * MOMENTS_PER_ROW_MAX;
    if (this.moments.length < room) this.moments = new Float64Array(room);
    let [first_ms, last_ms, moments, answers] = [Number.POSITIVE_INFINITY, 0, 0, 0];
    for (let at = from; at < to; at++) {
      const row = rows[at];
      const from_ms = now_ms + flows.first_us[row] / 1000;
      if (Math.floor(from_ms) < onset_ms) continue;
      const to_ms = from_ms + flows.duration_us[row] / 1000;
      attack.packets += flows.packets[row];
      first_ms = Math.min(first_ms, from_ms);
      last_ms = Math.max(last_ms, to_ms);
      if (this.answers[at] === 0) continue;
      answers += this.answers[at];
      attack.meet(addressWord(flows.dst, row * 4), memberOf(flows, row));
      if (hasClientPort(flows, row)) {
        attack.meetPort(flows.client_port_min[row]);
        attack.meetPort(flows.client_port_min[row] + flows.client_port_spread[row]);
      }
      const many = Math.min(MOMENTS_PER_ROW_MAX, this.answers[at]);
      for (let one = 0; one < many; one++) {
        this.moments[moments++] = many === 1 ? from_ms : from_ms + ((to_ms - from_ms) * one) / (many - 1);
      }
    }
    attack.note(this.moments.subarray(0, moments).sort(), answers, this.counted[place]);
    const row = rows[starts[place]];
    const asn = flows.class[row] === CLASS_BACKSCATTER ? flows.victim_asn[row] : flows.asn[row];
    return { first_ms: this.base_ms + Math.floor(first_ms), last_ms: this.base_ms + Math.floor(last_ms), asn };
  }

  /** Forgets what is old; more when there is much of it. */
  private sweep(now_ms: number): void {
    const isCrowded = (): boolean =>
      this.tracks.count > CROWDED * (this.rules.tracksMax ?? TRACKS_MAX) ||
      this.rings.used > CROWDED * (this.rules.ringsMax ?? RINGS_MAX);
    if (now_ms - this.swept_ms < SWEEP_MS && !isCrowded()) return;
    this.swept_ms = now_ms;
    for (const ring of this.attacks.keys()) {
      const last_ms = this.tracks.words[(this.rings.trackOf[ring] << TRACK_SHIFT) + LAST_MS];
      if (now_ms - last_ms > GOES_ON_MS) this.attacks.delete(ring);
    }
    this.forget(now_ms - SPAN_MAX_MS);
    if (isCrowded()) this.forget(now_ms - SHORT_MS);
    if (isCrowded()) this.forget(now_ms + 1);
  }

  /** Forgets who has not answered since, but for attacks. */
  private forget(since_ms: number): void {
    const { tracks, rings, attacks } = this;
    const keeps = (track: number): boolean => {
      const at = track << TRACK_SHIFT;
      return tracks.words[at + LAST_MS] > since_ms || attacks.has(tracks.words[at + RING]);
    };
    for (let ring = 1; ring < rings.top; ring++) {
      const track = rings.trackOf[ring];
      if (track < 0 || keeps(track)) continue;
      rings.release(ring);
      tracks.words[(track << TRACK_SHIFT) + RING] = 0;
    }
    tracks.retain(keeps, (_, to) => {
      const ring = tracks.words[(to << TRACK_SHIFT) + RING];
      if (ring !== 0) rings.trackOf[ring] = to;
    });
  }
}

/** The same as FirstAnswers for a source of one target, of which all that is remembered are the ports of its first answer. */
function countOfOneTarget(
  flows: FlowBatch,
  rows: Uint32Array,
  from: number,
  to: number,
  answers: Uint32Array,
  firstPorts: number,
): void {
  for (let which = from; which < to; which++) {
    const row = rows[which];
    if (!isRepeatable(flows, row)) answers[which] = flows.packets[row];
    else if (flows.client_port_spread[row] > 0) answers[which] = 2;
    else answers[which] = portsOf(flows, row) === firstPorts ? 0 : 1;
  }
}

/** The beginning of a window, moved back over answers that are as close together as those in it. */
function extended({ times_ms }: Answers, start: number, count: number): number {
  if (start < 0) return start;
  const mean_ms = (times_ms[count - 1] - times_ms[start]) / (count - start);
  let first = start;
  while (first > 0 && times_ms[first] - times_ms[first - 1] <= EXTENDED_MEANS * mean_ms) first--;
  return first;
}

/** Forged port in the upper half, 0 when not known; attacked port in the lower. Several forged ports are mixed into one. */
function portsOf(flows: FlowBatch, row: number): number {
  const attacked = attackedPort(flows, row);
  if (!hasClientPort(flows, row)) return attacked;
  const port = flows.client_port_min[row];
  const spread = flows.client_port_spread[row];
  const forged = spread === 0 ? port : mix(port, spread) | 1;
  return ((forged << 16) | attacked) >>> 0;
}

function memberOf(flows: FlowBatch, row: number): number {
  return addressWord(isQuoted(flows, row) ? flows.quoted_dst : flows.src, row * 4);
}

/** The most frequent attacked port (the least of several), and its share. */
function mainPort(answers: Answers, from: number, to: number): [port: number, share: number] {
  const counts = new Map<number, number>();
  for (let place = from; place < to; place++) {
    const port = answers.ports[place] & 0xffff;
    counts.set(port, (counts.get(port) ?? 0) + 1);
  }
  const [[port, count]] = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return [port, count / (to - from)];
}
