/** The last 24 hours of one feed: asked for once, then kept up to date by the center's events. */
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import type { LiveWindow } from '@noroshi/wire/api/live.ts';
import { liveEventsPath, livePath } from '../api/links.ts';
import { readMinute, withMinute } from '../api/live.ts';
import { liveWindow } from '../api/shapes.ts';
import { Resource } from './resource.svelte.ts';

export type StreamState = 'joining' | 'on' | 'lost' | 'off';

/** Browsers come back by themselves after a broken connection, but not after an answer with an error. */
const REJOIN_MS = 5000;

export class Stream {
  readonly window = new Resource<LiveWindow>(liveWindow);
  state = $state<StreamState>('joining');
  private readonly onFindings: () => void;

  /** @param onFindings called when the center says that findings changed */
  constructor(onFindings: () => void) {
    this.onFindings = onFindings;
  }

  /** Begins to listen; returns the end. A recording has a window, but no events. */
  follow(feed: FeedName, isLive: boolean): () => void {
    this.window.value = undefined;
    void this.window.load(livePath(feed));
    this.state = isLive ? 'joining' : 'off';
    if (!isLive) return () => undefined;
    let events = this.join(feed);
    const timer = setInterval(() => {
      if (events.readyState === EventSource.CLOSED) events = this.join(feed);
    }, REJOIN_MS);
    return () => {
      clearInterval(timer);
      events.close();
    };
  }

  private join(feed: FeedName): EventSource {
    const events = new EventSource(liveEventsPath(feed));
    events.addEventListener('open', () => {
      // What came while nobody listened is in the window.
      if (this.state === 'lost') void this.window.load(livePath(feed));
      this.state = 'on';
    });
    events.addEventListener('error', () => {
      this.state = 'lost';
    });
    events.addEventListener('findings', this.onFindings);
    events.addEventListener('minute', (event: MessageEvent<string>) => {
      const minute = readMinute(event.data);
      const window = this.window.value;
      if (minute !== undefined && window !== undefined) this.window.value = withMinute(window, minute);
    });
    return events;
  }
}

/** For pages that show findings alone: calls back when they changed. Returns the end. */
export function listen(feed: FeedName, onFindings: () => void): () => void {
  const events = new EventSource(liveEventsPath(feed));
  events.addEventListener('findings', onFindings);
  return () => events.close();
}
