/**
 * The last 24 hours: `GET /v1/live?feed=` answers the window as JSON, `GET /v1/live/events?feed=` goes on as server-sent events:
 * `minute` with a LiveMinute whenever one was stored or revised, its `id` the minute.
 */
import type { FeedName } from './feed.ts';

export interface LiveMinute {
  readonly minute_ms: number;
  readonly packets: number;
  readonly accesses: number;
  readonly backscatter: number;
  readonly mirai: number;
  /** Accesses from acknowledged scanners. */
  readonly scanner_accesses: number;
  readonly address_seconds: number;
  readonly dropped: number;
}

export interface LiveWindow {
  readonly feed: FeedName;
  readonly is_simulated: boolean;
  readonly from_ms: number;
  readonly to_ms: number;
  readonly addresses: number;
  readonly sensors: number;
  readonly minutes: readonly LiveMinute[];
}
