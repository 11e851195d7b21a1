/** How often a client may ask: a bucket of permits that refills evenly. */

/** Clients remembered; beyond, those who were silent longest are forgotten, and begin with a full bucket. */
export const CLIENTS_MAX = 10_000;

interface Bucket {
  permits: number;
  filled_ms: number;
}

export class RateLimit {
  private readonly buckets = new Map<string, Bucket>();
  private readonly perMinute: number;
  private readonly now_ms: () => number;

  /** @param perMinute requests a minute, which may also come all at once */
  constructor(perMinute: number, now_ms: () => number) {
    this.perMinute = perMinute;
    this.now_ms = now_ms;
  }

  /** Takes a permit: 0, or the whole seconds after which there will be one. */
  take(client: string): number {
    const now_ms = this.now_ms();
    const bucket = this.buckets.get(client) ?? { permits: this.perMinute, filled_ms: now_ms };
    const refill = (Math.max(0, now_ms - bucket.filled_ms) * this.perMinute) / 60_000;
    bucket.permits = Math.min(this.perMinute, bucket.permits + refill);
    bucket.filled_ms = now_ms;
    // Taken out and put in again: the map's order is that of the last requests.
    this.buckets.delete(client);
    this.buckets.set(client, bucket);
    this.forget();
    if (bucket.permits < 1) return Math.ceil(((1 - bucket.permits) * 60) / this.perMinute);
    bucket.permits -= 1;
    return 0;
  }

  private forget(): void {
    if (this.buckets.size <= CLIENTS_MAX) return;
    const [longest] = this.buckets.keys();
    if (longest !== undefined) this.buckets.delete(longest);
  }
}
