/** What a reader chose and this browser remembers: language and colours. Nothing else is stored, nothing is sent. */
import { type Language, LANGUAGES } from '../format/number.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export interface Wishes {
  readonly theme: Theme;
  readonly language: Language | undefined;
}

/** public/early.js reads the same names before the first paint. */
const NAMES = { theme: 'noroshi-theme', language: 'noroshi-language' } as const;

/** Never throws: a browser may refuse its storage, and what lies there may be anything. */
export function remembered(storage: () => Storage = () => localStorage): Wishes {
  const stored = (name: string): string | null => {
    try {
      return storage().getItem(name);
    } catch {
      return null;
    }
  };
  return {
    theme: THEMES.find((theme) => theme === stored(NAMES.theme)) ?? 'system',
    language: LANGUAGES.find((language) => language === stored(NAMES.language)),
  };
}

/** A browser that refuses its storage forgets; the page works all the same. */
export function remember(wish: Partial<Wishes>, storage: () => Storage = () => localStorage): void {
  for (const name of ['theme', 'language'] as const) {
    const value = wish[name];
    if (value === undefined) continue;
    try {
      storage().setItem(NAMES[name], value);
    } catch {
      return;
    }
  }
}

/** The first of the browser's languages that the page has; English otherwise. */
export function browserLanguage(languages: readonly string[] = navigator.languages): Language {
  for (const tag of languages) {
    const language = LANGUAGES.find((each) => tag === each || tag.startsWith(`${each}-`));
    if (language !== undefined) return language;
  }
  return 'en';
}
