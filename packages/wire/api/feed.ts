/** Feeds keep apart what must never be added up: what sensors really saw, what a simulation made, what a person replayed. */

export const FEEDS = ['network', 'simulation', 'replay'] as const;
/** `network`: live sensors. `simulation`: invented traffic. `replay`: captures that somebody fed in. */
export type FeedName = (typeof FEEDS)[number];

/** What a center holds of one feed. Times are event time, Unix ms. */
export interface Feed {
  readonly feed: FeedName;
  readonly is_simulated: boolean;
  /** First and last minute with a segment; the end is exclusive. */
  readonly from_ms: number;
  readonly to_ms: number;
  readonly sensors: number;
}
