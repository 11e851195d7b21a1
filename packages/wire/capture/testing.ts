/** Captures made by hand for tests: files of each format, read back as plain values. */
import { join, type Bytes } from '../net/testing.ts';
import type { CaptureFailure } from './failure.ts';
import { PCAP_HEADER_BYTES, PCAP_RECORD_BYTES, writePcapHeader, writePcapRecord } from './pcap.ts';
import * as ng from './pcapng.ts';
import { CaptureReader } from './reader.ts';

export interface Read {
  readonly link: number;
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly wireBytes: number;
  readonly bytes: readonly number[];
}

export interface ReadAll {
  readonly packets: readonly Read[];
  readonly failure: CaptureFailure | undefined;
  readonly dropped: number;
}

/** Takes what the reader holds now. */
export function packetOf(reader: CaptureReader): Read {
  const { link, seconds, nanoseconds, wireBytes } = reader;
  return { link, seconds, nanoseconds, wireBytes, bytes: [...reader.bytes.subarray(reader.at, reader.end)] };
}

/** Reads a whole capture, given to the reader in pieces of the sizes (the last one repeated). */
export function readAll(
  file: Uint8Array,
  sizes: readonly number[] = [file.length],
  reader = new CaptureReader(),
): ReadAll {
  const packets: Read[] = [];
  let piece = 0;
  for (let at = 0; at < file.length; piece++) {
    const size = Math.max(1, sizes[Math.min(piece, sizes.length - 1)]);
    reader.push(file.subarray(at, at + size));
    at += size;
    while (reader.next()) packets.push(packetOf(reader));
  }
  reader.finish();
  while (reader.next()) packets.push(packetOf(reader));
  return { packets, failure: reader.failure, dropped: reader.dropped };
}

function filled(size: number, write: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(size);
  write(new DataView(bytes.buffer));
  return bytes;
}

export interface PcapOptions {
  readonly littleEndian?: boolean;
  readonly unit_ns?: 1 | 1000;
  readonly link?: number;
}

export function pcapHeader({ littleEndian = true, unit_ns = 1000, link = 1 }: PcapOptions = {}): Uint8Array {
  return filled(PCAP_HEADER_BYTES, (view) =>
    writePcapHeader(view, 0, { littleEndian, unit_ns, link, snapBytes: 65_535 }),
  );
}

export function pcapRecord(
  payload: Bytes,
  { littleEndian = true, seconds = 1, fraction = 2, wireBytes = payload.length } = {},
): Uint8Array {
  const head = filled(PCAP_RECORD_BYTES, (view) => {
    writePcapRecord(view, 0, littleEndian, seconds, fraction, payload.length, wireBytes);
  });
  return join(head, payload);
}

/** Writes pcapng blocks in one byte order. */
export class Blocks {
  private readonly littleEndian: boolean;

  constructor(littleEndian: boolean) {
    this.littleEndian = littleEndian;
  }

  /** A block of a type, its body padded to four bytes. */
  block(type: number, ...body: readonly Bytes[]): Uint8Array {
    const inside = join(...body);
    const padding = new Uint8Array(-inside.length & 3);
    const length = ng.BLOCK_BYTES_MIN + inside.length + padding.length;
    return join(this.u32(type), this.u32(length), inside, padding, this.u32(length));
  }

  u16(...values: readonly number[]): Uint8Array {
    return filled(values.length * 2, (view) => {
      for (const [index, value] of values.entries()) view.setUint16(index * 2, value, this.littleEndian);
    });
  }

  u32(...values: readonly number[]): Uint8Array {
    return filled(values.length * 4, (view) => {
      for (const [index, value] of values.entries()) view.setUint32(index * 4, value, this.littleEndian);
    });
  }

  u64(value: bigint): Uint8Array {
    return filled(8, (view) => view.setBigUint64(0, BigInt.asUintN(64, value), this.littleEndian));
  }

  option(code: number, value: Bytes): Uint8Array {
    return join(this.u16(code, value.length), value, new Uint8Array(-value.length & 3));
  }

  section(major = 1): Uint8Array {
    return this.block(ng.BLOCK_SECTION, this.u32(ng.BYTE_ORDER_MAGIC), this.u16(major, 0), this.u64(-1n));
  }

  interface(link: number, snapBytes = 0, ...options: readonly Uint8Array[]): Uint8Array {
    const end = options.length > 0 ? this.u16(0, 0) : [];
    return this.block(ng.BLOCK_INTERFACE, this.u16(link, 0), this.u32(snapBytes), ...options, end);
  }

  enhanced(index: number, ticks: bigint, payload: Bytes, wireBytes = payload.length): Uint8Array {
    const time = this.u32(Number(ticks >> 32n), Number(ticks & 0xffff_ffffn));
    return this.block(ng.BLOCK_ENHANCED_PACKET, this.u32(index), time, this.u32(payload.length, wireBytes), payload);
  }

  obsolete(index: number, ticks: bigint, payload: Bytes): Uint8Array {
    const time = this.u32(Number(ticks >> 32n), Number(ticks & 0xffff_ffffn));
    const lengths = this.u32(payload.length, payload.length);
    return this.block(ng.BLOCK_PACKET_OBSOLETE, this.u16(index, 0xffff), time, lengths, payload);
  }

  simple(payload: Bytes, wireBytes = payload.length): Uint8Array {
    return this.block(ng.BLOCK_SIMPLE_PACKET, this.u32(wireBytes), payload);
  }

  statistics(index: number, ...options: readonly Uint8Array[]): Uint8Array {
    return this.block(ng.BLOCK_STATISTICS, this.u32(index, 0, 0), ...options, this.u16(0, 0));
  }
}

/** An ERF record of Ethernet (type 2) or another type, without extension headers. */
export function erfRecord(
  payload: Bytes,
  { type = 2, seconds = 1_700_000_000, fraction = 0, lost = 0 } = {},
): Uint8Array {
  const isEthernet = type === 2;
  const size = 16 + (isEthernet ? 2 : 0) + payload.length;
  const length = (size + 7) & ~7;
  const head = filled(16, (view) => {
    view.setUint32(0, fraction, true);
    view.setUint32(4, seconds, true);
    view.setUint8(8, type);
    view.setUint16(10, length);
    view.setUint16(12, lost);
    view.setUint16(14, payload.length);
  });
  return join(head, isEthernet ? [0, 0] : [], payload, new Uint8Array(length - size));
}
