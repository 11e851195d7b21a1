/**
 * The pcap stream of a capture program, cut into runs of whole records: a run never crosses a given time, and what is left when
 * the program dies in the middle of a record is no packet. Chunks are given out as parts of themselves, without copying, but for
 * the one record that lies across two of them.
 */
import {
  isPcapMagic,
  PCAP_HEADER_BYTES,
  PCAP_RECORD_BYTES,
  type PcapFormat,
  readPcapHeader,
} from '@noroshi/wire/capture/pcap.ts';
import { PACKET_BYTES_MAX } from '@noroshi/wire/capture/reader.ts';

/** Whole records, one behind the other. */
export interface Run {
  readonly bytes: Uint8Array;
  readonly packets: number;
}

const NOTHING = new Uint8Array(0);

export class RecordRuns {
  /** The stream's first 24 bytes; undefined before they have come. */
  header: Uint8Array | undefined;
  /** Bytes that wait to be given out. */
  bytes = 0;
  /** Records given out so far, and records left out because of {@link leaveOutBefore}. */
  packets = 0;
  leftOut = 0;
  /** The stream is no pcap, or no longer: nothing more is given out. */
  isDamaged = false;
  /** Records of earlier times are left out, Unix ms. */
  leaveOutBefore_ms = Number.NEGATIVE_INFINITY;
  private format: PcapFormat | undefined;
  private readonly chunks: Uint8Array[] = [];
  private current: Uint8Array = NOTHING;
  private view: DataView = new DataView(NOTHING.buffer);
  private position = 0;

  /** Takes the next bytes; they must not change any more. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0 || this.isDamaged) return;
    this.chunks.push(chunk);
    this.bytes += chunk.length;
  }

  /** The next records whose time is before `until_ms`, up to the first that is not; undefined when there is none (yet). */
  next(until_ms: number): Run | undefined {
    for (;;) {
      const format = this.format ?? this.begin();
      if (format === undefined) return undefined;
      const run = this.scan(format, until_ms);
      if (run !== undefined) return run;
      if (this.isDamaged || this.isWhole(format) || !this.join(this.missing(format))) return undefined;
    }
  }

  /** Whether the next record is there and its time is not before `until_ms`. Ask when {@link next} has given nothing. */
  isPast(until_ms: number): boolean {
    const { format } = this;
    return format !== undefined && this.isWhole(format) && this.time(format, this.position) >= until_ms;
  }

  /** Forgets what waits: the rest of a record whose end will never come. */
  discard(): void {
    this.chunks.length = 0;
    this.take(NOTHING);
    this.bytes = 0;
  }

  private begin(): PcapFormat | undefined {
    while (this.current.length < PCAP_HEADER_BYTES) {
      if (!this.join(PCAP_HEADER_BYTES - this.current.length)) return undefined;
    }
    if (!isPcapMagic(this.view, 0)) return this.spoil();
    this.format = readPcapHeader(this.view, 0);
    if (this.format.recordBytes !== PCAP_RECORD_BYTES) return this.spoil();
    this.header = this.current.slice(0, PCAP_HEADER_BYTES);
    this.position = PCAP_HEADER_BYTES;
    this.bytes -= PCAP_HEADER_BYTES;
    return this.format;
  }

  /** Whole records of the current chunk from the position on. */
  private scan(format: PcapFormat, until_ms: number): Run | undefined {
    const { current, view } = this;
    const { littleEndian } = format;
    let from = this.position;
    let at = from;
    let packets = 0;
    while (at + PCAP_RECORD_BYTES <= current.length) {
      const captured = view.getUint32(at + 8, littleEndian);
      if (captured > PACKET_BYTES_MAX) {
        this.spoil();
        break;
      }
      const end = at + PCAP_RECORD_BYTES + captured;
      if (end > current.length) break;
      const time_ms = this.time(format, at);
      if (time_ms >= until_ms) break;
      if (time_ms < this.leaveOutBefore_ms) {
        if (packets > 0) break;
        this.leftOut++;
        this.bytes -= end - from;
        from = end;
      } else packets++;
      at = end;
    }
    this.position = at;
    this.bytes -= at - from;
    this.packets += packets;
    return packets === 0 ? undefined : { bytes: current.subarray(from, at), packets };
  }

  private time({ littleEndian, unit_ns }: PcapFormat, at: number): number {
    const { view } = this;
    return view.getUint32(at, littleEndian) * 1000 + Math.floor((view.getUint32(at + 4, littleEndian) * unit_ns) / 1e6);
  }

  private isWhole(format: PcapFormat): boolean {
    return this.current.length - this.position >= this.needed(format);
  }

  /** Bytes of the record at the position, as far as that is known. */
  private needed({ littleEndian }: PcapFormat): number {
    const { current, view, position } = this;
    if (current.length - position < PCAP_RECORD_BYTES) return PCAP_RECORD_BYTES;
    return PCAP_RECORD_BYTES + view.getUint32(position + 8, littleEndian);
  }

  private missing(format: PcapFormat): number {
    return this.needed(format) - (this.current.length - this.position);
  }

  /**
   * Brings more into the current chunk: the next chunk in its place when nothing of it is left, else `count` bytes of the next one
   * behind what is left. False when there is no more.
   */
  private join(count: number): boolean {
    const [next] = this.chunks;
    if (next === undefined) return false;
    const left = this.current.subarray(this.position);
    if (left.length === 0) {
      this.chunks.shift();
      this.take(next);
      return true;
    }
    const part = next.subarray(0, count);
    const joined = new Uint8Array(left.length + part.length);
    joined.set(left);
    joined.set(part, left.length);
    if (part.length === next.length) this.chunks.shift();
    else this.chunks[0] = next.subarray(part.length);
    this.take(joined);
    return true;
  }

  private take(bytes: Uint8Array): void {
    this.current = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = 0;
  }

  private spoil(): undefined {
    this.isDamaged = true;
    this.chunks.length = 0;
    this.bytes = 0;
    return undefined;
  }
}
