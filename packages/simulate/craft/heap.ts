/**
 * Which stream sends next: a binary heap of times over stream numbers. Busy streams stay near the top, so replacing the
 * first is cheap for them: most packets sink one or two levels. Equal times leave in the order of stream numbers.
 */
export class Heap {
  private readonly times: Float64Array;
  private readonly streams: Int32Array;
  size = 0;

  constructor(capacity: number) {
    this.times = new Float64Array(capacity);
    this.streams = new Int32Array(capacity);
  }

  /** Number of the stream that is first, and its time. */
  get first(): number {
    return this.streams[0];
  }
  get firstTime(): number {
    return this.times[0];
  }

  push(time: number, stream: number): void {
    let at = this.size++;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (!this.before(time, stream, parent)) break;
      this.move(parent, at);
      at = parent;
    }
    this.times[at] = time;
    this.streams[at] = stream;
  }

  /** Gives the first stream its next time. */
  again(time: number): void {
    this.sink(time, this.streams[0]);
  }

  /** Takes the first stream out. */
  drop(): void {
    const last = --this.size;
    if (last > 0) this.sink(this.times[last], this.streams[last]);
  }

  private sink(time: number, stream: number): void {
    const { times, streams, size } = this;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && this.before(times[child + 1], streams[child + 1], child)) child++;
      if (this.before(time, stream, child)) break;
      this.move(child, at);
      at = child;
    }
    times[at] = time;
    streams[at] = stream;
  }

  private before(time: number, stream: number, at: number): boolean {
    return time < this.times[at] || (time === this.times[at] && stream < this.streams[at]);
  }

  private move(from: number, to: number): void {
    this.times[to] = this.times[from];
    this.streams[to] = this.streams[from];
  }
}
