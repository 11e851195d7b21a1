/**
 * A planned capture that is written piece by piece: the streams of all actors merged in time order into pcap records.
 * Pure: no clock, no file; memory is the plan's (bounded) whatever the number of packets.
 */
import { PCAP_HEADER_BYTES, PCAP_RECORD_BYTES, writePcapHeader, writePcapRecord } from '@noroshi/wire/capture/pcap.ts';
import { LINK_ETHERNET } from '@noroshi/wire/net/linktype.ts';
import { ACTORS } from './actors/all.ts';
import { FRAME_BYTES_MAX } from './craft/pen.ts';
import { type RecordShape, Slices } from './craft/slice.ts';
import { Telescope } from './craft/telescope.ts';
import type { Settings } from './options.ts';
import { type Hired, plan } from './plan.ts';
import { type Truth, type TruthEvent, totalsOf, TRUTH_SCHEMA } from './truth.ts';

/** Least room that {@link Simulation.writeTo} works with. */
export const ROOM_MIN = PCAP_RECORD_BYTES + FRAME_BYTES_MAX;
const BATCH_BYTES = 4 << 20;
/** What a capture cut at its end still has of a record: the header and a few bytes of 60. */
const CUT_RECORD = { captured: 60, there: 17 };

export class Simulation {
  readonly settings: Settings;
  /** Complete records and bytes written so far. */
  packets = 0;
  bytes = 0;
  private readonly telescope: Telescope;
  private readonly hired: readonly Hired[];
  private readonly shape: RecordShape;
  private readonly slices: Slices;
  private isHeadWritten = false;
  private isEnded = false;

  constructor(settings: Settings) {
    const { start_s, duration_s, snap_bytes, resolution } = settings;
    this.settings = settings;
    this.telescope = new Telescope(settings.prefixes);
    this.hired = plan(settings, this.telescope, ACTORS);
    this.shape = { start_s, snap_bytes, perSecond: resolution === 'ns' ? 1e9 : 1e6 };
    this.slices = new Slices(
      this.hired.flatMap(({ act }) => act.streams),
      duration_s,
      this.shape,
    );
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
  writeTo(out: Uint8Array): number {
    if (out.length < ROOM_MIN) throw new RangeError(`Cannot write to ${out.length} bytes: ${ROOM_MIN} are needed`);
    const data = new DataView(out.buffer, out.byteOffset, out.byteLength);
    const last = out.length - ROOM_MIN;
    let at = this.isHeadWritten ? 0 : this.writeHead(data);
    while (at <= last && this.slices.advance()) {
      const before = this.slices.given;
      at = this.slices.copy(data, at, last);
      this.packets += this.slices.given - before;
    }
    if (at <= last && !this.isEnded) at = this.writeEnd(data, at);
    this.bytes += at;
    return at;
  }

  /** The whole pcap file in pieces of up to 4 MiB, all in one buffer: a piece is good until the next is asked for. */
  *batches(): Generator<Uint8Array, void, void> {
    const buffer = new Uint8Array(BATCH_BYTES);
    for (let length = this.writeTo(buffer); length > 0; length = this.writeTo(buffer)) yield buffer.subarray(0, length);
  }

  /**
   * What happens in the capture. Ends of events and sums are final when all bytes have been written.
   */
  truth(): Truth {
    const { settings } = this;
    let stream = 0;
    const events = this.hired.map((hired) => this.eventAt(hired, stream, (stream += hired.act.streams.length)));
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

  /** The event of the streams `from` … `to` − 1. */
  private eventAt({ actor, id, net, packets, act }: Hired, from: number, to: number): TruthEvent {
    const start = this.epoch(Math.min(...this.slices.first_s.subarray(from, to)));
    const end = this.epoch(Math.max(...this.slices.last_s.subarray(from, to)));
    return { kind: actor.kind, id, actor: actor.name, net, start, end, packets, ...act.detail };
  }

  /** Epoch seconds as the capture holds them: cut off to its resolution. */
  private epoch(time_s: number): number {
    const whole = Math.floor(time_s);
    return this.settings.start_s + whole + Math.floor((time_s - whole) * this.shape.perSecond) / this.shape.perSecond;
  }

  private writeHead(data: DataView): number {
    const { snap_bytes, resolution } = this.settings;
    const unit_ns = resolution === 'ns' ? 1 : 1000;
    writePcapHeader(data, 0, { littleEndian: true, unit_ns, link: LINK_ETHERNET, snapBytes: snap_bytes });
    this.isHeadWritten = true;
    return PCAP_HEADER_BYTES;
  }

  private writeEnd(data: DataView, at: number): number {
    this.isEnded = true;
    if (!this.settings.damageFile) return at;
    const { start_s, duration_s } = this.settings;
    const { captured, there } = CUT_RECORD;
    writePcapRecord(data, at, true, Math.floor(start_s + duration_s), 0, captured, captured);
    for (let byte = 0; byte < there; byte++) data.setUint8(at + PCAP_RECORD_BYTES + byte, 0);
    return at + PCAP_RECORD_BYTES + there;
  }
}
