/** Reads `key = value` lines by the table of keys. Everything that is wrong is said at once, each with its line; values never are. */
import { CONFIG_KEYS, type ConfigKey, type ConfigValue, type KeyName } from './config-keys.ts';

/** What is wrong with a line, or with the whole (line 0). */
export interface Complaint {
  readonly line: number;
  readonly sentence: string;
}

/** Values by key, each with its line; keys that are no lists have at most one. */
export type ConfigEntries = ReadonlyMap<KeyName, readonly { readonly line: number; readonly value: ConfigValue }[]>;

/** Complaints that are told; a file with more has another trouble. */
const COMPLAINTS_MAX = 10;
/** Entries of one list. */
export const LIST_MAX = 1024;
const LINE_CHARS_MAX = 16_384;
/** More changes than this are no slip of the fingers. */
const CHANGES_MAX = 3;

type Entries = Map<KeyName, { line: number; value: ConfigValue }[]>;

/** The values in a text, and what is wrong with it. Never throws. */
export function readEntries(text: string): { readonly entries: ConfigEntries; readonly complaints: Complaint[] } {
  const entries: Entries = new Map();
  const complaints: Complaint[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const sentence = readLine(raw, index + 1, entries);
    if (sentence !== undefined) complaints.push({ line: index + 1, sentence });
  }
  for (const { name, isRequired } of CONFIG_KEYS as readonly (ConfigKey & { name: KeyName })[]) {
    if (isRequired === true && !entries.has(name)) complaints.push({ line: 0, sentence: `${name} is missing` });
  }
  return { entries, complaints: complaints.slice(0, COMPLAINTS_MAX) };
}

/** What is wrong with the line; undefined when nothing is. */
function readLine(raw: string, line: number, entries: Entries): string | undefined {
  const text = raw.replace(/(^|\s)#.*$/, '').trim();
  if (text === '') return undefined;
  if (text.length > LINE_CHARS_MAX) return `is longer than ${LINE_CHARS_MAX} letters`;
  const at = text.indexOf('=');
  if (at < 0) return 'is not key = value';
  const name = text.slice(0, at).trim();
  const known = (CONFIG_KEYS as readonly (ConfigKey & { name: KeyName })[]).find((key) => key.name === name);
  if (known === undefined) return `unknown key ${shown(name)}${meant(name)}`;
  const before = entries.get(known.name) ?? [];
  if (before.length > 0 && known.isList !== true) return `${name} stands twice, first in line ${before[0].line}`;
  if (before.length >= LIST_MAX) return `${name} stands more than ${LIST_MAX} times`;
  const read = valueOf(known, text.slice(at + 1).trim());
  if ('wrong' in read) return `${name} ${read.wrong}`;
  entries.set(known.name, [...before, { line, value: read.value }]);
  return undefined;
}

function valueOf(key: ConfigKey, text: string): { readonly value: ConfigValue } | { readonly wrong: string } {
  if (text === '') return { wrong: 'has no value' };
  const { least = 0, most = Number.MAX_SAFE_INTEGER, words = [], shape } = key;
  switch (key.type) {
    case 'flag':
      return text === 'true' || text === 'false' ? { value: text === 'true' } : { wrong: 'is not true or false' };
    case 'whole': {
      const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      return number >= least && number <= most
        ? { value: number }
        : { wrong: `is not a whole number from ${least} to ${most}` };
    }
    case 'word':
      return words.includes(text) ? { value: text } : { wrong: `is none of ${words.join(', ')}` };
    default:
      return shape === undefined || shape.test(text) ? { value: text } : { wrong: `is not ${key.value}` };
  }
}

/** A key of the file, short enough for a sentence. */
function shown(name: string): string {
  return JSON.stringify(name.slice(0, 40));
}

function meant(name: string): string {
  const wrong = name.slice(0, 64).toLowerCase();
  const best = CONFIG_KEYS.map((key) => ({ name: key.name, changes: distance(wrong, key.name) })).toSorted(
    (a, b) => a.changes - b.changes,
  )[0];
  const isInside = CONFIG_KEYS.find((key) => key.name.endsWith(`.${wrong}`) || key.name === `${wrong}s`);
  if (isInside !== undefined) return ` (did you mean ${isInside.name}?)`;
  return best.changes <= Math.min(CHANGES_MAX, wrong.length / 2) ? ` (did you mean ${best.name}?)` : '';
}

/** Letters to insert, delete or replace. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const isSame = from[i - 1] === to[j - 1];
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (isSame ? 0 : 1)));
    }
    row = next;
  }
  return row[to.length];
}
