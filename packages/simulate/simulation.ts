/**
 * A planned capture that is written piece by piece: the streams of all actors merged in time order into pcap records.
 * Pure: no clock, no file; memory is the plan's (bounded) whatever the number of packets.
 */
import { PCAP_HEADER_BYTES, PCAP_RECORD_BYTES, writePcapHeader, writePcapRecord } from '@noroshi/wire/capture/pcap.ts';
import { LINK_ETHERNET } from '@noroshi/wire/net/linktype.ts';
import type { Stream } from './actor.ts';
import { ACTORS } from './actors/all.ts';
import { Heap } from './craft/heap.ts';
import { FRAME_BYTES_MAX, Pen } from './craft/pen.ts';
import { Telescope } from './craft/telescope.ts';
import type { Settings } from './options.ts';
import { type Hired, plan } from './plan.ts';
import { type Truth, type TruthEvent, totalsOf, TRUTH_SCHEMA } from './truth.ts';

/** Least room that {@link Simulation.fill} works with. */
export const ROOM_MIN = PCAP_RECORD_BYTES + FRAME_BYTES_MAX;
const BATCH_BYTES = 4 << 20;
/** What a capture cut at its end still has of a record: the header and a few bytes of 60. */
const CUT_RECORD = { captured: 60, there: 17 };

/** First and last packet of an event, seconds since the capture's beginning. */
interface Times {
  first_s: number;
  last_s: number;
}

export class Simulation {
  readonly settings: Settings;
  /** Complete records and bytes written so far. */
  packets = 0;
  bytes = 0;
  private readonly telescope: Telescope;
  private readonly hired: readonly Hired[];
  private readonly streams: readonly Stream[];
  private readonly left: Float64Array;
  private readonly eventOf: Int32Array;
  private readonly times: readonly Times[];
  private readonly heap: Heap;
  private readonly pen = new Pen();
  private isHeadWritten = false;
  private isEnded = false;

  constructor(settings: Settings) {
    this.settings = settings;
    this.telescope = new Telescope(settings.prefixes);
    this.hired = plan(settings, this.telescope, ACTORS);
    this.streams = this.hired.flatMap(({ act }) => act.streams);
    this.left = Float64Array.from(this.streams, (stream) => stream.packets);
    this.eventOf = Int32Array.from(this.hired.flatMap(({ act }, event) => act.streams.map(() => event)));
    this.times = this.hired.map(() => ({ first_s: Infinity, last_s: 0 }));
    this.heap = new Heap(this.streams.length);
    for (const [index, stream] of this.streams.entries()) {
      const time = stream.arrivals.next() + stream.delay_s;
      const times = this.times[this.eventOf[index]];
      times.first_s = Math.min(times.first_s, time);
      this.heap.push(time, index);
    }
  }

  /** Packets that the whole capture will have. */
  get packetsTotal(): number {
    return this.settings.packets;
  }

  /**
   * Writes the next bytes of the pcap file into `out`, whole records only, and returns their number; 0 at the end. The same
   * bytes come out whatever the sizes of the buffers.
   * @throws RangeError when `out` is smaller than {@link ROOM_MIN}
   */
  fill(out: Uint8Array): number {
    if (out.length < ROOM_MIN) throw new RangeError(`Cannot fill ${out.length} bytes: ${ROOM_MIN} are needed`);
    this.pen.take(out);
    let at = 0;
    if (!this.isHeadWritten) at = this.writeHead();
    at = this.writeRecords(at, out.length - ROOM_MIN);
    if (this.heap.size === 0 && !this.isEnded && at <= out.length - ROOM_MIN) at = this.writeEnd(at);
    this.bytes += at;
    return at;
  }

  /** The whole pcap file in pieces of up to 4 MiB, all in one buffer: a piece is good until the next is asked for. */
  *batches(): Generator<Uint8Array, void, void> {
    const buffer = new Uint8Array(BATCH_BYTES);
    for (let length = this.fill(buffer); length > 0; length = this.fill(buffer)) yield buffer.subarray(0, length);
  }

