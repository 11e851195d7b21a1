/** Which feed is shown, and when its data is so old that a reader must be told. Recordings are always old, and meant to be. */
import type { Feed, FeedName } from '@noroshi/wire/api/feed.ts';

/** A sensor sends every minute, even when nothing came. */
export const SILENCE_MS_MAX = 15 * 60_000;

export function isLive(feed: FeedName): boolean {
  return feed !== 'replay';
}

export function isOld({ feed, to_ms }: Pick<Feed, 'feed' | 'to_ms'>, now_ms: number): boolean {
  return isLive(feed) && now_ms - to_ms > SILENCE_MS_MAX;
}

/** What was really seen comes before what was invented. */
const PREFERRED: readonly FeedName[] = ['network', 'replay', 'simulation'];

/** The feed wished for when it holds data, else the best there is. */
export function feedOf(feeds: readonly Feed[], wish: FeedName | undefined): Feed | undefined {
  const names = [...(wish === undefined ? [] : [wish]), ...PREFERRED];
  return names.flatMap((name) => feeds.filter(({ feed }) => feed === name))[0];
}
