/** What the simulator's tests share: reading a capture in memory packet by packet, and checking its sums. */
import { PCAP_HEADER_BYTES, PCAP_RECORD_BYTES } from '@noroshi/wire/capture/pcap.ts';
import { addBytes, finish, pseudoIpv4 } from '@noroshi/wire/net/checksum.ts';
import { IPV4_BYTES, IPV4_FLAG_MF, IPV4_OFFSET_MASK } from '@noroshi/wire/net/ipv4.ts';
import { LINK_ETHERNET } from '@noroshi/wire/net/linktype.ts';
import { Packet } from '@noroshi/wire/net/packet.ts';
import { PROTO_ICMP, PROTO_ICMP6, PROTO_TCP, PROTO_UDP } from '@noroshi/wire/net/protocol.ts';
import { walk } from '@noroshi/wire/net/walk.ts';
import { simulateToBytes } from './main.ts';
import type { SimulateOptions } from './options.ts';
import type { Truth } from './truth.ts';

export interface Record {
  readonly packet: Packet;
  readonly data: DataView;
  readonly seconds: number;
  readonly fraction: number;
  readonly captured: number;
  readonly wire: number;
}

/** Every complete record of a little-endian capture, walked. */
export function readRecords(bytes: Uint8Array): Record[] {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: Record[] = [];
  for (let at = PCAP_HEADER_BYTES; at + PCAP_RECORD_BYTES <= bytes.length; ) {
    const [seconds, fraction, captured, wire] = [0, 4, 8, 12].map((offset) => data.getUint32(at + offset, true));
    const from = at + PCAP_RECORD_BYTES;
    if (from + captured > bytes.length) break;
    const packet = new Packet();
    walk(packet, data, from, from + captured, LINK_ETHERNET);
    records.push({ packet, data, seconds, fraction, captured, wire });
    at = from + captured;
  }
  return records;
}

/** A capture by one actor alone: its packets and its truth. */
export function actAlone(
  name: string,
  options: SimulateOptions = {},
): { packets: Packet[]; records: Record[]; truth: Truth } {
  const { bytes, truth } = simulateToBytes({
    packets: 400,
    duration_s: 300,
    ...options,
    mix: { [name]: 1 },
    only: true,
  });
  const records = readRecords(bytes);
  return { packets: records.map(({ packet }) => packet), records, truth };
}

/** The checks of IP and transport sums that fail; '' when all are right. Fragments are left out. */
export function wrongSums({ packet, data }: Record): string {
  const wrong: string[] = [];
  const { net, netAt, transportAt } = packet;
  if (net === 4 && finish(addBytes(data, netAt, netAt + IPV4_BYTES, 0)) !== 0) wrong.push('ip');
  const isFragment = (packet.fragment & (IPV4_FLAG_MF | IPV4_OFFSET_MASK)) !== 0;
  if (!isFragment && [PROTO_TCP, PROTO_UDP, PROTO_ICMP, PROTO_ICMP6].includes(packet.proto)) {
    const end = netAt + packet.ipBytes;
    const pseudo = packet.proto === PROTO_ICMP ? 0 : pseudoOf(packet, data, end - transportAt);
    if (finish(addBytes(data, transportAt, end, pseudo)) !== 0) wrong.push(`protocol ${packet.proto}`);
  }
  return wrong.join(', ');
}

function pseudoOf(packet: Packet, data: DataView, length: number): number {
  if (packet.net === 4) return pseudoIpv4(packet.src3, packet.dst3, packet.proto, length);
  return addBytes(data, packet.netAt + 8, packet.netAt + 40, packet.proto + length);
}

/** Kinds of TCP options in order, such as `2-1-3-1-1-4`. */
export function optionKinds({ packet, data }: Record): string {
  const kinds: number[] = [];
  const end = packet.optionsAt + packet.optionBytes;
  for (let at = packet.optionsAt; at < end; ) {
    const kind = data.getUint8(at);
    kinds.push(kind);
    if (kind === 0) break;
    at += kind === 1 ? 1 : data.getUint8(at + 1);
  }
  return kinds.join('-');
}
