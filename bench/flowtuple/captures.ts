/** The two captures on which Corsaro 2 was measured: every packet a flowtuple of its own, and 65 alike one behind the other. */
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { sharedData, sharedFile } from '@noroshi/kit/testing.ts';

const GENERATOR = ['reference', 'corsaro-out', 'd', 'gen.mjs'];
const DOS = ['reference', 'corsaro-out', 'dos.pcap.zst'];
const REPEATS = 65;
/** What the generator makes for Corsaro's own outputs. */
const PACKETS = 10_000_000;
const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const BUFFER_BYTES = 1 << 23;

export interface FlowtupleCapture {
  readonly name: 'unique' | 'repeats';
  readonly path: string;
  readonly packets: number;
  readonly bytes: number;
}

/** Why the captures cannot be made; undefined when they can. */
export function missingCaptures(): string | undefined {
  return sharedFile(...GENERATOR).missing ?? sharedFile(...DOS).missing;
}

/** @param share of the ten million packets */
export function makeCaptures(folder: string, share: number): FlowtupleCapture[] {
  const unique = join(folder, 'unique.pcap');
  const packets = Math.round(PACKETS * share);
  execFileSync(process.execPath, [sharedData(...GENERATOR), String(packets), unique]);
  const repeats = join(folder, 'repeats.pcap');
  const repeated = repeat(repeats, Math.max(1, Math.round(REPEATS * share)));
  return [
    { name: 'unique', path: unique, packets, bytes: statSync(unique).size },
    { name: 'repeats', path: repeats, packets: repeated, bytes: statSync(repeats).size },
  ];
}

/** Writes each packet so many times; how many there are then. */
function repeat(path: string, times: number): number {
  const capture = zstdDecompressSync(readFileSync(sharedData(...DOS)));
  const fd = openSync(path, 'w');
  const buffer = Buffer.alloc(BUFFER_BYTES);
  let used = capture.copy(buffer, 0, 0, FILE_HEADER_BYTES);
  let packets = 0;
  for (let at = FILE_HEADER_BYTES; at < capture.length; ) {
    const end = at + RECORD_HEADER_BYTES + capture.readUInt32LE(at + 8);
    for (let time = 0; time < times; time++, packets++) {
      if (used + end - at > BUFFER_BYTES) {
        writeSync(fd, buffer, 0, used);
        used = 0;
      }
      used += capture.copy(buffer, used, at, end);
    }
    at = end;
  }
  writeSync(fd, buffer, 0, used);
  closeSync(fd);
  return packets;
}
