/** The API's questions, answered by query/ and publish/. */
import type { Text } from '@noroshi/wire/api/figures.ts';
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import type { Query } from '../query/query.ts';
import { renderReport } from '../publish/render.ts';
import { buildReport } from '../publish/report.ts';
import type { Figures } from './deps.ts';

export interface FigureSources {
  readonly query: Query;
  readonly title: Text | null;
  readonly offset_minutes: number;
  /** Segments refused so far, by reason. */
  readonly refused: (feed: FeedName) => Readonly<Record<string, number>>;
}

export function figuresFrom({ query, title, offset_minutes, refused }: FigureSources): Figures {
  return {
    definitions: query.definitions,
    feeds: async () => ({ title, offset_minutes, feeds: await query.feeds() }),
    summary: (scope) => query.summary(scope),
    series: (scope, figure, step) => query.series(scope, figure, step),
    ranking: (scope, dimension, limit, without_scanners) => {
      return query.ranking({ ...scope, dimension, limit, without_scanners });
    },
    conservation: (feed) => query.conservation(feed, refused(feed)),
    live: (feed) => query.live(feed),
    report: async (feed, period, format, language) => {
      return renderReport(await buildReport(query, { feed, period, title }), format, language);
    },
  };
}
