/** Captures of the corpus that hold the same packets in different formats: they must decode alike. */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { sharedData } from '@noroshi/kit/testing.ts';
import { PCAP_HEADER_BYTES, PCAP_RECORD_BYTES, writePcapHeader, writePcapRecord } from '@noroshi/wire/capture/pcap.ts';
import { CaptureReader } from '@noroshi/wire/capture/reader.ts';
import { readBytes } from './corpus.ts';
import { type Frame, readCapture, type Reading } from './ours.ts';
import { FIELDS } from './row.ts';

const ORIGINAL = '100_packets.pcap';
const CONVERTED = ['100_packetsns.pcap', '100_packets.pcapng'];
const ERF = '100_packets.erf';
const COOKED = '100_sll.pcap';
/** The cooked header stands before the whole Ethernet frame in libtrace's file, so only lengths and times compare. */
const COOKED_BYTES = 16;

/** Each pair compared, with the first difference in words; undefined when there is none. */
export function compareTwins(): Map<string, string | undefined> {
  return new Map([...compareFamily(), ...compareByteOrders()]);
}

function compareFamily(): [string, string | undefined][] {
  const path = (name: string): string => sharedData('data', 'pcap', 'libtrace', name);
  const read = (name: string): Reading => readCapture(readFileSync(path(name)));
  const original = read(ORIGINAL);
  const erf = carriageReturnsLost(toPcap(readFileSync(path(ERF))));
  return [
    ...CONVERTED.map((name): [string, string | undefined] => [`${ORIGINAL} = ${name}`, differ(original, read(name))]),
    [`${ORIGINAL} = ${ERF}`, erf.equals(readFileSync(path(ORIGINAL))) ? undefined : 'bytes differ'],
    [`${ORIGINAL} = ${COOKED}`, differInFrames(original.frames, read(COOKED).frames, COOKED_BYTES)],
  ];
}

/** A capture rewritten as pcap with microseconds, rounded to the nearest as libtrace does it. */
function toPcap(bytes: Uint8Array): Buffer {
  const reader = new CaptureReader();
  const out = Buffer.alloc(bytes.length * 2);
  const view = new DataView(out.buffer, out.byteOffset);
  writePcapHeader(view, 0, { littleEndian: true, unit_ns: 1000, link: 1, snapBytes: 65_536 });
  let at = PCAP_HEADER_BYTES;
  reader.push(bytes);
  reader.finish();
  while (reader.next()) {
    const microseconds = Math.round(reader.nanoseconds / 1000);
    writePcapRecord(view, at, true, reader.seconds, microseconds, reader.end - reader.at, reader.wireBytes);
    out.set(reader.bytes.subarray(reader.at, reader.end), at + PCAP_RECORD_BYTES);
    at += PCAP_RECORD_BYTES + reader.end - reader.at;
  }
  return out.subarray(0, at);
}

/**
 * libtrace's repository keeps its pcap files with every byte 0d turned into 0a, as if they were text; the ERF file alone is
 * whole. So their packets 7, 10, 11 … have other ports.
 */
function carriageReturnsLost(bytes: Buffer): Buffer {
  return bytes.map((byte) => (byte === 0x0d ? 0x0a : byte)) as Buffer;
}

/** pcapng-test-generator's tests that exist in both byte orders. */
function compareByteOrders(): [string, string | undefined][] {
  const folder = sharedData('data', 'pcap', 'pcapng-test-generator');
  const little = globSync('output_le/*/*.pcapng', { cwd: folder });
  const big = new Set(globSync('output_be/*/*.pcapng', { cwd: folder }));
  return little.flatMap((path): [string, string | undefined][] => {
    const twin = path.replace('output_le', 'output_be');
    if (!big.has(twin)) return [];
    const [a, b] = [path, twin].map((name) => readCapture(readBytes(join(folder, name))));
    return [[`${basename(path)} in both byte orders`, differ(a, b)]];
  });
}

function differ(a: Reading, b: Reading): string | undefined {
  if (a.failure !== b.failure) return `failures ${a.failure ?? 'none'} and ${b.failure ?? 'none'}`;
  const frames = differInFrames(a.frames, b.frames, 0);
  if (frames !== undefined) return frames;
  for (const [index, row] of a.rows.entries()) {
    const field = FIELDS.find((name) => row[name] !== b.rows[index][name]);
    if (field !== undefined) return `packet ${index + 1}: ${field} ${row[field]} and ${b.rows[index][field]}`;
  }
  return undefined;
}

/** @param moreBytes that each packet of `b` has, being cooked */
function differInFrames(a: readonly Frame[], b: readonly Frame[], moreBytes: number): string | undefined {
  if (a.length !== b.length) return `${a.length} and ${b.length} packets`;
  for (const [index, frame] of a.entries()) {
    const { link, seconds, nanoseconds, capturedBytes, wireBytes } = b[index];
    const where = `packet ${index + 1}`;
    if (frame.seconds !== seconds || frame.nanoseconds !== nanoseconds) return `${where}: time`;
    if (frame.wireBytes + moreBytes !== wireBytes) return `${where}: ${frame.wireBytes} and ${wireBytes} bytes`;
    if (frame.capturedBytes + moreBytes !== capturedBytes) return `${where}: captured length`;
    if (moreBytes === 0 && frame.link !== link) return `${where}: link type ${frame.link} and ${link}`;
  }
  return undefined;
}
