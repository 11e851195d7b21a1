/** Sentences by name, in the reader's language. */
import { type Language, whole } from '../format/number.ts';
import { en } from './en.ts';
import { ja } from './ja.ts';

/** One text, or one for a single thing and one for every other number. */
export type Message = string | { readonly one: string; readonly other: string };

export type Key = keyof typeof en;
export type Catalogue = Readonly<Record<Key, Message>>;

const CATALOGUES: Readonly<Record<Language, Catalogue>> = { ja, en };

export type Say = (key: Key, values?: Readonly<Record<string, string | number>>) => string;

/** Numbers among the values are written as whole ones; everything else has been written by the caller. */
export function speaker(language: Language): Say {
  return (key, values = {}) => {
    const message = CATALOGUES[language][key];
    const template = typeof message === 'string' ? message : values.n === 1 ? message.one : message.other;
    return template.replaceAll(/\{(?<name>\w+)\}/g, (_, name: string) => {
      const value = values[name] ?? '';
      return typeof value === 'number' ? whole(language, value) : value;
    });
  };
}
