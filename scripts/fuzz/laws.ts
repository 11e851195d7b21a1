/** What must hold for every packet and every capture, whatever its bytes. Each check gives the broken law in words. */
import { BLOCK_BYTES_MAX } from '@noroshi/wire/capture/pcapng.ts';
import { CaptureReader } from '@noroshi/wire/capture/reader.ts';
import { CLASSES } from '@noroshi/wire/classify/class.ts';
import { classify, Verdict } from '@noroshi/wire/classify/classify.ts';
import { Packet } from '@noroshi/wire/net/packet.ts';
import { brokenLaw } from '@noroshi/wire/net/testing.ts';
import { walk, walkInner } from '@noroshi/wire/net/walk.ts';

/** Tunnels in tunnels are followed this far. */
const NESTING = 6;
/** No packet of any format takes less of a file: a record header of pcap or ERF, the shortest block of pcapng. */
const PACKET_FILE_BYTES_MIN = 16;

const packets = Array.from({ length: NESTING }, () => new Packet());
const verdict = new Verdict();

/** Walks and classifies `data[at, end)` and everything it carries. */
export function checkPacket(data: DataView, at: number, end: number, link: number): string | undefined {
  walk(packets[0], data, at, end, link);
  for (let depth = 0; ; depth++) {
    const packet = packets[depth];
    const broken = brokenLaw(packet) ?? checkVerdict(packet, data);
    if (broken !== undefined) return depth === 0 ? broken : `carried ${depth} deep: ${broken}`;
    if (depth + 1 === NESTING || !walkInner(packets[depth + 1], data, packet)) return undefined;
  }
}

function checkVerdict(packet: Packet, data: DataView): string | undefined {
  classify(verdict, packet, data);
  const { classCode, marks, predicates, servicePort, clientPort } = verdict;
  if (CLASSES[classCode] === undefined) return `class ${classCode}`;
  if (!Number.isInteger(marks) || !Number.isInteger(predicates)) return 'marks or predicates are no integers';
  const ports = Math.min(servicePort, clientPort) === Math.min(packet.sport, packet.dport);
  return packet.net === 0 || ports ? undefined : `service port ${servicePort} of ${packet.sport} and ${packet.dport}`;
}

/** What a capture gave, so that two ways of reading it can be compared. */
interface Gist {
  packets: number;
  /** A hash over link, time and lengths of all packets. */
  hash: number;
  failure: string;
}

export function newGist(): Gist {
  return { packets: 0, hash: 0, failure: '' };
}

/** Reads a whole capture in pieces of the sizes, one after the other, again and again; read at once it must give the same. */
export function checkCapture(file: Uint8Array, sizes: readonly number[], pieces: Gist): string | undefined {
  const whole = newGist();
  const broken = readCapture(file, sizes, pieces) ?? readCapture(file, [Math.max(1, file.length)], whole);
  if (broken !== undefined) return broken;
  if (whole.packets !== pieces.packets) return `${pieces.packets} packets in pieces, ${whole.packets} at once`;
  if (whole.hash !== pieces.hash) return 'pieces change the packets';
  return whole.failure === pieces.failure ? undefined : `pieces fail with ${pieces.failure}, at once ${whole.failure}`;
}

function pull(reader: CaptureReader, gist: Gist, packetsMax: number): string | undefined {
  while (reader.next()) {
    const { link, seconds, nanoseconds, at, end, wireBytes } = reader;
    gist.packets++;
    for (const part of [link, seconds, nanoseconds, end - at, wireBytes]) {
      gist.hash = Math.imul(gist.hash ^ part, 0x01000193);
    }
    if (gist.packets > packetsMax) return `more than ${packetsMax} packets`;
    if (at < 0 || end < at || end > reader.bytes.length) return `packet ${at} … ${end} of ${reader.bytes.length}`;
    const broken = checkPacket(reader.data, at, end, link);
    if (broken !== undefined) return broken;
  }
  return undefined;
}

function readCapture(file: Uint8Array, sizes: readonly number[], gist: Gist): string | undefined {
  const reader = new CaptureReader();
  const packetsMax = file.length / PACKET_FILE_BYTES_MIN + 1;
  for (let at = 0, piece = 0; at < file.length && !reader.isDone; piece++) {
    const size = sizes[piece % sizes.length];
    reader.push(file.subarray(at, at + size));
    at += size;
    const broken = pull(reader, gist, packetsMax);
    if (broken !== undefined) return broken;
  }
  reader.finish();
  const broken = pull(reader, gist, packetsMax) ?? checkEnd(reader, gist, file.length);
  gist.failure = reader.failure === undefined ? '' : `${reader.failure.kind} ${reader.failure.offset}`;
  return broken;
}

function checkEnd(reader: CaptureReader, gist: Gist, fileBytes: number): string | undefined {
  if (!reader.isDone) return 'neither at the end nor failed';
  if (reader.packets !== gist.packets) return `${reader.packets} packets counted, ${gist.packets} given`;
  if (reader.bytes.length > 2 * BLOCK_BYTES_MAX) return `a buffer of ${reader.bytes.length} bytes`;
  const { failure } = reader;
  if (failure === undefined && reader.offset !== fileBytes) return `ended at ${reader.offset} of ${fileBytes}`;
  if (failure === undefined) return undefined;
  return failure.offset >= 0 && failure.offset <= fileBytes ? undefined : `failed at ${failure.offset} of ${fileBytes}`;
}
