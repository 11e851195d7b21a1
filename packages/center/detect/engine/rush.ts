/**
 * Whether a sensor is catching up: a capture that is replayed, or what a spool held while the center was away. Then its segments come one
 * right after the other, and storing them goes first: rows in the database wait for nobody, rows outside fill a sensor's disk.
 */
import type { StoredNotice } from '../../store/store.ts';

/** A live sensor sends a segment a minute; segments of one sensor that come closer than this are a backlog. */
const CLOSE_MS = 10_000;
/** A rush has ended when none of its segments came for so long, and none is on its way: a full one takes a while to store. */
const PAUSE_MS = 2000;

type Arrival = Pick<StoredNotice, 'feed' | 'sensor' | 'received_at_ms'>;

export class Rush {
  /** When each sensor's latest segment came, Unix ms. */
  private readonly latest = new Map<string, number>();
  private until_ms = Number.NEGATIVE_INFINITY;
  private wasOn = false;

  /** A segment was stored at `now_ms`. */
  hear({ feed, sensor, received_at_ms }: Arrival, now_ms: number): void {
    const name = `${feed} ${sensor}`;
    const before_ms = this.latest.get(name);
    this.latest.set(name, received_at_ms);
    if (before_ms !== undefined && received_at_ms - before_ms < CLOSE_MS) this.until_ms = now_ms + PAUSE_MS;
  }

  /** @param isStoring whether a segment is on its way into the store: what was a rush when it was last asked for goes on */
  isOn(now_ms: number, isStoring: boolean): boolean {
    if (this.wasOn && isStoring) this.until_ms = now_ms + PAUSE_MS;
    this.wasOn = now_ms < this.until_ms;
    return this.wasOn;
  }
}
