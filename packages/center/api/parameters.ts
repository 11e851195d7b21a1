/** What may stand behind the question mark. A message completes the sentence "parameter x is …". */
import { FEEDS } from '@noroshi/wire/api/feed.ts';
import { FINDING_STATES, type SubjectShape } from '@noroshi/wire/api/finding.ts';
import { formatAddress, parseAddress } from '@noroshi/wire/net/address.ts';
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

export const SUBJECT_KINDS = ['address', 'prefix', 'network', 'port', 'telescope'] as const;

const DETECTOR = '[a-z]{1,20}(/[a-z0-9-]{1,40})?';
const STATE = `(${FINDING_STATES.join('|')})`;
/** ClickHouse and PostgreSQL know these years. */
const [YEAR_MIN, YEAR_MAX] = [1970, 2105];

/** A minute, a second or a day: `2021-02-03T04:05Z`, `2021-02-03T04:05:06Z`, `2021-02-03`. In Unix ms. */
export const time = text(/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z)?$/, 'a time such as 2021-02-03T04:05:00Z')
  .transform((written) => Date.parse(written))
  .refine(isTime, { error: 'not a time such as 2021-02-03T04:05:00Z' })
  .optional()
  .meta({ description: 'A time in UTC, `2021-02-03T04:05:00Z`, or a day.' });

function isTime(time_ms: number): boolean {
  const year = new Date(time_ms).getUTCFullYear();
  return year >= YEAR_MIN && year <= YEAR_MAX;
}

export const detectors = text(
  new RegExp(`^${DETECTOR}(,${DETECTOR}){0,31}$`),
  'a theme such as dos, or a detector such as dos/victim, or several with commas',
)
  .transform((written) => written.split(','))
  .optional()
  .meta({ description: 'A theme (`dos`) or a detector (`dos/victim`), several with commas.' });

export const detector = text(new RegExp(`^${DETECTOR}$`), 'a detector such as dos/victim')
  .optional()
  .describe('A detector of the theme dos.');

export const states = text(
  new RegExp(`^${STATE}(,${STATE}){0,5}$`),
  `one of ${FINDING_STATES.join(', ')}, or several with commas`,
)
  .transform((written) => FINDING_STATES.filter((state) => written.split(',').includes(state)))
  .optional()
  .meta({ description: `${FINDING_STATES.join(', ')}; several with commas.` });

export const open = oneOf(['true', 'false'])
  .transform((word) => word === 'true')
  .optional()
  .meta({ description: 'Only what is still going on, or only what is over.' });

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

export const cursor = text(new RegExp(`^-?\\d{1,15}_${UUID}$`), 'a cursor from an answer before')
  .optional()
  .describe('From an answer before: the next page.');

export const id = text(new RegExp(`^${UUID}$`), 'an id of a finding').describe('UUID of a finding.');

const NO_ADDRESS = 'not an IPv4 or IPv6 address';
/** An address in its one notation, whichever it was written in. */
export const address = z
  .string({ error: NO_ADDRESS })
  .refine((written) => parseAddress(written) !== undefined, { error: NO_ADDRESS })
  .transform((written) => formatAddress(...(parseAddress(written) ?? [0, 0, 0, 0])))
  .meta({ description: 'IPv4 or IPv6.' });

const NO_SUBJECT = 'not an address, a prefix, AS64500, 23/tcp or *';
export const subject = z
  .string({ error: NO_SUBJECT })
  .refine((written) => subjectOf(written) !== undefined, { error: NO_SUBJECT })
  .transform((written) => subjectOf(written))
  .optional()
  .meta({ description: 'An address, a prefix, `AS64500`, `23/tcp`, or `*` for the whole telescope.' });

/** What a text names; undefined when it names nothing. */
function subjectOf(written: string): SubjectShape | undefined {
  if (written === '*') return { kind: 'telescope', value: written };
  if (/^AS\d{1,10}$/.test(written)) return { kind: 'network', value: written };
  if (/^\d{1,5}\/[a-z][a-z0-9-]{0,15}$/.test(written)) return { kind: 'port', value: written };
  const [host, bits, ...rest] = written.split('/');
  const words = parseAddress(host);
  if (words === undefined || rest.length > 0) return undefined;
  const value = formatAddress(...words);
  if (bits === undefined) return { kind: 'address', value };
  return /^\d{1,3}$/.test(bits) && Number(bits) <= 128 ? { kind: 'prefix', value: `${value}/${bits}` } : undefined;
}
