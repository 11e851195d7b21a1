/** A capture as this program reads it: one row per packet, and why it stopped reading. */
import { describeFailure } from '@noroshi/wire/capture/failure.ts';
import { CaptureReader } from '@noroshi/wire/capture/reader.ts';
import { Packet } from '@noroshi/wire/net/packet.ts';
import { walk } from '@noroshi/wire/net/walk.ts';
import type { Row } from './row.ts';

export interface Reading {
  readonly rows: readonly Row[];
  /** What the capture says about each packet besides its bytes. */
  readonly frames: readonly Frame[];
  readonly failure: string | undefined;
}

export interface Frame {
  readonly link: number;
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly capturedBytes: number;
  readonly wireBytes: number;
}

/** Reads a whole decompressed capture. */
export function readCapture(bytes: Uint8Array): Reading {
  const reader = new CaptureReader();
  const packet = new Packet();
  const rows: Row[] = [];
  const frames: Frame[] = [];
  reader.push(bytes);
  reader.finish();
  while (reader.next()) {
    walk(packet, reader.data, reader.at, reader.end, reader.link);
    rows.push(rowOf(packet));
    const { link, seconds, nanoseconds, wireBytes } = reader;
    frames.push({ link, seconds, nanoseconds, capturedBytes: reader.end - reader.at, wireBytes });
  }
  return { rows, frames, failure: reader.failure && describeFailure(reader.failure) };
}

function rowOf(packet: Packet): Row {
  return {
    src: packet.source,
    dst: packet.destination,
    proto: text(packet.proto),
    sport: text(packet.sport),
    dport: text(packet.dport),
    tcp_flags: text(packet.tcpFlags),
    ttl: text(packet.ttl),
    ip_id: text(packet.ipId),
    icmp_type: text(packet.icmpType),
    icmp_code: text(packet.icmpCode),
  };
}

/** -1 means that the field is not there. */
function text(value: number): string {
  return value < 0 ? '' : String(value);
}
