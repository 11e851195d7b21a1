/**
 * Captures, streaming: bytes are pushed in as they come, packets are pulled out one by one, and memory stays at one buffer
 * however long the stream is. pcap, pcapng and ERF are told apart by their first bytes. Any chunking gives the same packets.
 *
 *     reader.push(chunk); while (reader.next()) use(reader.data, reader.at, reader.end); … reader.finish();
 *
 * After {@link CaptureReader.next} returned false the reader wants more bytes, or has ended, or has failed.
 */
import { ERF_BYTES, ErfRecord, erfRecordBytes, looksLikeErf, readErf } from './erf.ts';
import type { CaptureFailure, FailureKind } from './failure.ts';
import { isPcapMagic, PCAP_HEADER_BYTES, type PcapFormat, readPcapHeader } from './pcap.ts';
import * as ng from './pcapng.ts';

/** Largest packet that is read, libpcap's MAXIMUM_SNAPLEN; a record that claims more is damage. */
export const PACKET_BYTES_MAX = 262_144;
/** First size of the buffer; it grows only for a block that is larger. */
const BUFFER_BYTES = 1024 * 1024;
/** Bytes of a stream's start that are looked at before it is called unreadable: the longest ERF record fits in. */
const PROBE_BYTES = 65_536;

export type CaptureFormat = 'pcap' | 'pcapng' | 'erf';

/** What a worker needs to read on from the middle of a capture. Plain data. */
export type ReaderState =
  | { readonly format: 'pcap'; readonly pcap: PcapFormat }
  | { readonly format: 'pcapng'; readonly section: ng.PcapngSection }
  | { readonly format: 'erf' };

export class CaptureReader {
  /** The buffer and its view; `at … end` below are offsets in it. Good until the next push. */
  bytes: Uint8Array;
  data: DataView;

  /** The current packet: offsets of its first byte and behind its last captured one. */
  at = 0;
  end = 0;
  /** Its length on the wire, as the capture says. */
  wireBytes = 0;
  /** Its time: whole seconds since 1970 and nanoseconds in the second. */
  seconds = 0;
  nanoseconds = 0;
  /** Its link type. */
  link = 0;

  /** Packets given out so far. */
  packets = 0;
  format: CaptureFormat | undefined;
  failure: CaptureFailure | undefined;
  /** True when the whole stream was read, to its end or to the failure. */
  isDone = false;

  private pcap: PcapFormat | undefined;
  private section: ng.PcapngSection | undefined;
  private readonly packet = new ng.PcapngPacket();
  private readonly erf = new ErfRecord();
  private position = 0;
  private recordAt = 0;
  private limit = 0;
  /** Offset in the stream of the buffer's first byte. */
  private base: number;
  /** Bytes that nobody reads, still to be passed over, and the offset in the stream where their block began. */
  private skipBytes = 0;
  private skippedAt = 0;
  private isFinished = false;
  private needed = 0;
  private droppedBefore = 0;

  constructor(bufferBytes = BUFFER_BYTES, resumeAt = 0, state?: ReaderState) {
    this.bytes = new Uint8Array(bufferBytes);
    this.data = new DataView(this.bytes.buffer);
    this.base = resumeAt;
    this.format = state?.format;
    if (state?.format === 'pcap') this.pcap = state.pcap;
    if (state?.format === 'pcapng') this.section = ng.copySection(state.section);
  }

  /** Offset in the stream behind the last packet given out: where a resumed reader starts. */
  get offset(): number {
    return this.base + this.position;
  }

  /** Offset in the stream of the current packet's record or block: where a reader resumes to read it again. */
  get recordOffset(): number {
    return this.base + this.recordAt;
  }

  /** Packets that the capture itself reports as lost before they were written (pcapng statistics, ERF's loss counter). */
  get dropped(): number {
    let sum = this.droppedBefore;
    for (const described of this.section?.interfaces ?? []) sum += described.dropped;
    return sum;
  }

  /** What a reader resumed at {@link offset} has to know; undefined before the format is known. */
  get state(): ReaderState | undefined {
    if (this.pcap !== undefined) return { format: 'pcap', pcap: this.pcap };
    if (this.section !== undefined) return { format: 'pcapng', section: this.section };
    return this.format === 'erf' ? { format: 'erf' } : undefined;
  }

  /** Copies a chunk in; the chunk may be reused at once. */
  push(chunk: Uint8Array): void {
    let from = 0;
    while (from < chunk.length) {
      const room = this.room(chunk.length - from);
      const part = Math.min(room.length, chunk.length - from);
      room.set(chunk.subarray(from, from + part));
      this.filled(part);
      from += part;
    }
  }

