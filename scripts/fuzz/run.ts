/** The cases of a run. Case n of a seed is always the same, so that a hang or a throw can be made again by its number. */
import { checkCapture, checkPacket, newGist } from './laws.ts';
import { type Counterexample, packBytes, shrink, textOf } from './found.ts';
import { fill, mutate, type Scratch, scratchOf } from './mutate.ts';
import { Random } from './random.ts';

export interface Seeds {
  /** Whole captures, decompressed. */
  readonly files: readonly Uint8Array[];
  readonly packets: readonly { readonly link: number; readonly bytes: Uint8Array }[];
}

/** Of this many cases one is about a whole capture, the others about packets. */
const CAPTURE_EVERY = 4;
/** One more piece of damage and one more walk, this often; the packet is taken afresh after each burst. */
const BURSTS = 256;
const BURST = 8;
const FILE_BYTES_MAX = 512 * 1024;
const PACKET_BYTES_MAX = 2048;
/** Every link type that leads somewhere, and one that does not. */
const LINKS = [
  0, 1, 6, 8, 9, 10, 12, 14, 50, 51, 100, 101, 104, 105, 107, 108, 113, 123, 127, 147, 167, 178, 179, 180, 181, 192,
  204, 226, 228, 229, 239, 242, 258, 276,
];

const fileScratch = scratchOf(FILE_BYTES_MAX);
const packetScratch = scratchOf(PACKET_BYTES_MAX);
const NOTHING = new Uint8Array(0);

export interface CaseResult {
  readonly packets: number;
  readonly found: Counterexample | undefined;
}

export function runCase(seeds: Seeds, seed: number, number: number): CaseResult {
  const random = new Random(seed, number);
  const isCapture = number % CAPTURE_EVERY === 0;
  return isCapture ? captureCase(seeds, random, seed, number) : packetCase(seeds, random, seed, number);
}

function captureCase({ files }: Seeds, random: Random, seed: number, number: number): CaseResult {
  fill(fileScratch, files[random.below(files.length)]);
  const other = files[random.below(files.length)];
  for (let count = 1 + random.below(8); count > 0; count--) mutate(fileScratch, random, other);
  const bytes = fileScratch.bytes.subarray(0, fileScratch.length);
  const sizes = chunking(random, bytes.length);
  const gist = newGist();
  const law = attempt(() => checkCapture(bytes, sizes, gist));
  const found = law === undefined ? undefined : shrink({ law, seed, number, sizes, bytes: packBytes(bytes) });
  return { packets: gist.packets, found };
}

/** All at once, or pieces from single bytes to a few thousand. */
function chunking(random: Random, bytes: number): number[] {
  if (random.once(3)) return [Math.max(1, bytes)];
  const largest = [16, 200, 5000][random.below(3)];
  return Array.from({ length: 5 }, () => 1 + random.below(largest));
}

function packetCase({ packets }: Seeds, random: Random, seed: number, number: number): CaseResult {
  for (let burst = 0; burst < BURSTS; burst++) {
    const { link: ownLink, bytes } = packets[random.below(packets.length)];
    const other = random.once(4) ? packets[random.below(packets.length)].bytes : NOTHING;
    const link = random.once(4) ? LINKS[random.below(LINKS.length)] : ownLink;
    fill(packetScratch, bytes);
    const law = attempt(() => damage(packetScratch, random, other, link));
    if (law === undefined) continue;
    const damaged = packBytes(packetScratch.bytes.subarray(0, packetScratch.length));
    return { packets: burst * BURST, found: shrink({ law, seed, number, link, bytes: damaged }) };
  }
  return { packets: BURSTS * BURST, found: undefined };
}

function damage(scratch: Scratch, random: Random, other: Uint8Array, link: number): string | undefined {
  for (let step = 0; step < BURST; step++) {
    mutate(scratch, random, other);
    // A view that ends where the packet ends: whoever reads on behind it throws.
    const data = new DataView(scratch.bytes.buffer, 0, scratch.length);
    const broken = checkPacket(data, 0, scratch.length, link);
    if (broken !== undefined) return broken;
  }
  return undefined;
}

function attempt(check: () => string | undefined): string | undefined {
  try {
    return check();
  } catch (error) {
    return textOf(error);
  }
}
