/**
 * Flowtuples of Corsaro 2 as text: an interval between its start and end lines, in it for each class
 * `START flowtuple_<class> n`, lines `src|dst|sport|dport|proto|ttl|0xflags|ip_len,packets`, `END …`.
 */
import type { ByteSink } from '../bytes.ts';
import { TUPLE_CLASSES } from './tuple-packet.ts';
import { placesOfClasses } from './tuple-classes.ts';
import type { TupleOrder } from './tuple-order.ts';
import { DST, IP_BYTES, KIND, PACKETS, PORTS, SRC, TUPLE_WORDS } from './tuple-table.ts';

/** Two addresses, ports, and six smaller numbers with what stands between. */
const LINE_BYTES_MAX = 96;
const BAR = 0x7c;
const DOT = 0x2e;
const HEX = '0123456789abcdef';

export function asciiIntervalStart(number: number, start_s: number): string {
  return `# CORSARO_INTERVAL_START ${number} ${start_s}\n`;
}

export function asciiIntervalEnd(number: number, end_s: number): string {
  return `# CORSARO_INTERVAL_END ${number} ${end_s}\n`;
}

/** Writes the three classes. */
export function writeAsciiClasses(sink: ByteSink, order: TupleOrder): void {
  const places = placesOfClasses(order);
  for (const [place, name] of TUPLE_CLASSES.entries()) {
    const [from, to] = [places[place], places[place + 1]];
    sink.text(`START ${name} ${to - from}\n`);
    for (let row = from; row < to; row++) writeLine(sink, order.words, order.rows[row] * TUPLE_WORDS);
    sink.text(`END ${name}\n`);
  }
}

function writeLine(sink: ByteSink, words: Int32Array, row: number): void {
  sink.reserve(LINE_BYTES_MAX);
  const { bytes } = sink;
  const ports = words[row + PORTS];
  const kind = words[row + KIND];
  let at = address(bytes, sink.at, words[row + SRC]);
  bytes[at++] = BAR;
  at = address(bytes, at, words[row + DST]);
  bytes[at++] = BAR;
  at = decimal(bytes, at, swapped(ports >>> 16));
  bytes[at++] = BAR;
  at = decimal(bytes, at, swapped(ports & 0xffff));
  bytes[at++] = BAR;
  at = decimal(bytes, at, (kind >>> 16) & 0xff);
  bytes[at++] = BAR;
  at = decimal(bytes, at, (kind >>> 8) & 0xff);
  bytes[at++] = BAR;
  bytes[at++] = 0x30;
  bytes[at++] = 0x78;
  bytes[at++] = HEX.charCodeAt((kind >>> 4) & 15);
  bytes[at++] = HEX.charCodeAt(kind & 15);
  bytes[at++] = BAR;
  at = decimal(bytes, at, swapped(words[row + IP_BYTES]));
  bytes[at++] = 0x2c;
  at = decimal(bytes, at, words[row + PACKETS] >>> 0);
  bytes[at++] = 0x0a;
  sink.at = at;
}

/** The two bytes of a little-endian load the other way round. */
function swapped(half: number): number {
  return ((half & 0xff) << 8) | (half >>> 8);
}

function address(bytes: Uint8Array, from: number, word: number): number {
  let at = decimal(bytes, from, word & 0xff);
  bytes[at++] = DOT;
  at = decimal(bytes, at, (word >>> 8) & 0xff);
  bytes[at++] = DOT;
  at = decimal(bytes, at, (word >>> 16) & 0xff);
  bytes[at++] = DOT;
  return decimal(bytes, at, word >>> 24);
}

function decimal(bytes: Uint8Array, from: number, value: number): number {
  let digits = 1;
  for (let limit = 10; value >= limit && digits < 10; limit *= 10) digits++;
  let rest = value;
  for (let at = from + digits - 1; at >= from; at--) {
    const next = Math.floor(rest / 10);
    bytes[at] = 0x30 + (rest - next * 10);
    rest = next;
  }
  return from + digits;
}
