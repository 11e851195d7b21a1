/**
 * Lists of acknowledged scanners: who scans the whole Internet and says so. Three formats, told apart by their content:
 *
 *   ipset      `add shodan.io 66.240.192.138/32` a line (rasterburn1/acknowledged_scanners); the set names the organisation
 *   MISP       one JSON object with `name`, `version`, `type: cidr` and `list` (MISP/misp-warninglists)
 *   plain      `192.0.2.0/24  Organisation` a line, `#` begins a comment; without a name the file's own counts
 *
 * Whatever a list holds, reading it ends in a value: what is no prefix is counted, and said by its line.
 */
import { IPV4_BASE, parsePrefix } from '@noroshi/wire/net/prefix.ts';
import { formatPrefix } from './prefix.ts';

/** Prefixes taken from one list; the bundled telescope analyses have less than two thousand. */
export const LIST_PREFIXES_MAX = 200_000;
export const ORGANISATION_CHARS_MAX = 80;
/** Lines shown of those that were not understood. */
const BAD_SHOWN_MAX = 5;
/** Shortest prefixes: a list that calls more than a 256th of the Internet a scanner is broken, not generous. */
const IPV4_BITS_MIN = 8;
const IPV6_BITS_MIN = 16;

export interface ScannerPrefix {
  /** As text, the bits behind its length cleared. */
  readonly prefix: string;
  /** Foreign text without control characters. */
  readonly organisation: string;
}

export interface ScannerList {
  readonly format: 'ipset' | 'misp' | 'plain';
  /** `2026-08-11`; '' when the list does not say. */
  readonly date: string;
  readonly prefixes: readonly ScannerPrefix[];
  /** Entries that were not understood, and the first of them. */
  readonly bad: number;
  readonly badShown: readonly string[];
  /** What a MISP list says of itself; '' otherwise. */
  readonly about: string;
}

/**
 * Reads one list. Never throws.
 * @param name what its prefixes belong to when it does not say
 */
export function parseScannerList(text: string, name: string): ScannerList {
  const list = /^\s*\{/.test(text) ? parseMisp(text) : undefined;
  return list ?? parseLines(text, name);
}

function parseLines(text: string, name: string): ScannerList {
  const entries = new Entries();
  let isIpset = false;
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end < 0 ? text.length : end).trim();
    at = end < 0 ? text.length : end + 1;
    if (line === '' || line.startsWith('#')) continue;
    const ipset = /^(create|add)\s+(\S{1,100})\s+(\S+)/.exec(line);
    if (ipset !== null) isIpset = true;
    if (ipset?.[1] === 'add') entries.add(ipset[3], ipset[2].replace(/-ipv6$/, ''), line);
    else if (ipset === null) {
      const [, prefix = '', organisation = ''] = /^([^\s,;]+)[\s,;]*(.*)$/.exec(line) ?? [];
      entries.add(prefix, organisation === '' ? name : organisation, line);
    }
  }
  return { format: isIpset ? 'ipset' : 'plain', date: '', about: '', ...entries.all() };
}

/** Undefined when it is no JSON: then it is lines. */
function parseMisp(text: string): ScannerList | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { name, description, version, type, list } = json as Readonly<Record<string, unknown>>;
  const entries = new Entries();
  const organisation = typeof name === 'string' ? organisationOf(name) : '';
  for (const entry of Array.isArray(list) ? (list as unknown[]) : []) {
    entries.add(type === 'cidr' && typeof entry === 'string' ? entry : '', organisation, shown(entry));
  }
  const about = [name, description].filter((part) => typeof part === 'string').join(': ');
  return { format: 'misp', date: dateOf(version), about, ...entries.all() };
}

/** `20260811`, or `26081010` (year, month, day, hour) of the generated ones; others are plain numbers. */
function dateOf(version: unknown): string {
  const text = typeof version === 'number' ? String(version) : '';
  const found =
    /^(20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/.exec(text) ??
    /^(\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d\d$/.exec(text);
  return found === null ? '' : [found[1].padStart(4, '20'), found[2], found[3]].join('-');
}

/** `Shodan` of `Shodan IP Ranges Used for Scanning`, `Modat` of `List of published IP address ranges for Modat Scanner`. */
function organisationOf(name: string): string {
  return name
    .replace(/^list of (published|known) (IP )?(address )?ranges for /i, '')
    .replace(/ (IP (ranges|address(es)?) used for.*|connection-attempt.*|network ranges)$/i, '')
    .replace(/ scann(er|ers|ing)$/i, '');
}

function shown(entry: unknown): string {
  return typeof entry === 'string' ? entry : JSON.stringify(entry);
}

class Entries {
  private readonly prefixes: ScannerPrefix[] = [];
  private readonly badShown: string[] = [];
  private bad = 0;

  add(text: string, organisation: string, line: string): void {
    const prefix = parsePrefix(text);
    const name = cleaned(organisation);
    const least = prefix?.isIpv4 === true ? IPV4_BASE + IPV4_BITS_MIN : IPV6_BITS_MIN;
    const isGood =
      prefix !== undefined && prefix.bits >= least && name !== '' && this.prefixes.length < LIST_PREFIXES_MAX;
    if (isGood) this.prefixes.push({ prefix: formatPrefix(...prefix.words, prefix.bits), organisation: name });
    else this.reject(line);
  }

  all(): Pick<ScannerList, 'prefixes' | 'bad' | 'badShown'> {
    return { prefixes: this.prefixes, bad: this.bad, badShown: this.badShown };
  }

  private reject(line: string): void {
    this.bad++;
    if (this.badShown.length < BAD_SHOWN_MAX) this.badShown.push(cleaned(line));
  }
}

/** Without control characters and other white space than single blanks; cut to a length. */
function cleaned(text: string): string {
  const plain = text
    .slice(0, 4 * ORGANISATION_CHARS_MAX)
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim();
  return plain.slice(0, ORGANISATION_CHARS_MAX).trim();
}
