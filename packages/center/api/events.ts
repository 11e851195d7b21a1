/**
 * Live events to any number of pages (text/event-stream, https://html.spec.whatwg.org/multipage/server-sent-events.html): whenever a
 * segment was stored the feed's window is asked for once, and the minutes that changed go to everybody. When findings changed pages
 * are told only that: which of them somebody looks at is not known here.
 */
import type { ServerResponse } from 'node:http';
import type { Log } from '@noroshi/kit/log.ts';
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import type { FindingsEvent } from '@noroshi/wire/api/finding.ts';
import type { LiveMinute } from '@noroshi/wire/api/live.ts';

/** What a client may leave unread before it is let go; one whole window is about 0.3 MiB. */
const UNREAD_BYTES_MAX = 1024 * 1024;
/** Pages of one client (see clientOf) at the same time. */
export const EVENTS_PER_CLIENT_MAX = 64;
/** Minutes that a page without Last-Event-ID is told at once: those that changed since it asked for the window. */
const MINUTES_BACK = 3;
const HEARTBEAT_MS = 15_000;
/** While many segments come in, the window is asked for no more often than this. */
const GATHER_MS = 500;
/** When a page whose connection broke comes back. */
const RECONNECT_MS = 3000;

export interface EventsDeps {
  /** The last 24 hours. */
  readonly minutes: (feed: FeedName) => Promise<readonly LiveMinute[]>;
  /** Minute up to which detectors have seen everything; null before any. */
  readonly watermark?: (feed: FeedName) => string | null;
  readonly log: Log;
  readonly clientsMax: number;
  readonly heartbeat_ms?: number;
  readonly gather_ms?: number;
}

interface Listener {
  readonly client: string;
  readonly response: ServerResponse;
}

/** The pages that watch one feed, and what they have been told. */
interface Channel {
  readonly listeners: Set<Listener>;
  /** Minute → the event as sent; undefined until the window was asked for. */
  told: Map<number, string> | undefined;
  timer: NodeJS.Timeout | undefined;
  /** Runs while changes of findings gather. */
  finding: NodeJS.Timeout | undefined;
  refreshing: Promise<void> | undefined;
}

export class LiveEvents {
  private readonly channels = new Map<FeedName, Channel>();
  private readonly deps: EventsDeps;
  private readonly heartbeat: NodeJS.Timeout;
  private isClosed = false;
  /** Clients let go because they did not read. */
  dropped = 0;

  constructor(deps: EventsDeps) {
    this.deps = deps;
    this.heartbeat = setInterval(() => this.beat(), deps.heartbeat_ms ?? HEARTBEAT_MS);
    this.heartbeat.unref();
  }

  get clients(): number {
    return this.listeners().length;
  }

  /** Why another page of this client cannot be served; undefined when it can. */
  refusal(client: string): string | undefined {
    const all = this.listeners();
    if (this.isClosed) return 'the center is stopping';
    if (all.length >= this.deps.clientsMax) return `${all.length} pages are listening already`;
    const own = all.filter((listener) => listener.client === client).length;
    return own >= EVENTS_PER_CLIENT_MAX ? `${own} pages of yours are listening already` : undefined;
  }

  /**
   * Serves a page until it goes away. The response's headers have been written.
   * @param last the Last-Event-ID that the page sent, if any: the minute that it heard of last
   */
  async add(feed: FeedName, client: string, response: ServerResponse, last: number | undefined): Promise<void> {
    const channel = this.channelOf(feed);
    const listener = { client, response };
    channel.listeners.add(listener);
    response.on('close', () => this.remove(feed, listener));
    response.on('error', () => this.remove(feed, listener));
    this.send(listener, `retry: ${RECONNECT_MS}\n\n`);
    if (channel.told === undefined) await this.refresh(feed);
    const told = [...(channel.told ?? [])].toSorted(([a], [b]) => a - b);
    // The last minute it heard of may have been revised since.
    const missed = last === undefined ? told.slice(-MINUTES_BACK) : told.filter(([minute_ms]) => minute_ms >= last);
    this.send(listener, missed.map(([, event]) => event).join(''));
  }

