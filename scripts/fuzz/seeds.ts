/** What the fuzzer damages: the captures of the corpus, and packets of every kind from them. */
import { CaptureReader } from '@noroshi/wire/capture/reader.ts';
import { readBytes, readCorpus } from '../peers/corpus.ts';
import type { Seeds } from './run.ts';

/** From each capture, so that a large one does not outweigh the others. */
const PACKETS_PER_CAPTURE = 24;
/** Larger captures are damaged in their first part. */
const FILE_BYTES_MAX = 256 * 1024;

export function readSeeds(): Seeds {
  const files = readCorpus().map(({ path }) => readBytes(path).subarray(0, FILE_BYTES_MAX));
  return { files, packets: files.flatMap(packetsOf) };
}

function packetsOf(file: Uint8Array): { link: number; bytes: Uint8Array }[] {
  const reader = new CaptureReader();
  const packets: { link: number; bytes: Uint8Array }[] = [];
  reader.push(file);
  while (packets.length < PACKETS_PER_CAPTURE && reader.next()) {
    packets.push({ link: reader.link, bytes: reader.bytes.slice(reader.at, reader.end) });
  }
  return packets;
}
