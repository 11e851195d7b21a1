/** What a reader looks at. All of it stands in the address, so that a view can be shared and the back button works. */
import { FEEDS, type FeedName } from '@noroshi/wire/api/feed.ts';
import { type Step, STEPS } from '@noroshi/wire/api/figures.ts';
import { FINDING_STATES, type FindingState } from '@noroshi/wire/api/finding.ts';
import type { Scanners } from '../api/links.ts';
import { type Language, LANGUAGES } from '../format/number.ts';
import { DEFAULT_PERIOD, formatChoice, parseChoice, type PeriodChoice } from './period.ts';

/** The pages. All of them stand in the query, so that the center may live behind any path. */
export const PLACES = ['overview', 'victims', 'victim', 'findings', 'finding'] as const;
export type Place = (typeof PLACES)[number];

/** The parts of the overview, in their order. */
export const SECTIONS = [
  'figures',
  'attacks',
  'live',
  'series',
  'ports',
  'countries',
  'networks',
  'marks',
  'classes',
  'scanners',
  'victims',
  'conservation',
] as const;
/** The parts of the other pages. */
export const SHEETS = ['attacked', 'timeline', 'found', 'finding'] as const;
const PARTS = [...SECTIONS, ...SHEETS] as const;
export type Section = (typeof PARTS)[number];

const LIVE_SPANS = ['24h', '1h'] as const;
export type LiveSpan = (typeof LIVE_SPANS)[number];

export interface View {
  readonly page: Place;
  /** The victim that is looked at. */
  readonly address: string | undefined;
  /** The finding that is looked at. */
  readonly id: string | undefined;
  /** Of the list of findings: undefined is every one. */
  readonly detector: string | undefined;
  readonly state: FindingState | undefined;
  /** Only what is still going on. */
  readonly now: boolean;
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
  page: 'overview',
  address: undefined,
  id: undefined,
  detector: undefined,
  state: undefined,
  now: false,
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
    page: oneOf(PLACES, query.get('page')) ?? 'overview',
    address: shaped(ADDRESS, query.get('address')),
    id: shaped(ID, query.get('id')),
    detector: shaped(DETECTOR, query.get('detector')),
    state: oneOf(FINDING_STATES, query.get('state')),
    now: query.get('now') === 'true',
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
    page: unless(view.page, 'overview'),
    address: view.address,
    id: view.id,
    detector: view.detector,
    state: view.state,
    now: view.now ? 'true' : undefined,
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
  // Slashes and colons may stand in a query as they are (RFC 3986, 3.4), and are easier to read so.
  return pairs.length === 0
    ? ''
    : `?${new URLSearchParams(pairs).toString().replaceAll('%2F', '/').replaceAll('%3A', ':')}`;
}

/** The address of a view, relative to the page. */
export function hrefOf(view: View): string {
  return `./${formatView(view)}`;
}

/** The view without what belongs to one page alone, with `part` of another. */
export function placed(view: View, part: Partial<View> & Pick<View, 'page'>): View {
  const { address, id, detector, state, now } = DEFAULT_VIEW;
  return { ...view, address, id, detector, state, now, all: [], tables: [], ...part };
}

/** The list with the section added, or without it, in the page's order. */
export function toggled(list: readonly Section[], section: Section): readonly Section[] {
  return PARTS.filter((each) => (each === section) !== list.includes(each));
}

/** What the center takes; it looks closer. */
const ADDRESS = /^[0-9a-f.:]{2,45}$/i;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const DETECTOR = /^[a-z]{1,20}(\/[a-z0-9-]{1,40})?$/;

function shaped(shape: RegExp, text: string | null): string | undefined {
  return text !== null && shape.test(text) ? text : undefined;
}

function sections(text: string | null): readonly Section[] {
  const words = (text ?? '').split('.');
  return PARTS.filter((section) => words.includes(section));
}

function oneOf<const T extends string>(words: readonly T[], word: string | null): T | undefined {
  return words.find((each) => each === word);
}

function unless(text: string, usual: string): string | undefined {
  return text === usual ? undefined : text;
}
