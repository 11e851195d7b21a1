/** Damage, one piece at a time: what a transmission, a disk, a careless program or an attacker does to bytes. */
import type { Random } from './random.ts';

/** Bytes that may be changed, and how many of them count. */
export interface Scratch {
  readonly bytes: Uint8Array;
  readonly data: DataView;
  length: number;
}

export function scratchOf(size: number): Scratch {
  const bytes = new Uint8Array(size);
  return { bytes, data: new DataView(bytes.buffer), length: 0 };
}

export function fill(scratch: Scratch, source: Uint8Array): void {
  const length = Math.min(source.length, scratch.bytes.length);
  scratch.bytes.set(source.subarray(0, length));
  scratch.length = length;
}

/** Values at the edges of length and version fields. */
const EDGES = [
  0, 1, 3, 4, 5, 7, 8, 15, 16, 19, 20, 24, 39, 40, 60, 64, 0x45, 0x60, 127, 128, 255, 256, 1500, 0x7fff, 0x8000, 0xffff,
];
/** Headers stand at the front, so most damage is done there. */
const FRONT_BYTES = 80;
const MUTATIONS = 11;

/** Changes the scratch in one way. `other` lends bytes for a splice. */
export function mutate(scratch: Scratch, random: Random, other: Uint8Array): void {
  if (scratch.length === 0) return insert(scratch, random);
  const { bytes, data } = scratch;
  const at = place(scratch, random);
  switch (random.below(MUTATIONS)) {
    case 0:
    case 1:
      bytes[at] ^= 1 << random.below(8);
      return;
    case 2:
      bytes[at] = EDGES[random.below(EDGES.length)];
      return;
    case 3:
    case 4:
      if (at + 2 <= scratch.length) data.setUint16(at, lie(scratch, random), random.once(2));
      return;
    case 5:
      if (at + 4 <= scratch.length) {
        data.setUint32(at, random.once(2) ? lie(scratch, random) : random.next(), random.once(2));
      }
      return;
    case 6:
      scratch.length = random.below(scratch.length + 1);
      return;
    case 7:
      return duplicate(scratch, random, at);
    case 8:
      return insert(scratch, random);
    case 9:
      return splice(scratch, random, at, other);
    default:
      bytes.copyWithin(at, random.below(scratch.length), random.below(scratch.length));
  }
}

function place(scratch: Scratch, random: Random): number {
  return random.below(random.once(4) ? scratch.length : Math.min(scratch.length, FRONT_BYTES));
}

/** A length: an edge, or one near the true one. */
function lie(scratch: Scratch, random: Random): number {
  return random.once(2) ? EDGES[random.below(EDGES.length)] : Math.max(0, scratch.length + random.below(9) - 4);
}

/** Opens a gap of some bytes at `at`; returns its size, 0 when there is no room. */
function open(scratch: Scratch, at: number, wanted: number): number {
  const size = Math.min(wanted, scratch.bytes.length - scratch.length);
  scratch.bytes.copyWithin(at + size, at, scratch.length);
  scratch.length += size;
  return size;
}

function duplicate(scratch: Scratch, random: Random, at: number): void {
  const size = open(scratch, at, 1 + random.below(Math.min(64, scratch.length - at)));
  scratch.bytes.copyWithin(at, at + size, at + 2 * size);
}

function insert(scratch: Scratch, random: Random): void {
  const at = random.below(scratch.length + 1);
  const size = open(scratch, at, 1 + random.below(32));
  for (let index = at; index < at + size; index++) scratch.bytes[index] = random.next();
}

function splice(scratch: Scratch, random: Random, at: number, other: Uint8Array): void {
  const from = random.below(other.length);
  const size = Math.min(other.length - from, scratch.length - at, 1 + random.below(128));
  scratch.bytes.set(other.subarray(from, from + size), at);
}