  /**
   * What happens in the capture. Ends of events and sums are final when all bytes have been written.
   */
  truth(): Truth {
    const { settings } = this;
    const events = this.hired.map((hired, index) => this.eventAt(hired, this.times[index]));
    const header = {
      schema: TRUTH_SCHEMA,
      seed: settings.seed,
      scenario: settings.scenario,
      start_s: settings.start_s,
      duration_s: settings.duration_s,
      prefixes: settings.prefixes.map(({ text }) => text),
      addresses4: this.telescope.addresses4,
      rhythm: settings.rhythm,
      resolution: settings.resolution,
      snap_bytes: settings.snap_bytes,
      mix: settings.mix,
      only: settings.only,
      packets: this.packets,
      bytes: this.bytes,
      cut_at_end: settings.damageFile,
      totals: totalsOf(events),
    } as const;
    return { header, events };
  }

  private eventAt({ actor, id, net, packets, act }: Hired, { first_s, last_s }: Times): TruthEvent {
    const start = this.epoch(first_s);
    const end = Math.max(start, this.epoch(last_s));
    return { kind: actor.kind, id, actor: actor.name, net, start, end, packets, ...act.detail };
  }

  /** Epoch seconds as the capture holds them: cut off to its resolution. */
  private epoch(time_s: number): number {
    const whole = Math.floor(time_s);
    return this.settings.start_s + whole + Math.floor((time_s - whole) * this.perSecond) / this.perSecond;
  }

  private get perSecond(): number {
    return this.settings.resolution === 'ns' ? 1e9 : 1e6;
  }

  private writeHead(): number {
    const { snap_bytes, resolution } = this.settings;
    const unit_ns = resolution === 'ns' ? 1 : 1000;
    const format = { littleEndian: true, unit_ns, link: LINK_ETHERNET, snapBytes: snap_bytes };
    writePcapHeader(this.pen.data, 0, format);
    this.isHeadWritten = true;
    return PCAP_HEADER_BYTES;
  }

  /** The hot loop: up to the first record that begins behind `last`. */
  private writeRecords(from: number, last: number): number {
    const { heap, streams, left, pen } = this;
    const { start_s, snap_bytes } = this.settings;
    const perSecond = this.perSecond;
    let at = from;
    let packets = 0;
    while (heap.size > 0 && at <= last) {
      const index = heap.first;
      const time = heap.firstTime;
      const stream = streams[index];
      pen.at = at + PCAP_RECORD_BYTES;
      stream.write(pen, time);
      const kept = pen.keptBytes < snap_bytes ? pen.keptBytes : snap_bytes;
      const whole = Math.floor(time);
      writePcapRecord(pen.data, at, true, start_s + whole, Math.floor((time - whole) * perSecond), kept, pen.wireBytes);
      at += PCAP_RECORD_BYTES + kept;
      packets++;
      if (--left[index] > 0) heap.again(stream.arrivals.next() + stream.delay_s);
      else this.endStream(index, time);
    }
    this.packets += packets;
    return at;
  }

  private endStream(index: number, time: number): void {
    const times = this.times[this.eventOf[index]];
    times.last_s = Math.max(times.last_s, time);
    this.heap.drop();
  }

  private writeEnd(at: number): number {
    this.isEnded = true;
    if (!this.settings.damageFile) return at;
    const { start_s, duration_s } = this.settings;
    const end_s = Math.floor(start_s + duration_s);
    writePcapRecord(this.pen.data, at, true, end_s, 0, CUT_RECORD.captured, CUT_RECORD.captured);
    this.pen.bytes.fill(0, at + PCAP_RECORD_BYTES, at + PCAP_RECORD_BYTES + CUT_RECORD.there);
    return at + PCAP_RECORD_BYTES + CUT_RECORD.there;
  }
}
