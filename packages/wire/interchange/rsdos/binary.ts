/**
 * The DoS plugin's records of Corsaro 2 in binary, big-endian: for an interval with a dump its start, u32 how many, the records,
 * its end (starts and ends as in flowtuple/binary.ts). A record: u32 victim, addresses of ours, new ones, attack ports, target
 * ports; u64 packets, u32 new ones; u64 bytes, u32 new ones; u64 most packets a minute; u32 seconds and microseconds of the first
 * and the latest packet; u32 length of the first packet, its bytes.
 */
import type { ByteSink } from '../bytes.ts';
import type { Corsaro2Interval } from '../corsaro2.ts';
import { writeBinaryInterval } from '../flowtuple/binary.ts';
import type { Corsaro2Attack } from './corsaro2.ts';

const DOS_RECORD_BYTES = 72;

export function writeBinaryDump(sink: ByteSink, { number, start_s, end_s, dump }: Corsaro2Interval): void {
  if (dump === undefined) return;
  writeBinaryInterval(sink, number, start_s);
  sink.reserve(4);
  sink.data.setUint32(sink.at, dump.attacks.length);
  sink.at += 4;
  for (const attack of dump.attacks) writeRecord(sink, attack);
  writeBinaryInterval(sink, number, end_s);
}

function writeRecord(sink: ByteSink, attack: Corsaro2Attack): void {
  sink.reserve(DOS_RECORD_BYTES);
  const { data, at } = sink;
  data.setUint32(at, attack.victim);
  data.setUint32(at + 4, attack.telescopes);
  data.setUint32(at + 8, attack.telescopes_since);
  data.setUint32(at + 12, attack.attack_ports);
  data.setUint32(at + 16, attack.target_ports);
  data.setBigUint64(at + 20, BigInt(attack.packets));
  data.setUint32(at + 28, attack.packets_since);
  data.setBigUint64(at + 32, BigInt(attack.bytes));
  data.setUint32(at + 40, attack.bytes_since);
  data.setBigUint64(at + 44, BigInt(attack.max_ppm));
  data.setUint32(at + 52, attack.start_s);
  data.setUint32(at + 56, attack.start_us);
  data.setUint32(at + 60, attack.latest_s);
  data.setUint32(at + 64, attack.latest_us);
  data.setUint32(at + 68, attack.first_packet.length);
  sink.at = at + DOS_RECORD_BYTES;
  sink.append(attack.first_packet);
}
