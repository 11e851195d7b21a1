/** Classes of sources as the store takes them. */
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import type { SourceHourInsert } from '../../store/store.ts';
import type { SourceHour } from '../detector.ts';

/** Names behind the codes and bits of a source hour. */
export interface SourceNames {
  readonly classNames: readonly string[];
  readonly reasonNames: readonly string[];
  readonly toolNames: readonly string[];
}

export function insertOf(feed: FeedName, names: SourceNames, hour: SourceHour): SourceHourInsert {
  return { ...hour, ...names, feed };
}
