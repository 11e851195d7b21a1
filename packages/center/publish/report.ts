/** The model of a report: one summary and its rankings, from which every format is drawn. */
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import type { Ranking, Text } from '@noroshi/wire/api/figures.ts';
import { REPORT_DIMENSIONS, type Report, type ReportDimension } from '@noroshi/wire/api/report.ts';
import { type Query, Unanswerable } from '../query/query.ts';

/** Rows of a ranking, as NPA prints. */
const ROWS = 10;

export interface ReportScope {
  readonly feed: FeedName;
  /** `2021-02` for a month; any other period of query/period.ts does as well. */
  readonly period: string;
  readonly title: Text | null;
}

/** Throws Unanswerable for a period that is none or of which the feed holds nothing, StoreError when the database is away. */
export async function buildReport(query: Query, { feed, period, title }: ReportScope): Promise<Report> {
  const summary = await query.summary({ feed, period });
  const { sensors, received } = summary.exposure;
  if (sensors === 0 && received === 0) {
    throw new Unanswerable('no_data', `Cannot report: feed ${feed} holds nothing of ${summary.period.name}`);
  }
  const ranked = await Promise.all(
    REPORT_DIMENSIONS.map(async (dimension): Promise<[ReportDimension, Ranking]> => {
      const ranking = await query.ranking({ feed, period, dimension, limit: ROWS, without_scanners: false });
      return [dimension, ranking];
    }),
  );
  const rankings = Object.fromEntries(ranked) as Record<ReportDimension, Ranking>;
  const tables = await query.tables({ feed, period });
  return { title, summary, definitions: query.definitions, rankings, tables };
}
