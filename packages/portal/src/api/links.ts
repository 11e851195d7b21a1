/** The addresses of the API, relative to the page, so that a center behind a path of a bigger site works as well. */
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import type { Dimension, Step } from '@noroshi/wire/api/figures.ts';
import type { Language } from '../format/number.ts';

/** Of which feed and time; without a period the center takes the last seven full days. */
export interface Scope {
  readonly feed: FeedName;
  readonly period: string | undefined;
}

export type Scanners = 'include' | 'exclude';
export type Format = 'csv' | 'json' | 'stix';

export const FEEDS_PATH = 'v1/feeds';
export const DEFINITIONS_PATH = 'v1/definitions';
export const OPENAPI_PATH = 'v1/openapi.json';

export function summaryPath(scope: Scope): string {
  return path('summary', { ...scope });
}

export function seriesPath(scope: Scope, figure: string, step: Step): string {
  return path('series', { ...scope, figure, step });
}

export function rankingPath(scope: Scope, dimension: Dimension, limit: number, scanners: Scanners): string {
  return path(`rankings/${dimension}`, { ...scope, limit: String(limit), scanners });
}

export function conservationPath(feed: FeedName): string {
  return path('conservation', { feed });
}

export function livePath(feed: FeedName): string {
  return path('live', { feed });
}

export function liveEventsPath(feed: FeedName): string {
  return path('live/events', { feed });
}

/** Who is under attack now. */
export function attacksPath(feed: FeedName, limit: number): string {
  return path('victims', { feed, open: 'true', limit: String(limit) });
}

export function victimsPath(scope: Scope, limit: number): string {
  return path('victims', { ...scope, limit: String(limit) });
}

export function victimPath(feed: FeedName, address: string): string {
  return path(`victims/${encodeURIComponent(address)}`, { feed });
}

/** What of the findings is asked for. */
export interface FindingsWish {
  readonly feed: FeedName;
  readonly detector?: string | undefined;
  readonly state?: string | undefined;
  readonly subject?: string | undefined;
  /** ISO 8601. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly open?: 'true' | undefined;
  readonly limit: number;
}

export function findingsPath({ limit, ...wish }: FindingsWish): string {
  return path('findings', { ...wish, limit: String(limit) });
}

export function findingPath(id: string): string {
  return `v1/findings/${id}`;
}

export function sourcesPath(scope: Scope): string {
  return path('sources', { ...scope });
}

export function detectorsPath(feed: FeedName): string {
  return path('detectors', { feed });
}

/** A page of its own with the same figures, as the police print them. */
export function reportPath(feed: FeedName, period: string, lang: Language): string {
  return path('report', { feed, period, format: 'html', lang });
}

/** The same answer as a file. */
export function download(apiPath: string, format: Format): string {
  return `${apiPath}${apiPath.includes('?') ? '&' : '?'}format=${format}`;
}

function path(name: string, query: Readonly<Record<string, string | undefined>>): string {
  const said = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `v1/${name}?${new URLSearchParams(said).toString()}`;
}
