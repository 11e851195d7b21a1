/** A packet as a line for people: number, time, who to whom, what it is, what it carries, why reading it stopped. */
import type { CaptureReader } from '@noroshi/wire/capture/reader.ts';
import { CLASSES } from '@noroshi/wire/classify/class.ts';
import { markNames } from '@noroshi/wire/classify/marks/index.ts';
import { linkName } from '@noroshi/wire/net/linktype.ts';
import type { Packet } from '@noroshi/wire/net/packet.ts';
import { PROTO_TCP, protocolName } from '@noroshi/wire/net/protocol.ts';
import { TUNNELS } from '@noroshi/wire/net/tunnel.ts';
import { icmpName } from '@noroshi/wire/net/service-names.ts';
import { dateText } from '../look/time.ts';
import { cut } from '@noroshi/kit/width.ts';
import type { Seen } from './seen.ts';

const NUMBER_WIDTH = 6;
/** `255.255.255.255:65535`; the columns widen when a longer one comes, and stay so. */
const ADDRESS_WIDTH = 21;
const DETAIL_WIDTH = 26;
const CLASS_WIDTH = 11;
/** Below this width a line has no bytes, TTL, window and fractions of a second, and marks instead of the class `probe`. */
const FULL_WIDTH = 110;
const SHORT_DETAIL_WIDTH = 6;
/** From this width on the day stands in front of the time. */
const DAY_WIDTH = 140;
const FLAG_LETTERS = 'FSRPAUEWN';

export class TextLines {
  private readonly width: number | undefined;
  private readonly isShort: boolean;
  private readonly paintDamage: (text: string) => string;
  private second = Number.NaN;
  private clock = '';
  private fromWidth = ADDRESS_WIDTH;
  private toWidth = ADDRESS_WIDTH;

  /**
   * @param width lines are cut to it; undefined leaves them as long as they are
   * @param paintDamage colours the line of a packet that is damaged
   */
  constructor(width: number | undefined, paintDamage: (text: string) => string) {
    this.width = width;
    this.isShort = width !== undefined && width < FULL_WIDTH;
    this.paintDamage = paintDamage;
  }

  /** The lines of the reader's current packet: one, and one more for each tunnel that was entered. */
  lines(n: number, reader: CaptureReader, seen: Seen): string {
    const number = String(n).padStart(NUMBER_WIDTH);
    const gap = this.isShort ? ' ' : '  ';
    let lines = this.finish(
      `${number}${gap}${this.time(reader)}${gap}${this.describe(seen, reader.wireBytes)}`,
      seen.packet,
    );
    const indent = ' '.repeat(NUMBER_WIDTH);
    const under = this.time(reader).length - '└ '.length;
    for (let outer = seen; outer.inner !== undefined; outer = outer.inner) {
      const { packet } = outer.inner;
      const carried = this.describe(outer.inner, packet.end - packet.start);
      lines += this.finish(`${indent}${gap}└ ${TUNNELS[outer.packet.tunnel].padEnd(under)}${gap}${carried}`, packet);
    }
    return lines;
  }

  private finish(line: string, { isDamaged }: Packet): string {
    const shown = this.width === undefined ? line.trimEnd() : cut(line.trimEnd(), this.width);
    return `${isDamaged ? this.paintDamage(shown) : shown}\n`;
  }

  /** The text of the second is kept, for most packets share it with the one before. */
  private time({ seconds, nanoseconds }: CaptureReader): string {
    if (seconds !== this.second) {
      this.second = seconds;
      const full = dateText(seconds);
      this.clock = this.width === undefined || this.width >= DAY_WIDTH ? full : full.slice(11);
    }
    return this.isShort ? this.clock : `${this.clock}.${String(1_000_000 + Math.floor(nanoseconds / 1000)).slice(1)}`;
  }

  private describe(seen: Seen, wireBytes: number): string {
    const { packet, verdict, checksums } = seen;
    const name = CLASSES[verdict.classCode].name;
    const marks = verdict.marks === 0 ? '' : markNames(verdict.marks).join(' ');
    const wrong = checksums === undefined ? '' : wrongText(packet, checksums);
    const stop = packet.stopKind === 0 ? '' : `  ${packet.stopText}`;
    if (this.isShort) return `${this.who(packet)} ${this.detail(packet, wireBytes)} ${marks || name}${wrong}${stop}`;
    return `${this.who(packet)}  ${this.detail(packet, wireBytes)}  ${name.padEnd(CLASS_WIDTH)}  ${marks}${wrong}${stop}`;
  }

  private detail(packet: Packet, wireBytes: number): string {
    if (this.isShort) return cut(shortDetail(packet), SHORT_DETAIL_WIDTH).padEnd(SHORT_DETAIL_WIDTH);
    return `${fullDetail(packet).padEnd(DETAIL_WIDTH)} ${String(wireBytes).padStart(5)} B`;
  }

  private who(packet: Packet): string {
    if (packet.net === 0) return linkName(packet.link).padEnd(this.fromWidth + this.toWidth + 3);
    const from = endpoint(packet.source, packet.sport, packet.net);
    const to = endpoint(packet.destination, packet.dport, packet.net);
    if (from.length > this.fromWidth) this.fromWidth = from.length;
    if (to.length > this.toWidth) this.toWidth = to.length;
    return `${from.padEnd(this.fromWidth)} → ${to.padEnd(this.toWidth)}`;
  }
}

function endpoint(address: string, port: number, net: number): string {
  if (port < 0) return address;
  return net === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}

function shortDetail({ proto, tcpFlags }: Packet): string {
  if (proto < 0) return '';
  return proto === PROTO_TCP && tcpFlags >= 0 ? `tcp ${flagsText(tcpFlags)}` : protocolName(proto);
}

function fullDetail(packet: Packet): string {
  const { proto, tcpFlags, icmpType, icmpCode, ttl } = packet;
  if (proto < 0) return '';
  const name = protocolName(proto);
  if (proto === PROTO_TCP && tcpFlags >= 0) {
    return `tcp ${flagsText(tcpFlags).padEnd(4)} ttl ${String(ttl).padEnd(3)} win ${packet.window}`;
  }
  if (icmpType >= 0 && icmpCode >= 0) return icmpName(proto, icmpType, icmpCode) || `${name} ${icmpType}/${icmpCode}`;
  return `${name.padEnd(8)} ttl ${ttl}`;
}

/** `S`, `SA`, `R`: a letter for each flag, `.` without any. */
export function flagsText(flags: number): string {
  let letters = '';
  for (let bit = 0; bit < FLAG_LETTERS.length; bit++) if ((flags & (1 << bit)) !== 0) letters += FLAG_LETTERS[bit];
  if (flags >> FLAG_LETTERS.length !== 0) letters += '?';
  return letters === '' ? '.' : letters;
}

function wrongText({ proto }: Packet, { ip, transport }: NonNullable<Seen['checksums']>): string {
  const wrong = [
    ...(ip === 'bad' ? ['IPv4'] : []),
    ...(transport === 'bad' ? [protocolName(proto).toUpperCase()] : []),
  ];
  return wrong.length === 0 ? '' : `  wrong ${wrong.join(' and ')} checksum`;
}
