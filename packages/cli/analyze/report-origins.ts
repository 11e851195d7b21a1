/** Where it came from: sources, countries, networks. */
import { protocolName } from '@noroshi/wire/net/protocol.ts';
import { count, countOrMore, percent } from '../look/numbers.ts';
import { safe } from '../look/safe.ts';
import { type Column, table } from '../look/table.ts';
import type { Analysis, PortUse, SourceRow } from './analysis.ts';
import { type Canvas, section } from './report.ts';
import { isIcmp } from './services.ts';

export function sourceSection({ sources, targets, counters }: Analysis, canvas: Canvas): string[] {
  const columns: Column<SourceRow>[] = [
    { head: 'source', text: ({ address }) => address },
    { head: 'country', text: ({ country }) => country },
    { head: 'packets', text: ({ packets }) => count(packets), align: 'right' },
    { head: 'share', text: ({ packets }) => percent(packets, counters.kept), align: 'right', optional: true },
    { head: 'class', text: (row) => row.class },
    { head: 'services', text: ({ ports, port_count }) => portsText(ports, port_count), least: 8 },
    { head: 'marks', text: ({ marks }) => marks.join(' '), least: 14, optional: true },
    { head: 'network', text: networkText, least: 12, optional: true, paint: canvas.style.dim },
  ];
  const sentence = `${plural(sources.count, sources.at_least, 'source')} to ${plural(targets.count, targets.at_least, 'address', 'es')}.`;
  return section(canvas, 'Sources', sentence, table(sources.top, columns, canvas.width, canvas.style));
}

function plural(value: number, isAtLeast: boolean, noun: string, ending = 's'): string {
  return `${isAtLeast ? 'At least ' : ''}${count(value)} ${noun}${value === 1 ? '' : ending}`;
}

export function networkText({ as, as_name }: { readonly as: number | null; readonly as_name: string }): string {
  return as === null ? '' : `AS${as} ${safe(as_name)}`.trimEnd();
}

/** `23/tcp 2323/tcp`, or how many when there are more than fit in a glance. */
export function portsText(ports: readonly PortUse[], total = ports.length): string {
  const shown = ports.slice(0, 2).map(portText).join(' ');
  return total > 2 ? `${shown} +${count(total - 2)}` : shown;
}

export function portText({ proto, port }: PortUse): string {
  const name = protocolName(proto);
  if (isIcmp(proto)) return `${port >> 8}/${port & 255} ${name}`;
  return port === 0 && proto !== 6 && proto !== 17 ? name : `${port}/${name}`;
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
