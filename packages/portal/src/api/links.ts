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
export type Format = 'csv' | 'json';

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
