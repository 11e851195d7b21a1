/** A set of times as intervals that neither overlap nor touch, ascending. Ends are exclusive. */
export interface Interval {
  readonly from_ms: number;
  readonly to_ms: number;
}

export class Intervals {
  private list: Interval[];

  constructor(list: readonly Interval[] = []) {
    this.list = [];
    for (const { from_ms, to_ms } of list) this.add(from_ms, to_ms);
  }

  get all(): readonly Interval[] {
    return this.list;
  }

  add(from_ms: number, to_ms: number): void {
    if (from_ms >= to_ms) return;
    // Nearly always at the end.
    const last = this.list.at(-1);
    if (last === undefined || last.to_ms < from_ms) {
      this.list.push({ from_ms, to_ms });
      return;
    }
    const apart = this.list.filter((other) => other.to_ms < from_ms || other.from_ms > to_ms);
    const joined = this.list.filter((other) => other.to_ms >= from_ms && other.from_ms <= to_ms);
    const from = Math.min(from_ms, ...joined.map((other) => other.from_ms));
    const to = Math.max(to_ms, ...joined.map((other) => other.to_ms));
    this.list = [...apart, { from_ms: from, to_ms: to }].sort((a, b) => a.from_ms - b.from_ms);
  }

  /** Takes everything from `from_ms` on out. */
  cut(from_ms: number): void {
    this.list = this.list
      .filter((interval) => interval.from_ms < from_ms)
      .map((interval) => ({ from_ms: interval.from_ms, to_ms: Math.min(interval.to_ms, from_ms) }));
  }

  takeFirst(): Interval | undefined {
    return this.list.shift();
  }

  /** The first time at or behind `time_ms` that is in the set. */
  next(time_ms: number): number | undefined {
    let low = 0;
    let high = this.list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.list[middle].to_ms > time_ms) high = middle;
      else low = middle + 1;
    }
    const found = this.list[low];
    return found === undefined ? undefined : Math.max(time_ms, found.from_ms);
  }
}
