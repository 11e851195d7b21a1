/** Captures for tests: in memory packet by packet, written anew in another form, and the third-party corpus. */
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { sharedData } from '@noroshi/kit/testing.ts';
import { CaptureReader } from '@noroshi/wire/capture/reader.ts';
import { Blocks, pcapHeader, pcapRecord } from '@noroshi/wire/capture/testing.ts';

/** One packet, copied out of its capture. */
export interface Shot {
  readonly link: number;
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly wireBytes: number;
  readonly bytes: Uint8Array;
}

/** A reader standing at each packet of a plain capture in turn. */
export function* packetsOf(capture: Uint8Array): Generator<CaptureReader> {
  const reader = new CaptureReader();
  reader.push(capture);
  reader.finish();
  while (reader.next()) yield reader;
}

/** Every packet up to the damage. */
export function shotsOf(capture: Uint8Array): Shot[] {
  return Array.from(packetsOf(capture), ({ link, seconds, nanoseconds, wireBytes, bytes, at, end }) => {
    return { link, seconds, nanoseconds, wireBytes, bytes: bytes.slice(at, end) };
  });
}

/** A classic capture of these packets, all of the first one's link type, in nanoseconds. */
export function pcapOf(shots: readonly Shot[]): Uint8Array {
  const records = shots.map(({ seconds, nanoseconds, wireBytes, bytes }) => {
    return pcapRecord(bytes, { seconds, fraction: nanoseconds, wireBytes });
  });
  return Buffer.concat([pcapHeader({ unit_ns: 1, link: shots[0]?.link ?? 1 }), ...records]);
}

/**
 * The packets as pcapng, in sections of so many packets and alternating byte order, over three interfaces that are described
 * only when they are needed: nanoseconds, microseconds (the default), and 2⁻³² s behind an offset of 1,000 s. Times come back
 * right to the microsecond.
 */
export function pcapngOf(shots: readonly Shot[], packetsPerSection: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let from = 0, number = 0; from < shots.length; from += packetsPerSection, number++) {
    parts.push(...sectionOf(shots.slice(from, from + packetsPerSection), number % 2 === 0));
  }
  return Buffer.concat(parts);
}

function sectionOf(shots: readonly Shot[], littleEndian: boolean): Uint8Array[] {
  const blocks = new Blocks(littleEndian);
  const fraction = [blocks.option(9, [9])];
  const offset = [blocks.option(9, [0x80 | 32]), blocks.option(14, blocks.u64(1000n))];
  const parts = [blocks.section()];
  for (const [index, { link, seconds, nanoseconds, bytes, wireBytes }] of shots.entries()) {
    if (index === 0) parts.push(blocks.interface(link, 0, ...fraction));
    if (index === 5) parts.push(blocks.interface(link), blocks.block(0x0bad, [1, 2, 3]));
    if (index === 9) parts.push(blocks.interface(link, 0, ...offset));
    const number = index < 5 ? 0 : index < 9 ? index % 2 : index % 3;
    const ticks = [
      BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds),
      BigInt(seconds) * 1_000_000n + BigInt(Math.floor(nanoseconds / 1000)),
      (BigInt(seconds - 1000) << 32n) + ((BigInt(nanoseconds) << 32n) + 999_999_999n) / 1_000_000_000n,
    ];
    parts.push(blocks.enhanced(number, ticks[number], bytes, wireBytes));
  }
  return parts;
}

/** Every `step`-th capture of the corpus, by path; `from` chooses which. */
export function corpus(step: number, from = 0): string[] {
  const files = globSync('**/*.{pcap,pcapng,cap,erf,trace,pcap.gz,pcapng.gz,pcapng.zst}', {
    cwd: sharedData('data', 'pcap'),
  });
  return files
    .toSorted()
    .filter((_, index) => index % step === from)
    .map((file) => sharedData('data', 'pcap', file));
}

/** A capture file as plain bytes; only whole compressed files. */
export function plainBytes(path: string): Uint8Array {
  const bytes = readFileSync(path);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return gunzipSync(bytes);
  return bytes[0] === 0x28 && bytes[1] === 0xb5 ? zstdDecompressSync(bytes) : bytes;
}

/** Paths in a folder of this test file's own, which is gone when its tests are done. */
export function scratch(): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'noroshi-sensor-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return (name) => join(folder, name);
}
