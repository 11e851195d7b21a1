/**
 * pcapng (https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html): blocks of
 *
 *   0 type   4 total length   8 body …   total length again
 *
 * in sections, each with its own byte order and its own interfaces; each interface with its own link type, snap length,
 * time resolution and offset. What one block means is decided here; buffering and skipping are the reader's.
 */
import type { CaptureFailure, FailureKind } from './failure.ts';

export const BLOCK_SECTION = 0x0a0d0d0a;
export const BLOCK_INTERFACE = 1;
export const BLOCK_PACKET_OBSOLETE = 2;
export const BLOCK_SIMPLE_PACKET = 3;
export const BLOCK_STATISTICS = 5;
export const BLOCK_ENHANCED_PACKET = 6;
export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

/** type, length, length again. */
export const BLOCK_BYTES_MIN = 12;
/** Largest block that is held in memory (libpcap's own limit); larger ones of unknown types are skipped unread. */
export const BLOCK_BYTES_MAX = 16 * 1024 * 1024;
/** Interfaces in one section; a capture that describes more is refused. */
export const INTERFACES_MAX = 65_536;

const OPTION_END = 0;
const OPTION_TIME_RESOLUTION = 9;
const OPTION_TIME_OFFSET = 14;
const OPTION_RECEIVED_BY_INTERFACE = 4;
const OPTION_DROPPED_BY_INTERFACE = 5;
const OPTION_DROPPED_BY_OS = 7;

/** True for the blocks that are read; all others are passed over. */
export function isReadBlock(type: number): boolean {
  return type === BLOCK_ENHANCED_PACKET || type === BLOCK_SIMPLE_PACKET || isRareBlock(type);
}

function isRareBlock(type: number): boolean {
  return type === BLOCK_PACKET_OBSOLETE || type === BLOCK_INTERFACE || type === BLOCK_STATISTICS;
}

/** One described interface; plain data, so that a worker can be handed it. */
export interface PcapngInterface {
  readonly link: number;
  readonly snapBytes: number;
  /** Ticks of its clock in a second: a power of ten or of two. */
  readonly ticks: number;
  /** Seconds to add to its time stamps. */
  readonly offset_s: number;
  /** Packets that the interface and the operating system reported as dropped, latest figure. */
  dropped: number;
}

export interface PcapngSection {
  readonly littleEndian: boolean;
  readonly interfaces: PcapngInterface[];
}

/** A copy whose drop counters are its own. */
export function copySection(section: PcapngSection): PcapngSection {
  return { littleEndian: section.littleEndian, interfaces: section.interfaces.map((described) => ({ ...described })) };
}

/** Where one packet lies within its block, and when it was seen. Overwritten for every packet. */
export class PcapngPacket {
  at = 0;
  capturedBytes = 0;
  wireBytes = 0;
  link = 0;
  seconds = 0;
  nanoseconds = 0;
}

type Refusal = Omit<CaptureFailure, 'offset'>;
const refuse = (kind: FailureKind, detail: string): Refusal => ({ kind, detail });

/** Byte order of the section header block at `at` (12 bytes there); undefined when its magic is in neither. */
export function sectionIsLittleEndian(data: DataView, at: number): boolean | undefined {
  if (data.getUint32(at + 8, true) === BYTE_ORDER_MAGIC) return true;
  return data.getUint32(at + 8, false) === BYTE_ORDER_MAGIC ? false : undefined;
}

/** Reads an interface description block `data[at, end)` into the section; a refusal when it is malformed. */
export function readInterface(section: PcapngSection, data: DataView, at: number, end: number): Refusal | undefined {
  if (end - at < 20) return refuse('block', `interface description of ${end - at} bytes, needs 20`);
  if (section.interfaces.length >= INTERFACES_MAX) return refuse('limit', `more than ${INTERFACES_MAX} interfaces`);
  const little = section.littleEndian;
  let ticks = 1_000_000;
  let offset_s = 0;
  const options = new Options(data, at + 16, end - 4, little);
  while (options.next()) {
    if (options.code === OPTION_TIME_RESOLUTION && options.length >= 1) ticks = ticksOf(data.getUint8(options.at));
    if (options.code === OPTION_TIME_OFFSET && options.length >= 8) {
      offset_s = Number(data.getBigInt64(options.at, little));
    }
  }
  const link = data.getUint16(at + 8, little);
  section.interfaces.push({ link, snapBytes: data.getUint32(at + 12, little), ticks, offset_s, dropped: 0 });
  return undefined;
}

/** if_tsresol: the high bit chooses powers of two, the rest is the exponent. */
function ticksOf(resolution: number): number {
  return resolution & 0x80 ? 2 ** (resolution & 0x7f) : 10 ** resolution;
}

