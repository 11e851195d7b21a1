/** What a reader looks at. All of it stands in the address, so that a view can be shared and the back button works. */
import { FEEDS, type FeedName } from '@noroshi/wire/api/feed.ts';
import { type Step, STEPS } from '@noroshi/wire/api/figures.ts';
import type { Scanners } from '../api/links.ts';
import { type Language, LANGUAGES } from '../format/number.ts';
import { DEFAULT_PERIOD, formatChoice, parseChoice, type PeriodChoice } from './period.ts';

/** The parts of the page, in their order. */
export const SECTIONS = [
  'figures',
  'live',
  'series',
  'ports',
  'countries',
  'networks',
  'marks',
  'scanners',
  'victims',
  'conservation',
] as const;
export type Section = (typeof SECTIONS)[number];

const LIVE_SPANS = ['24h', '1h'] as const;
export type LiveSpan = (typeof LIVE_SPANS)[number];

export interface View {
  /** Undefined: whichever the center has. */
  readonly feed: FeedName | undefined;
  /** Undefined: as remembered, or as the browser asks. */
  readonly lang: Language | undefined;
  readonly period: PeriodChoice;
  readonly scanners: Scanners;
  readonly live: LiveSpan;
  /** Figure of the series; undefined: the first. */
  readonly figure: string | undefined;
  /** Undefined: hours for a week and less, days for more. */
  readonly step: Step | undefined;
  /** Sections that show all rows, and those that show their chart as a table. */
  readonly all: readonly Section[];
  readonly tables: readonly Section[];
}

export const DEFAULT_VIEW: View = {
  feed: undefined,
  lang: undefined,
  period: DEFAULT_PERIOD,
  scanners: 'include',
  live: '24h',
  figure: undefined,
  step: undefined,
  all: [],
  tables: [],
};

/** The view of an address's query; what it does not say, or says wrongly, is the default. */
export function parseView(search: string): View {
  const query = new URLSearchParams(search);
  const figure = query.get('figure') ?? '';
  return {
    feed: oneOf(FEEDS, query.get('feed')),
    lang: oneOf(LANGUAGES, query.get('lang')),
    period: parseChoice(query.get('period') ?? '') ?? DEFAULT_PERIOD,
    scanners: query.get('scanners') === 'exclude' ? 'exclude' : 'include',
    live: oneOf(LIVE_SPANS, query.get('live')) ?? '24h',
    figure: /^[a-z][a-z0-9_]{0,62}$/.test(figure) ? figure : undefined,
    step: oneOf(STEPS, query.get('step')),
    all: sections(query.get('all')),
    tables: sections(query.get('tables')),
  };
}

/** The query of a view, with `?` in front; '' for the default. parseView(formatView(v)) is v. */
export function formatView(view: View): string {
  const said: Record<string, string | undefined> = {
    feed: view.feed,
    period: unless(formatChoice(view.period), formatChoice(DEFAULT_PERIOD)),
    scanners: unless(view.scanners, 'include'),
    live: unless(view.live, '24h'),
    figure: view.figure,
    step: view.step,
    all: unless(view.all.join('.'), ''),
    tables: unless(view.tables.join('.'), ''),
    lang: view.lang,
  };
  const pairs = Object.entries(said).filter((pair): pair is [string, string] => pair[1] !== undefined);
  // A slash may stand in a query as it is (RFC 3986, 3.4), and is easier to read so.
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString().replaceAll('%2F', '/')}`;
}

/** The list with the section added, or without it, in the page's order. */
export function toggled(list: readonly Section[], section: Section): readonly Section[] {
  return SECTIONS.filter((each) => (each === section) !== list.includes(each));
}

function sections(text: string | null): readonly Section[] {
  const words = (text ?? '').split('.');
  return SECTIONS.filter((section) => words.includes(section));
}

function oneOf<const T extends string>(words: readonly T[], word: string | null): T | undefined {
  return words.find((each) => each === word);
}

function unless(text: string, usual: string): string | undefined {
  return text === usual ? undefined : text;
}