  /**
   * Free space at the buffer's tail, to be read into directly and then reported by {@link filled}. Never empty. Moves
   * what is left of the current data to the front, so earlier offsets are void.
   * @param wanted grows the buffer so that at least this much fits; 0 leaves the size alone unless a block needs it
   */
  room(wanted = 0): Uint8Array {
    this.skip();
    const left = this.limit - this.position;
    if (this.position > 0) {
      this.bytes.copyWithin(0, this.position, this.limit);
      this.base += this.position;
      this.position = 0;
      this.limit = left;
    }
    const needed = Math.max(this.needed, left + Math.max(wanted, 1));
    if (needed > this.bytes.length) this.grow(needed);
    return this.bytes.subarray(this.limit);
  }

  filled(count: number): void {
    this.limit += count;
    this.skip();
  }

  /** No more bytes will come; what is left unread then is a failure, found by the next {@link next}. */
  finish(): void {
    this.isFinished = true;
  }

  /** Moves to the next packet; false when there is none (yet). */
  next(): boolean {
    if (this.isDone) return false;
    const pcap = this.pcap;
    if (pcap !== undefined) return this.nextPcap(pcap);
    if (this.section !== undefined) return this.nextPcapng(this.section);
    if (this.format === 'erf') return this.nextErf();
    return this.recognise() ? this.next() : false;
  }

  private nextPcap(pcap: PcapFormat): boolean {
    const at = this.position;
    const available = this.limit - at;
    if (available < pcap.recordBytes) return this.starve(pcap.recordBytes);
    const data = this.data;
    const little = pcap.littleEndian;
    let captured = data.getUint32(at + 8, little);
    let wire = data.getUint32(at + 12, little);
    if (pcap.swapped === 'yes' || (pcap.swapped === 'maybe' && captured > wire)) [captured, wire] = [wire, captured];
    if (captured > PACKET_BYTES_MAX) return this.failLength(captured);
    if (available < pcap.recordBytes + captured) return this.starve(pcap.recordBytes + captured);
    let seconds = data.getUint32(at, little);
    let nanoseconds = data.getUint32(at + 4, little) * pcap.unit_ns;
    if (nanoseconds >= 1_000_000_000) {
      seconds += Math.floor(nanoseconds / 1_000_000_000);
      nanoseconds %= 1_000_000_000;
    }
    this.link = pcap.link & 0xffff;
    return this.give(at + pcap.recordBytes, captured, wire, seconds, nanoseconds, at + pcap.recordBytes + captured);
  }

  private give(at: number, captured: number, wire: number, seconds: number, nanoseconds: number, next: number): true {
    this.at = at;
    this.end = at + captured;
    this.wireBytes = wire;
    this.seconds = seconds;
    this.nanoseconds = nanoseconds;
    this.recordAt = this.position;
    this.position = next;
    this.packets++;
    return true;
  }

  private nextPcapng(current: ng.PcapngSection): boolean {
    let section = current;
    for (;;) {
      if (this.limit - this.position < 8) return this.starve(8);
      const type = this.data.getUint32(this.position, section.littleEndian);
      // A new section may turn the byte order round; its type reads the same either way.
      if (type === ng.BLOCK_SECTION) {
        if (!this.startSection()) return false;
        section = this.section ?? section;
        continue;
      }
      const length = this.data.getUint32(this.position + 4, section.littleEndian);
      if (length < ng.BLOCK_BYTES_MIN) return this.fail('block', `block length ${length}, the minimum is 12`);
      if (!ng.isReadBlock(type)) {
        if (!this.skipBlock(padded(length))) return this.starve(0);
        continue;
      }
      if (length > ng.BLOCK_BYTES_MAX) return this.fail('block', `${length} bytes, limit ${ng.BLOCK_BYTES_MAX}`);
      if (this.limit - this.position < padded(length)) return this.starve(padded(length));
      if (this.readBlock(section, type, length)) return true;
      if (this.isDone) return false;
    }
  }

  /** Reads one whole block in the buffer; true when it held a packet. */
  private readBlock(section: ng.PcapngSection, type: number, length: number): boolean {
    const at = this.position;
    const end = at + padded(length);
    if (this.data.getUint32(end - 4, section.littleEndian) !== length) {
      return this.fail('block', `block lengths differ, ${length} before and another behind`);
    }
    const refusal = this.readBody(type, section, at, end);
    if (refusal !== undefined) return this.fail(refusal.kind, refusal.detail);
    if (type === ng.BLOCK_INTERFACE || type === ng.BLOCK_STATISTICS) {
      this.position = end;
      return false;
    }
    const { packet } = this;
    if (packet.capturedBytes > PACKET_BYTES_MAX) return this.failLength(packet.capturedBytes);
    this.link = packet.link;
    return this.give(packet.at, packet.capturedBytes, packet.wireBytes, packet.seconds, packet.nanoseconds, end);
  }

  private readBody(type: number, section: ng.PcapngSection, at: number, end: number) {
    const { data, packet } = this;
    switch (type) {
      case ng.BLOCK_INTERFACE:
        return ng.readInterface(section, data, at, end);
      case ng.BLOCK_STATISTICS:
        ng.readStatistics(section, data, at, end);
        return undefined;
      case ng.BLOCK_SIMPLE_PACKET:
        return ng.readSimplePacket(packet, section, data, at, end);
      default:
        return ng.readPacket(packet, section, data, at, end, type === ng.BLOCK_PACKET_OBSOLETE);
    }
  }

