/**
 * The order of a slice's records in time: a counting sort into as many bins as there are records, then insertion among
 * neighbours: linear where packets are spread, n log n where they crowd. Stable: equal times stay in the order of writing.
 */
const CROWD = 64;

export class TimeOrder {
  private places = new Int32Array(0);
  private order = new Int32Array(0);

  /** Record numbers 0 … `count` − 1 by ascending time; good until the next call. */
  sort(times: Float64Array, count: number): Int32Array {
    if (this.order.length < count) {
      this.order = new Int32Array(2 * count);
      this.places = new Int32Array(2 * count + 1);
    }
    this.place(times, count);
    this.sortCrowds(times, count);
    this.insert(times, count);
    return this.order;
  }

  /** Puts every record into its bin; afterwards `places[bin]` is where the bin ends in the order. */
  private place(times: Float64Array, count: number): void {
    const { order, places } = this;
    let least = Infinity;
    let most = 0;
    for (let record = 0; record < count; record++) {
      least = Math.min(least, times[record]);
      most = Math.max(most, times[record]);
    }
    const spread = (count - 1) / (most - least);
    // Equal times, or as good as equal: all in one bin.
    const perSecond = Number.isFinite(spread) ? spread : 0;
    places.fill(0, 0, count + 1);
    for (let record = 0; record < count; record++) places[Math.floor((times[record] - least) * perSecond) + 1]++;
    for (let bin = 1; bin <= count; bin++) places[bin] += places[bin - 1];
    for (let record = 0; record < count; record++) {
      order[places[Math.floor((times[record] - least) * perSecond)]++] = record;
    }
  }

  private sortCrowds(times: Float64Array, count: number): void {
    const { order, places } = this;
    for (let bin = 0, from = 0; bin < count; from = places[bin++]) {
      if (places[bin] - from <= CROWD) continue;
      order.subarray(from, places[bin]).sort((a, b) => times[a] - times[b] || a - b);
    }
  }

  private insert(times: Float64Array, count: number): void {
    const { order } = this;
    for (let at = 1; at < count; at++) {
      const record = order[at];
      const time_s = times[record];
      let to = at;
      for (; to > 0 && times[order[to - 1]] > time_s; to--) order[to] = order[to - 1];
      order[to] = record;
    }
  }
}
