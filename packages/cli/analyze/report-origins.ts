/** Where it came from: sources, countries, networks. */
import { count, countOrMore, percent } from '../look/numbers.ts';
import { type Canvas, section } from '../look/section.ts';
import { safe } from '@noroshi/kit/safe.ts';
import { type Column, table } from '../look/table.ts';
import type { Analysis, SourceRow } from './analysis.ts';
import { networkText, portsText } from './cell-texts.ts';

export function sourceSection({ sources, targets, counters }: Analysis, canvas: Canvas): string[] {
  const columns: Column<SourceRow>[] = [
    { head: 'source', text: ({ address }) => address },
    { head: 'country', text: ({ country }) => country },
    { head: 'packets', text: ({ packets }) => count(packets), align: 'right' },
    { head: 'share', text: ({ packets }) => percent(packets, counters.kept), align: 'right', optional: 2 },
    { head: 'class', text: (row) => row.class },
    { head: 'services', text: ({ ports, port_count }) => portsText(ports, port_count), least: 11 },
    { head: 'marks', text: ({ marks }) => marks.join(' '), least: 10, optional: 1 },
    { head: 'network', text: networkText, least: 12, optional: 3, paint: canvas.style.dim },
  ];
  const sentence = `${plural(sources.count, sources.at_least, 'source')} to ${plural(targets.count, targets.at_least, 'address', 'es')}.`;
  return section(canvas, 'Sources', sentence, table(sources.top, columns, canvas.width, canvas.style));
}

function plural(value: number, isAtLeast: boolean, noun: string, ending = 's'): string {
  return `${isAtLeast ? 'At least ' : ''}${count(value)} ${noun}${value === 1 ? '' : ending}`;
}

type CountryRow = Analysis['countries'][number];

export function countrySection(analysis: Analysis, canvas: Canvas): string[] {
  const { countries, counters, sources } = analysis;
  const top = countries.slice(0, Math.max(sources.top.length, 1));
  const columns: Column<CountryRow>[] = [
    { head: 'country', text: ({ country }) => country },
    { head: 'packets', text: ({ packets }) => count(packets), align: 'right' },
    { head: 'share', text: ({ packets }) => percent(packets, counters.kept), align: 'right' },
    { head: 'sources', text: (row) => countOrMore(row.sources, sources.at_least), align: 'right' },
  ];
  const bars = { value: (row: CountryRow) => row.packets, most: top[0]?.packets ?? 0 };
  const sentence = 'bogon: a source that cannot be on the Internet. unknown: the table has no country for it.';
  return section(canvas, 'Countries', sentence, table(top, columns, canvas.width, canvas.style, bars));
}

type NetworkRow = Analysis['as'][number];

export function networkSection(analysis: Analysis, canvas: Canvas): string[] {
  const { as, counters, sources } = analysis;
  const columns: Column<NetworkRow>[] = [
    { head: 'AS', text: ({ as: number }) => (number === null ? '' : String(number)), align: 'right' },
    { head: 'network', text: ({ name }) => safe(name), least: 14 },
    { head: 'packets', text: ({ packets }) => count(packets), align: 'right' },
    { head: 'share', text: ({ packets }) => percent(packets, counters.kept), align: 'right' },
    { head: 'sources', text: (row) => countOrMore(row.sources, sources.at_least), align: 'right' },
  ];
  const bars = { value: (row: NetworkRow) => row.packets, most: as[0]?.packets ?? 0 };
  return section(canvas, 'Networks', '', table(as, columns, canvas.width, canvas.style, bars));
}
