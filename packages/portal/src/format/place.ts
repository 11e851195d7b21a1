/** Names of countries in the reader's language, from the browser's own tables. */
import { type Language, localeOf } from './number.ts';

/** Longer names are replaced by their short form: `Hong Kong` for `Hong Kong SAR China`. */
const NAME_CHARS_MAX: Readonly<Record<Language, number>> = { ja: 6, en: 16 };
const UNKNOWN_REGION = 'ZZ';

const tables = new Map<string, Intl.DisplayNames>();

/** The name of a two-letter code; undefined for `unknown` and for what is no country's code. */
export function countryName(language: Language, code: string): string | undefined {
  if (!/^[A-Z]{2}$/.test(code) || code === UNKNOWN_REGION) return undefined;
  const name = tableOf(language, 'long').of(code);
  return name !== undefined && name.length > NAME_CHARS_MAX[language] ? tableOf(language, 'short').of(code) : name;
}

function tableOf(language: Language, style: 'long' | 'short'): Intl.DisplayNames {
  const key = `${language} ${style}`;
  const table =
    tables.get(key) ?? new Intl.DisplayNames(localeOf(language), { type: 'region', style, fallback: 'none' });
  tables.set(key, table);
  return table;
}

/** `392` → `JP`: maps name countries by ISO 3166 numbers, and Unicode's locale rules know both. */
export function countryOfNumber(id: string): string | undefined {
  if (!/^\d{3}$/.test(id)) return undefined;
  return /-(?<code>[A-Z]{2})$/.exec(Intl.getCanonicalLocales(`und-${id}`)[0] ?? '')?.groups?.code;
}