  /** Something of this feed was stored. */
  stored(feed: FeedName): void {
    const channel = this.channels.get(feed);
    if (channel === undefined || channel.timer !== undefined || this.isClosed) return;
    channel.timer = setTimeout(() => {
      channel.timer = undefined;
      void this.refresh(feed);
    }, this.deps.gather_ms ?? GATHER_MS);
    channel.timer.unref();
  }

  /** Findings of this feed, classes of its sources or its watermark changed. */
  found(feed: FeedName): void {
    const channel = this.channels.get(feed);
    if (channel === undefined || channel.finding !== undefined || this.isClosed) return;
    channel.finding = setTimeout(() => {
      channel.finding = undefined;
      const change: FindingsEvent = { watermark: this.deps.watermark?.(feed) ?? null };
      // Without an id: a page that comes back asks for minutes from the last one on.
      const event = `event: findings\ndata: ${JSON.stringify(change)}\n\n`;
      for (const listener of channel.listeners) this.send(listener, event);
    }, this.deps.gather_ms ?? GATHER_MS);
    channel.finding.unref();
  }

  /** Ends every connection; nobody is served any more. */
  close(): void {
    this.isClosed = true;
    clearInterval(this.heartbeat);
    for (const { timer, finding } of this.channels.values()) {
      clearTimeout(timer);
      clearTimeout(finding);
    }
    for (const { response } of this.listeners()) response.end();
    this.channels.clear();
  }

  /** One question at a time for each feed; who comes meanwhile waits for the next one. */
  private async refresh(feed: FeedName): Promise<void> {
    const channel = this.channels.get(feed);
    if (channel === undefined) return;
    const before = channel.refreshing;
    const refreshing = (async () => {
      await before;
      await this.ask(feed, channel);
    })();
    channel.refreshing = refreshing;
    await refreshing;
    if (channel.refreshing === refreshing) channel.refreshing = undefined;
  }

  private async ask(feed: FeedName, channel: Channel): Promise<void> {
    try {
      const minutes = await this.deps.minutes(feed);
      const told = new Map(minutes.map((minute) => [minute.minute_ms, eventOf(minute.minute_ms, minute)]));
      const changed = [...told].filter(([minute_ms, event]) => channel.told?.get(minute_ms) !== event);
      const isFirst = channel.told === undefined;
      channel.told = told;
      const text = changed.map(([, event]) => event).join('');
      if (!isFirst && text !== '') for (const listener of channel.listeners) this.send(listener, text);
    } catch (error) {
      // The pages hear of it with the next segment.
      const state = error instanceof Error ? error.message : String(error);
      this.deps.log.warning('live_window', `Cannot tell pages what changed: ${state}`, { feed });
    }
  }

  private send(listener: Listener, text: string): void {
    const { response } = listener;
    if (text === '' || response.destroyed || response.writableEnded) return;
    response.write(text);
    if (response.writableLength <= UNREAD_BYTES_MAX) return;
    this.dropped += 1;
    response.destroy();
  }

  private beat(): void {
    for (const listener of this.listeners()) this.send(listener, ': still here\n\n');
  }

  private remove(feed: FeedName, listener: Listener): void {
    const channel = this.channels.get(feed);
    if (channel === undefined) return;
    channel.listeners.delete(listener);
    if (channel.listeners.size > 0) return;
    clearTimeout(channel.timer);
    clearTimeout(channel.finding);
    this.channels.delete(feed);
  }

  private listeners(): Listener[] {
    return [...this.channels.values()].flatMap(({ listeners }) => [...listeners]);
  }

  private channelOf(feed: FeedName): Channel {
    const known = this.channels.get(feed);
    if (known !== undefined) return known;
    const listeners = new Set<Listener>();
    const channel: Channel = {
      listeners,
      told: undefined,
      timer: undefined,
      finding: undefined,
      refreshing: undefined,
    };
    this.channels.set(feed, channel);
    return channel;
  }
}

function eventOf(minute_ms: number, minute: object): string {
  return `event: minute\nid: ${minute_ms}\ndata: ${JSON.stringify(minute)}\n\n`;
}
