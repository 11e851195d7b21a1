/**
 * The CSV files of `@ip-location-db/asn` into ranges: `first,last,asn,name` a line, sorted by `first`, IPv4 addresses as
 * numbers, IPv6 as text, names quoted where they hold a comma. Where two ranges overlap (2.3.2026061719 has one such pair) the
 * one that begins later holds. The 30 MB take about 0.9 s, once per version of the package.
 */
import { parseAddress } from '@noroshi/wire/net/address.ts';
import { AsRanges } from './asn-ranges.ts';

interface Line {
  readonly first: string;
  readonly last: string;
  readonly asn: number;
  readonly name: string;
}

/**
 * @param ipv4 text of asn-ipv4-num.csv
 * @param ipv6 text of asn-ipv6.csv
 * @throws Error naming the first line that cannot be read or is out of order
 */
export function rangesOfCsv(ipv4: string, ipv6: string): AsRanges {
  const names = namesOf([ipv4, ipv6]);
  const text = Buffer.from(names.map(([, name]) => name).join(''));
  const sizes = { ipv4: countLines(ipv4), ipv6: countLines(ipv6), names: names.length, textBytes: text.length };
  const ranges = AsRanges.empty(sizes);
  fillIpv4(ranges, linesOf(ipv4));
  fillIpv6(ranges, linesOf(ipv6));
  let end = 0;
  for (const [index, [asn, name]] of names.entries()) {
    end += Buffer.byteLength(name);
    ranges.nameAsns[index] = asn;
    ranges.nameEnds[index] = end;
  }
  ranges.text.set(text);
  return ranges.seal();
}

function countLines(text: string): number {
  let count = 0;
  let at = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', at)) {
    if (end > at) count++;
    at = end + 1;
  }
  return at < text.length ? count + 1 : count;
}

function* linesOf(text: string): Generator<Line> {
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end < 0 ? text.length : end);
    if (line !== '') yield lineOf(line);
    at = end < 0 ? text.length : end + 1;
  }
}

function lineOf(line: string): Line {
  const a = line.indexOf(',');
  const b = line.indexOf(',', a + 1);
  const c = line.indexOf(',', b + 1);
  const asn = Number(line.slice(b + 1, c < 0 ? line.length : c));
  if (a < 0 || b < 0 || !(asn >= 0 && asn <= 0xffff_ffff)) throw new Error(`Cannot read line ${JSON.stringify(line)}`);
  const name = c < 0 ? '' : line.slice(c + 1).trimEnd();
  const plain = name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
  return { first: line.slice(0, a), last: line.slice(a + 1, b), asn, name: plain };
}

/** The first name met of each AS, by number. */
function namesOf(files: readonly string[]): (readonly [asn: number, name: string])[] {
  const names = new Map<number, string>();
  for (const text of files) {
    for (const { asn, name } of linesOf(text)) if (name !== '' && !names.has(asn)) names.set(asn, name);
  }
  return [...names].sort(([a], [b]) => a - b);
}

function fillIpv4(ranges: AsRanges, lines: Iterable<Line>): void {
  const [firsts, lasts, asns] = ranges.ipv4;
  let before = 0;
  let index = 0;
  for (const { first, last, asn } of lines) {
    const from = Number(first);
    const to = Number(last);
    if (!(from >= before && to >= from && to <= 0xffff_ffff)) throw new Error(`Cannot place range ${first}-${last}`);
    firsts[index] = from;
    lasts[index] = to;
    asns[index++] = asn;
    before = from;
  }
}

function fillIpv6(ranges: AsRanges, lines: Iterable<Line>): void {
  let index = 0;
  for (const { first, last, asn } of lines) {
    const from = parseAddress(first);
    const to = parseAddress(last);
    if (from === undefined || to === undefined) throw new Error(`Cannot place range ${first}-${last}`);
    for (let word = 0; word < 4; word++) {
      ranges.ipv6[word][index] = from[word];
      ranges.ipv6[4 + word][index] = to[word];
    }
    ranges.ipv6[8][index++] = asn;
  }
}
