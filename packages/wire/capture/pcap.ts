/**
 * The classic capture file (https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-06.html) and what libpcap reads beside it.
 *
 *   file:    0 magic   4 major   6 minor   8 zone   12 accuracy   16 snap length   20 link type (low 26 bits), FCS (high)
 *   record:  0 seconds   4 micro- or nanoseconds   8 captured   12 on the wire   [modified: 16 index  20 protocol  22 type]
 *
 * The magic tells byte order, time unit and record header: a1b2c3d4 µs, a1b23c4d ns, a1b2cd34 "modified" (Kuznetsov's
 * 24-byte record header). Files of version 2.2 and older, and 543.0, hold the two lengths swapped; 2.3 sometimes
 * (libpcap sf-pcap.c).
 */
export const PCAP_HEADER_BYTES = 24;
export const PCAP_RECORD_BYTES = 16;
const PCAP_MODIFIED_RECORD_BYTES = 24;

const MAGIC_MICRO = 0xa1b2c3d4;
const MAGIC_NANO = 0xa1b23c4d;
const MAGIC_MODIFIED = 0xa1b2cd34;

/** Whether the captured and the original length change places: never, always, or when the first is the larger. */
export type SwappedLengths = 'no' | 'yes' | 'maybe';

export interface PcapFormat {
  readonly littleEndian: boolean;
  /** Nanoseconds in one unit of the record's fraction: 1000 or 1. */
  readonly unit_ns: number;
  readonly recordBytes: number;
  readonly swapped: SwappedLengths;
  readonly link: number;
  /** Bytes kept of each packet, as the file says; 0 = no limit. */
  readonly snapBytes: number;
  readonly major: number;
  readonly minor: number;
}

/** True when the four bytes at `at` are one of the three magics in either order. */
export function isPcapMagic(data: DataView, at: number): boolean {
  return isMagic(data.getUint32(at, true)) || isMagic(data.getUint32(at, false));
}

/** The format that 24 bytes at `at` announce, which begin with a magic. */
export function readPcapHeader(data: DataView, at: number): PcapFormat {
  const littleEndian = isMagic(data.getUint32(at, true));
  const magic = data.getUint32(at, littleEndian);
  const major = data.getUint16(at + 4, littleEndian);
  const minor = data.getUint16(at + 6, littleEndian);
  return {
    littleEndian,
    unit_ns: magic === MAGIC_NANO ? 1 : 1000,
    recordBytes: magic === MAGIC_MODIFIED ? PCAP_MODIFIED_RECORD_BYTES : PCAP_RECORD_BYTES,
    swapped: swappedLengths(major, minor),
    link: data.getUint32(at + 20, littleEndian) & 0x03ffffff,
    snapBytes: data.getUint32(at + 16, littleEndian),
    major,
    minor,
  };
}

function isMagic(value: number): boolean {
  return value === MAGIC_MICRO || value === MAGIC_NANO || value === MAGIC_MODIFIED;
}

function swappedLengths(major: number, minor: number): SwappedLengths {
  if (major === 543 || (major === 2 && minor < 3)) return 'yes';
  return major === 2 && minor === 3 ? 'maybe' : 'no';
}

/** Writes a file header (24 bytes, version 2.4) at `at` in the order of `format`. */
export function writePcapHeader(
  data: DataView,
  at: number,
  format: {
    readonly littleEndian: boolean;
    readonly unit_ns: number;
    readonly link: number;
    readonly snapBytes: number;
  },
): void {
  const { littleEndian } = format;
  data.setUint32(at, format.unit_ns === 1 ? MAGIC_NANO : MAGIC_MICRO, littleEndian);
  data.setUint16(at + 4, 2, littleEndian);
  data.setUint16(at + 6, 4, littleEndian);
  data.setUint32(at + 8, 0, littleEndian);
  data.setUint32(at + 12, 0, littleEndian);
  data.setUint32(at + 16, format.snapBytes, littleEndian);
  data.setUint32(at + 20, format.link, littleEndian);
}

/**
 * Writes a record header (16 bytes) at `at`.
 * @param fraction micro- or nanoseconds, in the file's unit
 */
export function writePcapRecord(
  data: DataView,
  at: number,
  littleEndian: boolean,
  seconds: number,
  fraction: number,
  capturedBytes: number,
  wireBytes: number,
): void {
  data.setUint32(at, seconds, littleEndian);
  data.setUint32(at + 4, fraction, littleEndian);
  data.setUint32(at + 8, capturedBytes, littleEndian);
  data.setUint32(at + 12, wireBytes, littleEndian);
}
