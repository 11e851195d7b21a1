/** What all parts of the page share: the view in the address, the reader's wishes, and the answers that several parts need. */
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import type { Summary } from '@noroshi/wire/api/figures.ts';
import { createContext } from 'svelte';
import { DEFINITIONS_PATH, FEEDS_PATH, type Scope, summaryPath } from '../api/links.ts';
import { definitionList, feedList, summary } from '../api/shapes.ts';
import type { Language } from '../format/number.ts';
import { type Say, speaker } from '../text/translate.ts';
import { type Extent, hasEnd, recordedExtent, toQuery } from '../view/period.ts';
import { formatView, parseView, placed, type Section, SECTIONS, type View } from '../view/view.ts';
import { browserLanguage, remember, remembered, type Theme } from './wishes.ts';
import { feedOf, isLive } from '../view/feed.ts';
import { Resource } from './resource.svelte.ts';

/** Figures of past days hardly change; an open page asks again now and then. */
const REFRESH_MS = 5 * 60_000;

export class Page {
  view = $state.raw<View>(parseView(location.search));
  theme = $state<Theme>(remembered().theme);
  /** Grows when it is time to ask again; whoever loads something reads it. */
  round = $state(0);
  /** Grows when the center says that findings changed. */
  found = $state(0);
  /** The country that the reader points at, in the map or in the table. */
  pointed = $state<string>();
  readonly feeds = new Resource(feedList);
  readonly definitions = new Resource(definitionList);
  readonly summary = new Resource<Summary>(summary);

  readonly language = $derived<Language>(this.view.lang ?? remembered().language ?? browserLanguage());
  readonly say = $derived<Say>(speaker(this.language));
  readonly offset_minutes = $derived(this.feeds.value?.offset_minutes ?? 0);
  readonly feed = $derived(feedOf(this.feeds.value?.feeds ?? [], this.view.feed));
  /** What the reader looks at, in words. */
  readonly place = $derived(
    this.view.page === 'victim'
      ? this.say('victim.title', { address: this.view.address ?? '' })
      : this.say(`place.${this.view.page}`),
  );
  /** What every question is about; undefined until the feeds are known, or when there is none. */
  readonly scope = $derived<Scope | undefined>(this.scopeOf());

  /** The feed that is shown is a recording. */
  readonly isRecording = $derived(this.feed !== undefined && !isLive(this.feed.feed));
  /** Parts of the overview. What was last in a recording is no part of days that came before. */
  readonly sections = $derived(
    SECTIONS.filter((section) => !(section === 'attacks' || section === 'live') || this.showsEnd()),
  );

  /** What a part is called. */
  heading(section: Section): string {
    if (this.isRecording && section === 'attacks') return this.say('attacks.recorded');
    if (this.isRecording && section === 'live') return this.say('live.recorded');
    return this.say(`${section}.title`);
  }

  /** Moves on to another view; the back button returns to this one. */
  change(part: Partial<View>): void {
    const next = { ...this.view, ...part };
    if (part.lang !== undefined) remember({ language: part.lang });
    history.pushState(null, '', `${location.pathname}${formatView(next)}${location.hash}`);
    this.view = next;
  }

  /** Moves on to another page, whose beginning is seen first. */
  go(part: Partial<View> & Pick<View, 'page'>): void {
    const next = placed(this.view, part);
    history.pushState(null, '', `${location.pathname}${formatView(next)}`);
    this.view = next;
    scrollTo(0, 0);
  }

  paint(theme: Theme): void {
    this.theme = theme;
    remember({ theme });
  }

  /** Begins to live: hears the back button, asks for what everybody needs. Returns the end. */
  begin(): () => void {
    const back = (): void => {
      this.view = parseView(location.search);
    };
    const refresh = (): void => {
      if (document.visibilityState === 'visible') this.round++;
    };
    addEventListener('popstate', back);
    const timer = setInterval(refresh, REFRESH_MS);
    return () => {
      removeEventListener('popstate', back);
      clearInterval(timer);
    };
  }

  /** Inside an effect: what everything else needs to know first. */
  loadAll(): void {
    this.follow(this.feeds, FEEDS_PATH);
    this.follow(this.definitions, DEFINITIONS_PATH);
  }

  loadSummary(): void {
    this.follow(this.summary, this.scope && summaryPath(this.scope));
  }

  /** Inside an effect: asks when the path changes, and again each round. */
  follow<T>(resource: Resource<T>, path: string | undefined): void {
    if (path !== undefined && this.round >= 0) void resource.load(path);
  }

  /** The same for what detectors found: also when the center says that it changed. */
  followFindings<T>(resource: Resource<T>, path: string | undefined): void {
    if (this.found >= 0) this.follow(resource, path);
  }

  private showsEnd(): boolean {
    const { feed, offset_minutes, view } = this;
    return feed === undefined || !this.isRecording || hasEnd(view.period, { ...feed, offset_minutes });
  }

  private scopeOf(): Scope | undefined {
    const { feed } = this;
    if (feed === undefined) return undefined;
    const held: Extent = { from_ms: feed.from_ms, to_ms: feed.to_ms, offset_minutes: this.offset_minutes };
    const extent = feed.feed === 'replay' ? recordedExtent(held) : held;
    return { feed: feed.feed satisfies FeedName, period: toQuery(this.view.period, extent) };
  }
}

export const [getPage, setPage] = createContext<Page>();
