/**
 * What an actor is: a kind of sender with its header facts, one file under actors/. The plan hires an actor several times;
 * each time it gets a {@link Part} — who it may be, when, how many packets — and answers with an {@link Act}: what the truth
 * shall say, and streams of packets that add up to exactly that many.
 */
import { Arrivals } from './craft/arrivals.ts';
import type { Net, Template } from './craft/frame.ts';
import type { Pen } from './craft/pen.ts';
import { Host } from './craft/prefix.ts';
import type { Random } from './craft/random.ts';
import { type Region, settleHost } from './craft/space.ts';
import type { Telescope } from './craft/telescope.ts';
import { rhythmicWindow, type Window } from './craft/window.ts';
import type { Rhythm } from './options.ts';
import type { EventDetail, EventKind } from './truth.ts';

/** Writes the next packet at the pen. Runs per packet: no allocation. */
export type Writer = (pen: Pen) => void;

export interface Stream {
  readonly packets: number;
  readonly arrivals: Arrivals;
  /** What the arrivals lie in. */
  readonly window: Window;
  /** Added to every arrival. */
  readonly delay_s: number;
  readonly write: Writer;
}

export interface Act {
  readonly detail: EventDetail;
  readonly streams: readonly Stream[];
}

export interface Actor {
  /** Stable: it stands in truth files, in `mix`, and begins an event's id. */
  readonly name: string;
  readonly kind: EventKind;
  readonly sentence: string;
  /** Share of the packets of scenario `telescope`, relative to the other actors. */
  readonly weight: number;
  /** Where it takes part; default everywhere but `unique` and `repeats`. `world`: in no scenario, only where time goes on (world/). */
  readonly only?: 'responding' | 'unique' | 'repeats' | 'world';
  /** True for what `quiet` leaves out. */
  readonly attack?: true;
  readonly nets: readonly Net[];
  /** Packets of one instance, typically: decides how many instances there are. */
  readonly packets_typical: number;
  readonly instances_max?: number;
  /** How long an instance is at work, in seconds; cut to the capture. */
  readonly span_s: readonly [number, number];
  readonly perform: (part: Part) => Act;
}

/** How far from us a host may be: hops that a TTL loses on its way. */
const HOPS_MIN = 5;
const HOPS_MAX = 24;

export class Part {
  /** Draws of this instance's planning; fork it for anything that runs per packet. */
  readonly random: Random;
  readonly net: Net;
  readonly packets: number;
  readonly start_s: number;
  readonly end_s: number;
  readonly telescope: Telescope;
  /** Epoch seconds of the capture's beginning. */
  readonly epoch_s: number;
  private readonly rhythm: Rhythm;

  constructor(
    random: Random,
    telescope: Telescope,
    capture: { readonly start_s: number; readonly rhythm: Rhythm },
    share: { readonly net: Net; readonly packets: number; readonly start_s: number; readonly end_s: number },
  ) {
    this.random = random;
    this.telescope = telescope;
    this.epoch_s = capture.start_s;
    this.rhythm = capture.rhythm;
    this.net = share.net;
    this.packets = share.packets;
    this.start_s = share.start_s;
    this.end_s = share.end_s;
  }

  /** A new source or victim. */
  host(region?: Region): Host {
    return settleHost(this.random, this.net, new Host(), region);
  }

  hops(): number {
    return this.random.between(HOPS_MIN, HOPS_MAX);
  }

  /** All packets in one Poisson stream. */
  stream(write: Writer, window: Window = this.window()): Stream[] {
    const { packets } = this;
    return [{ packets, arrivals: new Arrivals(this.random.fork(), packets, window), window, delay_s: 0, write }];
  }

  /** All packets of one template, from one host to our addresses; `finish` writes what else differs, and seals. */
  aimed(template: Template, source: Host, finish: (pen: Pen, draws: Random, target: Host) => void): Stream[] {
    const { net, telescope } = this;
    const draws = this.random.fork();
    const target = new Host();
    return this.stream((pen) => {
      pen
        .stamp(template)
        .from(source)
        .to(telescope.pick(draws, net, target))
        .id(draws.half());
      finish(pen, draws, target);
    });
  }

  /**
   * Flows of several packets: every stream walks the same flows (`flow` draws the same numbers in each), the n-th one
   * `delays_s[n]` later. Delays that do not fit into half of the instance's time are left out.
   * @param make the writer of the n-th packets
   */
  echoes(
    delays_s: readonly number[],
    make: (flow: Random, turn: number) => Writer,
    windowOf = this.windowOf,
  ): Stream[] {
    const fitting = delays_s.filter((delay_s, turn) => turn === 0 || delay_s <= (this.end_s - this.start_s) / 2);
    const window = windowOf(this.start_s, this.end_s - Math.max(...fitting));
    const times = this.random.fork();
    const flow = this.random.fork();
    const flows = this.flowsOf(fitting.length);
    return fitting
      .map((delay_s, turn) => ({
        packets: Math.floor((this.packets + fitting.length - 1 - turn) / fitting.length),
        arrivals: new Arrivals(times.copy(), flows, window),
        window,
        delay_s,
        write: make(flow.copy(), turn),
      }))
      .filter((stream) => stream.packets > 0);
  }

  /** Flows when each has `turns` packets. */
  flowsOf(turns: number): number {
    return Math.ceil(this.packets / turns);
  }

  window(): Window {
    return this.windowOf(this.start_s, this.end_s);
  }

  private readonly windowOf = (start_s: number, end_s: number): Window =>
    rhythmicWindow(start_s, end_s, this.rhythm, this.epoch_s);
}
