/** The corpus: captures of ../shared/data/pcap, with the counts of two other readers (profile.jsonl). */
import { readFileSync } from 'node:fs';
import { constants, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { sharedData } from '@noroshi/kit/testing.ts';

export interface Capture {
  /** Path below ../shared/data, as in profile.jsonl. */
  readonly name: string;
  readonly path: string;
  /** Packets by profile.jsonl's own small reader; undefined where it does not know the format. */
  readonly own: number | undefined;
  /** Packets by tcpdump 4.99.3; undefined where it refuses the file. */
  readonly tcpdump: number | undefined;
}

interface Profile {
  readonly file: string;
  readonly own: { readonly n: number; readonly fmt: string };
  readonly tcpdump_packets: number | null;
}

export function readCorpus(): Capture[] {
  const lines = readFileSync(sharedData('data', 'pcap', 'profile.jsonl'), 'utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line) => {
    const { file, own, tcpdump_packets } = JSON.parse(line) as Profile;
    return {
      name: file,
      path: sharedData('data', file),
      own: own.fmt.startsWith('other:') ? undefined : own.n,
      tcpdump: tcpdump_packets ?? undefined,
    };
  });
}

const ZSTD_MAGIC = 0x28b52ffd;
const GZIP_MAGIC = 0x1f8b;

/** A capture's bytes, decompressed; of a cut gzip file what is there. */
export function readBytes(path: string): Uint8Array {
  const bytes = readFileSync(path);
  if (bytes.length >= 4 && bytes.readUInt32BE(0) === ZSTD_MAGIC) return zstdDecompressSync(bytes);
  if (bytes.length < 2 || bytes.readUInt16BE(0) !== GZIP_MAGIC) return bytes;
  return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
}