/** Reads an interface statistics block: its drop counters replace the earlier ones of that interface. */
export function readStatistics(section: PcapngSection, data: DataView, at: number, end: number): void {
  if (end - at < 24) return;
  const described = section.interfaces[data.getUint32(at + 8, section.littleEndian)];
  if (described === undefined) return;
  let dropped = 0;
  const options = new Options(data, at + 20, end - 4, section.littleEndian);
  while (options.next()) {
    if (options.length < 8 || options.code === OPTION_RECEIVED_BY_INTERFACE) continue;
    if (options.code !== OPTION_DROPPED_BY_INTERFACE && options.code !== OPTION_DROPPED_BY_OS) continue;
    dropped += Number(data.getBigUint64(options.at, section.littleEndian));
  }
  described.dropped = dropped;
}

/** Reads an enhanced or an obsolete packet block into `packet`. */
export function readPacket(
  packet: PcapngPacket,
  section: PcapngSection,
  data: DataView,
  at: number,
  end: number,
  isObsolete: boolean,
): Refusal | undefined {
  if (end - at < 32) return refuse('block', `packet block of ${end - at} bytes, needs 32`);
  const little = section.littleEndian;
  const index = isObsolete ? data.getUint16(at + 8, little) : data.getUint32(at + 8, little);
  const source = section.interfaces[index];
  if (source === undefined) return refuse('interface', `interface ${index} of ${section.interfaces.length}`);
  packet.at = at + 28;
  packet.capturedBytes = data.getUint32(at + 20, little);
  packet.wireBytes = data.getUint32(at + 24, little);
  packet.link = source.link;
  setTime(packet, source, data.getUint32(at + 12, little), data.getUint32(at + 16, little));
  return packet.capturedBytes <= end - 4 - packet.at
    ? undefined
    : refuse('record', `packet claims ${packet.capturedBytes} captured bytes in a block of ${end - at}`);
}

/** Reads a simple packet block: interface 0, no time (0), length from the original length and the snap length. */
export function readSimplePacket(
  packet: PcapngPacket,
  section: PcapngSection,
  data: DataView,
  at: number,
  end: number,
): Refusal | undefined {
  if (end - at < 16) return refuse('block', `simple packet block of ${end - at} bytes, needs 16`);
  const source = section.interfaces[0];
  if (source === undefined) return refuse('interface', 'interface 0 of 0');
  const room = end - 4 - (at + 12);
  packet.at = at + 12;
  packet.wireBytes = data.getUint32(at + 8, section.littleEndian);
  const kept = source.snapBytes === 0 ? packet.wireBytes : Math.min(packet.wireBytes, source.snapBytes);
  packet.capturedBytes = kept;
  packet.link = source.link;
  packet.seconds = 0;
  packet.nanoseconds = 0;
  return kept <= room ? undefined : refuse('record', `packet claims ${kept} captured bytes in a block of ${end - at}`);
}

/** Largest clock rate for which the limb division below stays exact in doubles. */
const TICKS_EXACT_MAX = 2 ** 36;

/**
 * A 64-bit tick count to seconds and nanoseconds. Long division in 16-bit limbs: exact and without BigInt, since this
 * runs per packet; only clocks finer than 15 ps take the BigInt way.
 */
export function setTime(packet: PcapngPacket, source: PcapngInterface, high: number, low: number): void {
  const { ticks } = source;
  if (ticks > TICKS_EXACT_MAX) return setTimeFine(packet, source, high, low);
  const first = Math.floor(high / ticks);
  let rest = (high % ticks) * 0x10000 + (low >>> 16);
  const second = Math.floor(rest / ticks);
  rest = (rest % ticks) * 0x10000 + (low & 0xffff);
  const third = Math.floor(rest / ticks);
  rest %= ticks;
  packet.seconds = first * 0x1_0000_0000 + second * 0x10000 + third + source.offset_s;
  packet.nanoseconds = ticks <= 1_000_000_000 ? Math.floor((rest * 1e9) / ticks) : Math.floor((rest / ticks) * 1e9);
}

function setTimeFine(packet: PcapngPacket, source: PcapngInterface, high: number, low: number): void {
  const count = (BigInt(high) << 32n) | BigInt(low);
  // An exponent of 127 gives a rate beyond doubles' integers but not beyond doubles; BigInt takes it as it is.
  const ticks = BigInt(source.ticks);
  packet.seconds = Number(count / ticks) + source.offset_s;
  packet.nanoseconds = Number(((count % ticks) * 1_000_000_000n) / ticks);
}

/** Walks the options of a block; stops at the end mark, at the block's end, or where a length lies. */
class Options {
  code = 0;
  at = 0;
  length = 0;
  private readonly data: DataView;
  private next_at: number;
  private readonly end: number;
  private readonly little: boolean;

  constructor(data: DataView, at: number, end: number, little: boolean) {
    this.data = data;
    this.next_at = at;
    this.end = end;
    this.little = little;
  }

  next(): boolean {
    if (this.next_at + 4 > this.end) return false;
    this.code = this.data.getUint16(this.next_at, this.little);
    this.length = this.data.getUint16(this.next_at + 2, this.little);
    this.at = this.next_at + 4;
    this.next_at = this.at + ((this.length + 3) & ~3);
    return this.code !== OPTION_END && this.at + this.length <= this.end;
  }
}
