/** One packet as the line writers see it: walked, classified, and when asked for with checksums and what its tunnel carries. */
import { classify, Verdict } from '@noroshi/wire/classify/classify.ts';
import { Packet } from '@noroshi/wire/net/packet.ts';
import { walk, walkInner } from '@noroshi/wire/net/walk.ts';
import { type Checksums, verify } from './checksums.ts';

/** Tunnels in tunnels that are followed; hostile nesting ends here. */
const DEPTH_MAX = 8;

export class Seen {
  readonly packet = new Packet();
  readonly verdict = new Verdict();
  data: DataView = new DataView(new ArrayBuffer(0));
  /** Undefined when nobody asked. */
  checksums: Checksums | undefined;
  inner: Seen | undefined;
  private spare: Seen | undefined;
  private readonly depth: number;

  constructor(depth = 0) {
    this.depth = depth;
  }

  /** Reads a packet of a capture. */
  read(data: DataView, at: number, end: number, link: number): void {
    this.data = data;
    walk(this.packet, data, at, end, link);
    this.judge();
  }

  verify(): void {
    this.checksums = verify(this.packet, this.data);
    this.inner?.verify();
  }

  /** Walks into the tunnel, when there is one, and on into what it carries. */
  enter(): void {
    this.inner = undefined;
    if (this.packet.tunnel === 0 || this.depth >= DEPTH_MAX) return;
    this.spare ??= new Seen(this.depth + 1);
    if (!walkInner(this.spare.packet, this.data, this.packet)) return;
    this.inner = this.spare;
    this.inner.data = this.data;
    this.inner.judge();
    this.inner.enter();
  }

  private judge(): void {
    this.checksums = undefined;
    this.inner = undefined;
    classify(this.verdict, this.packet, this.data);
  }
}
