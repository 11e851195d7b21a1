/**
 * Hops from record to record of a plain pcap file: times and lengths only, 3 ns a packet where the reader needs 12. It goes on as
 * far as everything is usual; what is not, the file's end among it, is left to the reader.
 */
import { readSync } from 'node:fs';
import type { PcapFormat } from '@noroshi/wire/capture/pcap.ts';
import { PACKET_BYTES_MAX } from '@noroshi/wire/capture/reader.ts';

/** Bytes read at a time: few enough to stay in the second-level cache. */
const PIECE_BYTES = 256 * 1024;
const NS_PER_S = 1_000_000_000;

export class Hop {
  /** Time of the packet that {@link next} moved to, seconds since 1970, and where in the file its record begins. */
  seconds = 0;
  recordOffset = 0;
  private readonly fd: number;
  private readonly bytesTotal: number;
  private readonly littleEndian: boolean;
  private readonly recordBytes: number;
  /** Fractions of a second from here on carry into the seconds. */
  private readonly fractionEnd: number;
  private readonly unit_ns: number;
  private readonly bytes = new Uint8Array(PIECE_BYTES);
  private readonly data = new DataView(this.bytes.buffer);
  /** Offset in the file of the piece's first byte. */
  private base: number;
  private at = 0;
  private limit = 0;

  /**
   * @param offset of the first record
   * @param format one whose lengths are never swapped
   */
  constructor(fd: number, bytesTotal: number, offset: number, format: PcapFormat) {
    this.fd = fd;
    this.bytesTotal = bytesTotal;
    this.base = offset;
    this.littleEndian = format.littleEndian;
    this.recordBytes = format.recordBytes;
    this.unit_ns = format.unit_ns;
    this.fractionEnd = NS_PER_S / format.unit_ns;
  }

  /** Offset in the file of the next record. */
  get offset(): number {
    return this.base + this.at;
  }

  /** Passes over the packets that come next, as long as their times are in `from_s … to_s` (exclusive); how many. */
  pass(from_s: number, to_s: number): number {
    let passed = 0;
    while (this.hasHeader()) {
      passed += this.passInPiece(from_s, to_s);
      if (this.at + this.recordBytes <= this.limit) break;
    }
    return passed;
  }

  /** Moves to the next packet; false where the reader has to go on. */
  next(): boolean {
    if (!this.hasHeader()) return false;
    const { data, at, littleEndian } = this;
    const captured = data.getUint32(at + 8, littleEndian);
    const end = at + this.recordBytes + captured;
    if (captured > PACKET_BYTES_MAX || this.base + end > this.bytesTotal) return false;
    const carry = Math.floor((data.getUint32(at + 4, littleEndian) * this.unit_ns) / NS_PER_S);
    this.seconds = data.getUint32(at, littleEndian) + carry;
    this.recordOffset = this.base + at;
    this.at = end;
    return true;
  }

  private passInPiece(from_s: number, to_s: number): number {
    const { data, littleEndian, recordBytes, fractionEnd } = this;
    const last = this.limit - recordBytes;
    const end = Math.min(this.bytesTotal - this.base, PIECE_BYTES + PACKET_BYTES_MAX);
    let { at } = this;
    let passed = 0;
    for (; at <= last; passed++) {
      const seconds = data.getUint32(at, littleEndian);
      if (seconds < from_s || seconds >= to_s || data.getUint32(at + 4, littleEndian) >= fractionEnd) break;
      const captured = data.getUint32(at + 8, littleEndian);
      if (captured > PACKET_BYTES_MAX) break;
      // Keeps the sum a 32-bit integer for the compiler.
      const next = (at + recordBytes + captured) | 0;
      if (next > end) break;
      at = next;
    }
    this.at = at;
    return passed;
  }

  private hasHeader(): boolean {
    return this.at + this.recordBytes <= this.limit || this.refill();
  }

  private refill(): boolean {
    this.base += this.at;
    this.at = 0;
    this.limit = 0;
    try {
      this.limit = readSync(this.fd, this.bytes, 0, PIECE_BYTES, this.base);
    } catch {
      // The reader will meet the same, and say what it is.
    }
    return this.limit >= this.recordBytes;
  }
}
