/** What a page asks first: whose center this is, which feeds it holds, and what its figures mean. */
import type { Feed } from './feed.ts';
import type { FigureDefinition, Text } from './figures.ts';

/** GET /v1/feeds */
export interface FeedList {
  /** The center's own name, from its configuration; null without one. */
  readonly title: Text | null;
  /** Days begin this much before 00:00 UTC (Japan: 540). */
  readonly offset_minutes: number;
  /** Feeds that hold data. */
  readonly feeds: readonly Feed[];
}

/** GET /v1/definitions */
export interface DefinitionList {
  /** In the order in which they are published. */
  readonly figures: readonly FigureDefinition[];
}
