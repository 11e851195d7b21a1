/**
 * Flowtuples of Corsaro 2 in binary, big-endian, without header or trailer of the file:
 *
 *     interval start   "EDGR" "INTR" u16 number u32 start
 *     each class       "SIXU" u16 class u32 count
 *                      count × u32 src, u32 dst, u16 sport, u16 dport, u8 proto, u8 ttl, u8 flags, u16 ip_len, u32 packets
 *                      "SIXU" u16 class
 *     interval end     "EDGR" "INTR" u16 number u32 end
 */
import type { ByteSink } from '../bytes.ts';
import { TUPLE_CLASSES } from './tuple-packet.ts';
import { placesOfClasses } from './tuple-classes.ts';
import type { TupleOrder } from './tuple-order.ts';
import { DST, IP_BYTES, KIND, PACKETS, PORTS, SRC, TUPLE_WORDS } from './tuple-table.ts';

const RECORD_BYTES = 21;
const MAGIC_CORSARO = 0x45444752;
const MAGIC_INTERVAL = 0x494e5452;
const MAGIC_CLASS = 0x53495855;

/** Start or end of an interval; numbers have 16 bits and begin again. */
export function writeBinaryInterval(sink: ByteSink, number: number, time_s: number): void {
  sink.reserve(14);
  const { data, at } = sink;
  data.setUint32(at, MAGIC_CORSARO);
  data.setUint32(at + 4, MAGIC_INTERVAL);
  data.setUint16(at + 8, number & 0xffff);
  data.setUint32(at + 10, time_s);
  sink.at = at + 14;
}

/** Writes the three classes. */
export function writeBinaryClasses(sink: ByteSink, order: TupleOrder): void {
  const places = placesOfClasses(order);
  for (const place of TUPLE_CLASSES.keys()) {
    const [from, to] = [places[place], places[place + 1]];
    sink.reserve(10);
    sink.data.setUint32(sink.at, MAGIC_CLASS);
    sink.data.setUint16(sink.at + 4, place);
    sink.data.setUint32(sink.at + 6, to - from);
    sink.at += 10;
    for (let row = from; row < to; row++) writeRecord(sink, order.words, order.rows[row] * TUPLE_WORDS);
    sink.reserve(6);
    sink.data.setUint32(sink.at, MAGIC_CLASS);
    sink.data.setUint16(sink.at + 4, place);
    sink.at += 6;
  }
}

/** The words are little-endian loads, so little-endian stores put the bytes back in their order. */
function writeRecord(sink: ByteSink, words: Int32Array, row: number): void {
  sink.reserve(RECORD_BYTES);
  const { data, at } = sink;
  const ports = words[row + PORTS];
  const kind = words[row + KIND];
  data.setInt32(at, words[row + SRC], true);
  data.setInt32(at + 4, words[row + DST], true);
  data.setUint16(at + 8, ports >>> 16, true);
  data.setUint16(at + 10, ports & 0xffff, true);
  data.setUint8(at + 12, (kind >>> 16) & 0xff);
  data.setUint8(at + 13, (kind >>> 8) & 0xff);
  data.setUint8(at + 14, kind & 0xff);
  data.setUint16(at + 15, words[row + IP_BYTES], true);
  data.setInt32(at + 17, words[row + PACKETS]);
  sink.at = at + RECORD_BYTES;
}
