/** The latest answers of a source, so many as the largest window holds: when, to which of our addresses, with which ports. */
import { COUNT_MOST } from './spans.ts';

const FIRST = 64;
const SIZE = COUNT_MOST;

export class Rings {
  /** Entry of tracks.ts whose ring it is, by number; -1: free. Number 0 is never used. */
  trackOf = new Int32Array(FIRST).fill(-1);
  /** Rings in use. */
  used = 0;
  /** {@link COUNT_MOST} elements a ring, oldest first from `head` on. */
  private times_ms = new Uint32Array(FIRST * SIZE);
  private targets = new Uint32Array(FIRST * SIZE);
  private ports = new Uint32Array(FIRST * SIZE);
  private members = new Uint32Array(FIRST * SIZE);
  private head = new Uint8Array(FIRST);
  private counts = new Uint8Array(FIRST);
  private readonly max: number;
  private end = 1;
  private readonly free: number[] = [];

  constructor(max: number) {
    this.max = max;
  }

  /** Number of an empty ring; 0 when there is none left. */
  take(track: number): number {
    if (this.used === this.max) return 0;
    const ring = this.free.pop() ?? this.end++;
    if (ring === this.trackOf.length) this.grow();
    this.used++;
    this.trackOf[ring] = track;
    this.head[ring] = 0;
    this.counts[ring] = 0;
    return ring;
  }

  release(ring: number): void {
    this.trackOf[ring] = -1;
    this.used--;
    this.free.push(ring);
  }

  /** Numbers in use are below. */
  get top(): number {
    return this.end;
  }

  push(ring: number, time_ms: number, target: number, ports: number, member: number): void {
    let place = this.head[ring];
    if (this.counts[ring] < SIZE) place = this.counts[ring]++;
    else this.head[ring] = (place + 1) % SIZE;
    const at = ring * SIZE + place;
    this.times_ms[at] = time_ms;
    this.targets[at] = target;
    this.ports[at] = ports;
    this.members[at] = member;
  }

  count(ring: number): number {
    return this.counts[ring];
  }

  /** Copies the ring's answers into `to`, oldest first, and returns their number. */
  read(ring: number, to: Answers): number {
    const count = this.counts[ring];
    for (let place = 0; place < count; place++) {
      const at = ring * SIZE + ((this.head[ring] + place) % SIZE);
      to.times_ms[place] = this.times_ms[at];
      to.targets[place] = this.targets[at];
      to.ports[place] = this.ports[at];
      to.members[place] = this.members[at];
    }
    return count;
  }

  private grow(): void {
    const size = this.trackOf.length * 2;
    const trackOf = new Int32Array(size).fill(-1);
    trackOf.set(this.trackOf);
    this.trackOf = trackOf;
    this.head = bytes(this.head, size);
    this.counts = bytes(this.counts, size);
    this.times_ms = words(this.times_ms, size * SIZE);
    this.targets = words(this.targets, size * SIZE);
    this.ports = words(this.ports, size * SIZE);
    this.members = words(this.members, size * SIZE);
  }
}

function bytes(from: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer> {
  const to = new Uint8Array(size);
  to.set(from);
  return to;
}

function words(from: Uint32Array<ArrayBuffer>, size: number): Uint32Array<ArrayBuffer> {
  const to = new Uint32Array(size);
  to.set(from);
  return to;
}

/** Answers side by side, oldest first. Ports: the forged one in the upper half (0: not known), the attacked one in the lower. */
export class Answers {
  readonly times_ms = new Uint32Array(SIZE);
  readonly targets = new Uint32Array(SIZE);
  readonly ports = new Uint32Array(SIZE);
  readonly members = new Uint32Array(SIZE);
}