  private startSection(): boolean {
    if (this.limit - this.position < 16) return this.starve(16);
    const littleEndian = ng.sectionIsLittleEndian(this.data, this.position);
    if (littleEndian === undefined) return this.fail('block', 'section header without a byte-order magic');
    const length = this.data.getUint32(this.position + 4, littleEndian);
    if (length < 28 || length % 4 !== 0) return this.fail('block', `section header of ${length} bytes`);
    const major = this.data.getUint16(this.position + 12, littleEndian);
    if (major !== 1) return this.fail('version', `pcapng section of major version ${major}, 1 is known`);
    this.droppedBefore = this.dropped;
    this.section = { littleEndian, interfaces: [] };
    this.format = 'pcapng';
    return this.skipBlock(length) || this.starve(0);
  }

  private nextErf(): boolean {
    const { erf } = this;
    for (;;) {
      if (this.limit - this.position < ERF_BYTES) return this.starve(ERF_BYTES);
      const bytes = erfRecordBytes(this.data, this.position);
      if (bytes === 0) return this.fail('record', 'not an ERF record');
      if (this.limit - this.position < bytes) return this.starve(bytes);
      if (!readErf(erf, this.data, this.position)) return this.fail('record', 'ERF headers longer than their record');
      this.droppedBefore += erf.lost;
      const next = this.position + bytes;
      this.link = erf.link;
      if (erf.isPacket) {
        return this.give(erf.at, erf.capturedBytes, erf.wireBytes, erf.seconds, erf.nanoseconds, next);
      }
      this.position = next;
    }
  }

  /** Looks at the first bytes; true when a format was found. */
  private recognise(): boolean {
    const available = this.limit;
    if (available < PCAP_HEADER_BYTES && !this.isFinished) return this.starve(PCAP_HEADER_BYTES);
    if (available === 0) return this.fail('empty', '0 bytes');
    if (available >= 4 && this.data.getUint32(0) === ng.BLOCK_SECTION) return this.startSection();
    if (available >= 4 && isPcapMagic(this.data, 0)) return this.startPcap(available);
    if (available < PROBE_BYTES && !this.isFinished) return this.starve(PROBE_BYTES);
    // Not more than that even if more has come already: the answer must not depend on the pieces.
    const probed = Math.min(available, PROBE_BYTES);
    if (!looksLikeErf(this.data, 0, probed)) return this.fail('format', `${probed} bytes looked at`);
    this.format = 'erf';
    return true;
  }

  private startPcap(available: number): boolean {
    if (available < PCAP_HEADER_BYTES) return this.starve(PCAP_HEADER_BYTES);
    const pcap = readPcapHeader(this.data, 0);
    if (pcap.major < 2) return this.fail('version', `pcap version ${pcap.major}.${pcap.minor}, 2.x is known`);
    this.format = 'pcap';
    this.pcap = pcap;
    this.position = PCAP_HEADER_BYTES;
    return true;
  }

  /** Wants `needed` bytes from the current position; at the stream's end that is either its clean end or a cut. */
  private starve(needed: number): false {
    this.needed = needed;
    if (!this.isFinished) return false;
    const had = this.limit - this.position;
    if (this.skipBytes > 0) return this.fail('cut', `${this.skipBytes} bytes of a block are missing`);
    if (had > 0) return this.fail('cut', `had ${had} of ${needed} bytes`);
    this.isDone = true;
    return false;
  }

  /** A block that is being passed over began before the current position. */
  private fail(kind: FailureKind, detail: string): false {
    const offset = this.skipBytes > 0 ? this.skippedAt : this.base + this.position;
    this.failure = { kind, offset, detail };
    this.isDone = true;
    return false;
  }

  private failLength(bytes: number): false {
    return this.fail('record', `${bytes} captured bytes, limit ${PACKET_BYTES_MAX}`);
  }

  private skipBlock(bytes: number): boolean {
    this.skippedAt = this.base + this.position;
    this.skipBytes = bytes;
    return this.skip();
  }

  /** Passes over bytes that nobody reads; true when none are left to pass. */
  private skip(): boolean {
    if (this.skipBytes === 0) return true;
    const part = Math.min(this.skipBytes, this.limit - this.position);
    this.position += part;
    this.skipBytes -= part;
    return this.skipBytes === 0;
  }

  private grow(needed: number): void {
    const larger = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    larger.set(this.bytes.subarray(0, this.limit));
    this.bytes = larger;
    this.data = new DataView(larger.buffer);
  }
}

/** Blocks are padded to four bytes; a length that is not a multiple is tolerated as the longer one. */
function padded(length: number): number {
  return length + (-length & 3);
}
