/** What may stand behind the question mark. A message completes the sentence "parameter x is …". */
import { FEEDS } from '@noroshi/wire/api/feed.ts';
import { z } from 'zod';

const LIMIT_MAX = 1000;
const LIMIT_INITIALLY = 20;

/** One of some words; absent, repeated and unknown each have their sentence. */
export function oneOf<const W extends string>(words: readonly W[]) {
  const error = ({ input }: { readonly input?: unknown }): string => {
    if (input === undefined) return `missing: it is one of ${words.join(', ')}`;
    return Array.isArray(input) ? 'given more than once' : `none of ${words.join(', ')}`;
  };
  return z.enum(words, { error });
}

function text(pattern: RegExp, shape: string) {
  const error = ({ input }: { readonly input?: unknown }): string => {
    if (input === undefined) return `missing: it is ${shape}`;
    return Array.isArray(input) ? 'given more than once' : `not ${shape}`;
  };
  return z.string({ error }).regex(pattern, { error });
}

export const feed = oneOf(FEEDS).describe('Live sensors, invented traffic, or captures that somebody fed in.');

const DAY = String.raw`\d{4}-\d\d(-\d\d)?`;
export const period = text(new RegExp(`^${DAY}(/${DAY})?$`), '2021-02, 2021-02-03 or 2021-02-01/2021-02-08')
  .optional()
  .describe('A month, a day, or from/to with an exclusive end; absent: the last seven whole days held.');

export const month = text(/^\d{4}-\d\d$/, 'a month such as 2021-02').describe('Month, `2021-02`.');

export const limit = text(/^\d{1,6}$/, `a whole number from 1 to ${LIMIT_MAX}`)
  .transform(Number)
  .refine((value) => value >= 1 && value <= LIMIT_MAX, { error: `not a whole number from 1 to ${LIMIT_MAX}` })
  .default(LIMIT_INITIALLY)
  .meta({ description: `Rows, 1 to ${LIMIT_MAX}.` });

export const scanners = oneOf(['include', 'exclude'])
  .default('include')
  .describe('With or without acknowledged scanners.');

export const format = oneOf(['json', 'csv']).default('json').describe('CSV is RFC 4180, UTF-8.');
export const bom = oneOf(['true', 'false'])
  .default('false')
  .describe('A byte order mark in front of CSV, for spreadsheets that need one.');
