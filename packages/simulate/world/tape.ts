/** The packets of a world from a moment on, as one pcap stream that is read piece by piece. */
import { PCAP_HEADER_BYTES, PCAP_RECORD_BYTES, writePcapHeader } from '@noroshi/wire/capture/pcap.ts';
import { LINK_ETHERNET } from '@noroshi/wire/net/linktype.ts';
import type { Slices } from '../craft/slice.ts';
import { ROOM_MIN } from '../simulation.ts';

/** Where slices come from. */
export interface SliceSource {
  slice(number: number): Slices;
}

/** Length of a slice: what is generated in one piece. */
export const SLICE_S = 6 * 3600;
/** A piece has at most this many bytes. */
const PIECE_BYTES = 1 << 20;

export class Tape {
  private readonly source: SliceSource;
  /** Everything before has been given or left out, Unix µs. */
  private at_us: number;
  private isHeadWritten: boolean;
  private number: number;
  private slice: Slices | undefined;
  /** Records of the current slice that were copied and not given yet. */
  private readonly buffer = new Uint8Array(PIECE_BYTES);
  private readonly data = new DataView(this.buffer.buffer);
  private from = 0;
  private to = 0;

  constructor(source: SliceSource, from_ms: number, isContinued: boolean) {
    this.source = source;
    this.isHeadWritten = isContinued;
    this.at_us = from_ms * 1000;
    this.number = Math.floor(from_ms / (SLICE_S * 1000));
  }

  /** All packets before `to_ms` that were not given yet, in pieces; each is good until the next is asked for. */
  *until(to_ms: number): Generator<Uint8Array, void, void> {
    if (!this.isHeadWritten) yield this.head();
    const to_us = to_ms * 1000;
    while (this.number * SLICE_S * 1e6 < to_us) {
      yield* this.fromSlice(to_us);
      if ((this.number + 1) * SLICE_S * 1e6 > to_us) break;
      this.number++;
      this.slice = undefined;
    }
    this.at_us = Math.max(this.at_us, to_us);
  }

  private *fromSlice(to_us: number): Generator<Uint8Array, void, void> {
    this.slice ??= this.source.slice(this.number);
    for (;;) {
      if (this.from === this.to && !this.refill(this.slice)) return;
      const start = this.passOver(this.from, this.at_us);
      const end = this.passOver(start, to_us);
      this.from = end;
      if (end > start) yield this.buffer.subarray(start, end);
      if (end < this.to) return;
    }
  }

  /** Offset of the first record from `from` on that is not before `time_us`. */
  private passOver(from: number, time_us: number): number {
    let at = from;
    while (at < this.to && this.timeAt(at) < time_us) at += PCAP_RECORD_BYTES + this.data.getUint32(at + 8, true);
    return at;
  }

  private timeAt(at: number): number {
    return this.data.getUint32(at, true) * 1e6 + this.data.getUint32(at + 4, true);
  }

  /** Copies the slice's next records; false when there are none. */
  private refill(slice: Slices): boolean {
    this.from = 0;
    this.to = 0;
    const last = this.buffer.length - ROOM_MIN;
    while (this.to <= last && slice.advance()) this.to = slice.copy(this.data, this.to, last);
    return this.to > 0;
  }

  private head(): Uint8Array {
    const head = new Uint8Array(PCAP_HEADER_BYTES);
    const shape = { littleEndian: true, unit_ns: 1000, link: LINK_ETHERNET, snapBytes: 65_535 } as const;
    writePcapHeader(new DataView(head.buffer), 0, shape);
    this.isHeadWritten = true;
    return head;
  }
}
