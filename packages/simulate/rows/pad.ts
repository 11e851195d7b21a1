/** What senders write a minute with: its time, our addresses, rows that packets of the same key join, and sums for the truth. */
import { gamma, poisson, type Random } from '../craft/random.ts';
import type { FaceName } from './face.ts';
import { type Life, rhythm, timeOf, worked } from './life.ts';
import type { Sheet } from './sheet.ts';

const MINUTE_S = 60;

/** A packet that comes, and comes again later; moved from packet to packet. */
export class Flow {
  face: FaceName = 'syn-linux';
  src = 0;
  dst = 0;
  servicePort = 0;
  clientPort = 0;
  ttl = 64;
  bits = 0;
  quoted = 0;
  quotedPort = 0;
  /** Tells rows of one sender and minute apart. */
  key = 0;
}

/** What a sender did in the minutes that were made so far. */
export interface Tally {
  packets: number;
  answers: number;
  first_s: number;
  last_s: number;
}

/** A sender whose packets come at random; each is sent again after `delays_s` (ascending, without 0). */
export interface Spray {
  readonly life: Life;
  /** First packets a minute at work. */
  readonly rate_pm: number;
  readonly delays_s: readonly number[];
  readonly isRhythmic: boolean;
  /** Minutes swing more than chance alone makes them: by a gamma distribution of this shape. */
  readonly roughness?: number;
  readonly draw: (flow: Flow, random: Random) => void;
}

export class Pad {
  readonly sheet: Sheet;
  /** How many of our addresses there are. */
  readonly addresses: number;
  /** The minute that is being made, seconds since 1970. */
  minute_s = 0;
  tally: Tally = { packets: 0, answers: 0, first_s: 0, last_s: 0 };
  private readonly flow = new Flow();
  private readonly rows = new Map<number, number>();

  constructor(sheet: Sheet, addresses: number) {
    this.sheet = sheet;
    this.addresses = addresses;
  }

  /**
   * The minute of a spray. Its last seconds have a generator of their own, because their repetitions reach into the next minute,
   * which draws them once more.
   * @param generator of a minute (seconds since 1970) and a part of it: the same for the same
   */
  spray(spray: Spray, generator: (minute_s: number, part: number) => Random): void {
    const { minute_s } = this;
    const end_s = minute_s + MINUTE_S;
    const reach_s = spray.delays_s.at(-1) ?? 0;
    this.rows.clear();
    if (reach_s > 0) this.part(spray, generator(minute_s - MINUTE_S, 1), minute_s - reach_s, minute_s);
    this.part(spray, generator(minute_s, 0), minute_s, end_s - reach_s);
    if (reach_s > 0) this.part(spray, generator(minute_s, 1), end_s - reach_s, end_s);
  }

  /** Adds a row that no other packet joins. */
  single(flow: Flow, time_s: number): number {
    const at_us = Math.min(MINUTE_S * 1e6 - 1, Math.max(0, Math.floor((time_s - this.minute_s) * 1e6)));
    const row = this.sheet.add(flow.face, flow.src, flow.dst, flow.servicePort, flow.clientPort, at_us);
    this.sheet.head(row, flow.ttl, flow.bits);
    if (flow.quoted !== 0) this.sheet.quote(row, flow.quoted, flow.quotedPort);
    this.count(time_s);
    return row;
  }

  private part(spray: Spray, random: Random, from_s: number, to_s: number): void {
    const { life, delays_s, isRhythmic, rate_pm, roughness, draw } = spray;
    const swing = roughness === undefined ? 1 : gamma(random, roughness) / roughness;
    const busy = swing * (isRhythmic ? rhythm(from_s) : 1);
    const work_s = worked(life, from_s, to_s);
    if (work_s <= 0) return;
    const { flow, minute_s } = this;
    const end_s = minute_s + MINUTE_S;
    flow.quoted = 0;
    flow.quotedPort = 0;
    for (let left = poisson(random, (rate_pm * busy * work_s) / MINUTE_S); left > 0; left--) {
      const time_s = timeOf(life, from_s, to_s, random.unit());
      draw(flow, random);
      if (time_s >= minute_s) {
        this.put(flow, time_s);
        this.tally.answers++;
      }
      for (const delay_s of delays_s) {
        const again_s = time_s + delay_s;
        if (again_s >= minute_s && again_s < end_s) this.put(flow, again_s);
      }
    }
  }

  private put(flow: Flow, time_s: number): void {
    const row = this.rows.get(flow.key);
    if (row === undefined) {
      this.rows.set(flow.key, this.single(flow, time_s));
      return;
    }
    this.sheet.join(row, flow.clientPort, Math.floor((time_s - this.minute_s) * 1e6));
    this.count(time_s);
  }

  private count(time_s: number): void {
    const { tally } = this;
    if (tally.packets++ === 0) {
      tally.first_s = time_s;
      tally.last_s = time_s;
    }
    if (time_s < tally.first_s) tally.first_s = time_s;
    if (time_s > tally.last_s) tally.last_s = time_s;
  }
}
