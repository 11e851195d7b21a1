/** Rows of a ranking as a person reads them. */
import type { Dimension, RankRow } from '@noroshi/wire/api/figures.ts';
import type { Language } from '../format/number.ts';
import { countryName } from '../format/place.ts';
import { markName } from '../text/words.ts';

/** Rows shown at first, and at most. */
export const ROWS_FEW = 10;
export const ROWS_MANY = 50;

/** More than there are, so that the map knows all of them. */
export const COUNTRIES_MAX = 300;

/** A rise that is marked: it at least doubled, and is no trifle. */
const SURGE_PERCENT_MIN = 100;
const SURGE_SHARE_MIN = 0.01;

export interface RankName {
  readonly name: string;
  /** What else is known of it; '' when nothing. */
  readonly detail: string;
}

/** What the center has no name for, whatever the dimension. */
const UNKNOWN_KEY = 'unknown';

/** What a row is called. Country names come from the browser, which knows them in every language. */
export function rankName(language: Language, dimension: Dimension, { key, label }: RankRow): RankName {
  const said = label[language];
  if (key === UNKNOWN_KEY) return { name: said === '' ? key : said, detail: '' };
  if (dimension === 'countries') return { name: countryName(language, key) ?? (said === '' ? key : said), detail: '' };
  if (dimension === 'marks') return { name: markName(language, key) ?? (said === '' ? key : said), detail: '' };
  return { name: key, detail: said === key ? '' : said };
}

export function isSurge({ change_percent, share }: RankRow): boolean {
  return change_percent !== null && change_percent >= SURGE_PERCENT_MIN && share >= SURGE_SHARE_MIN;
}

/** Bars of a table share one scale, from 0 to the largest value that any of them shows. */
export function barScale(rows: readonly RankRow[]): (value: number | null) => number {
  const largest = Math.max(0, ...rows.map(({ rate, previous_rate }) => Math.max(rate ?? 0, previous_rate ?? 0)));
  return (value) => (largest === 0 || value === null ? 0 : value / largest);
}
