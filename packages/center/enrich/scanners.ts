/** The acknowledged scanners of all lists together, from files and folders. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { stateOf } from '@noroshi/kit/system-error.ts';
import { parseScannerList, type ScannerList, type ScannerPrefix } from './scanner-list.ts';

const LIST_BYTES_MAX = 16 * 1024 * 1024;
/** Files read of one folder. */
const FOLDER_FILES_MAX = 1000;
/** What a folder's lists are called; others in it (a README, a licence) are none. */
const LIST_NAME = /\.(ipset|json|txt|list)$/;
/** Warning lists tell of much else: of a folder only those count that speak of scanning. */
const SPEAKS_OF_SCANNING = /\bscan|connection-attempt|crawler/i;

export interface ScannerFile {
  readonly name: string;
  readonly format: ScannerList['format'];
  readonly date: string;
  readonly prefixes: number;
  /** Entries that were not understood, and the first of them; foreign text. */
  readonly bad: number;
  readonly badShown: readonly string[];
}

export interface Scanners {
  /** Day of the newest list and a digest of all. */
  readonly version: string;
  /** No prefix twice, in the order of their texts. */
  readonly rows: readonly ScannerPrefix[];
  readonly files: readonly ScannerFile[];
}

/**
 * Reads lists; a path is a file or a folder.
 * @throws Error `Cannot read <file>: …` when one cannot be read
 */
export function loadScannerLists(paths: readonly string[]): Scanners {
  const lists = paths.flatMap(listsOf);
  const date = lists.reduce((newest, { list }) => (list.date > newest ? list.date : newest), '');
  const rows = mergeLists(lists.map(({ list }) => list));
  const digest = createHash('sha256').update(JSON.stringify(rows)).digest('hex').slice(0, 12);
  const files = lists.map(({ name, list: { format, date: day, prefixes, bad, badShown } }) => {
    return { name, format, date: day, prefixes: prefixes.length, bad, badShown };
  });
  return {
    version: lists.length === 0 ? '' : ['scanners', date, digest].filter((part) => part !== '').join(' '),
    rows,
    files,
  };
}

/** Of prefixes that are on several lists the organisation counts that comes first in the order of the alphabet. */
export function mergeLists(lists: readonly Pick<ScannerList, 'prefixes'>[]): ScannerPrefix[] {
  const all = lists.flatMap(({ prefixes }) => prefixes);
  const names = oneNameEach(all.map(({ organisation }) => organisation));
  const byPrefix = new Map<string, string>();
  for (const { prefix, organisation } of all) {
    const name = names.get(organisation) ?? organisation;
    const known = byPrefix.get(prefix);
    if (known === undefined || name < known) byPrefix.set(prefix, name);
  }
  return [...byPrefix].sort(([a], [b]) => (a < b ? -1 : 1)).map(([prefix, organisation]) => ({ prefix, organisation }));
}

/** `Shodan` and `shodan.io` are one: of names that differ in case, blanks or a domain's end, the first in the alphabet stands for all. */
function oneNameEach(names: readonly string[]): Map<string, string> {
  const firstOf = new Map<string, string>();
  for (const name of names) {
    const first = firstOf.get(keyOf(name));
    if (first === undefined || name < first) firstOf.set(keyOf(name), name);
  }
  return new Map(names.map((name) => [name, firstOf.get(keyOf(name)) ?? name]));
}

function keyOf(name: string): string {
  const label = /^[\w-]+(\.[a-z-]+)+$/.test(name) ? name.slice(0, name.indexOf('.')) : name;
  const key = label.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  return key === '' ? name : key;
}

function listsOf(path: string): { name: string; list: ScannerList }[] {
  try {
    if (!statSync(path).isDirectory()) return [{ name: basename(path), list: readList(path) }];
    const names = readdirSync(path).filter((name) => LIST_NAME.test(name));
    if (names.length > FOLDER_FILES_MAX) throw new Error(`more than ${FOLDER_FILES_MAX} lists`);
    const lists = names.sort().map((name) => ({ name, list: readList(join(path, name)) }));
    return lists.filter(({ list }) => list.format !== 'misp' || SPEAKS_OF_SCANNING.test(list.about));
  } catch (error) {
    throw new Error(`Cannot read ${path}: ${stateOf(error)}`, { cause: error });
  }
}

function readList(path: string): ScannerList {
  if (statSync(path).size > LIST_BYTES_MAX) throw new Error(`${basename(path)} is larger than ${LIST_BYTES_MAX} bytes`);
  return parseScannerList(readFileSync(path, 'utf8'), basename(path).replace(/\.\w+$/, ''));
}
