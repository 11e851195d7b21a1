/** What came: over time, by class, by service. */
import { CLASSES } from '@noroshi/wire/classify/class.ts';
import { sparkline, squeeze } from '../look/bars.ts';
import { counted } from '../look/counted.ts';
import { count, countOrMore, percent, rate } from '../look/numbers.ts';
import { type Canvas, section } from '../look/section.ts';
import { type Column, table } from '../look/table.ts';
import { duration } from '../look/time.ts';
import type { Analysis, IcmpRow, ServiceRow } from './analysis.ts';

const SPARK_MOST = 100;

export function timeSection({ timeline, duration_s }: Analysis, canvas: Canvas): string[] {
  const { values, each } = squeeze(timeline.packets, Math.min(SPARK_MOST, canvas.width - 2));
  if (values.length < 2 || duration_s <= 0) return [];
  const step_s = each * timeline.step_s;
  const peak = Math.max(...values);
  const sentence = `One column is ${duration(step_s)}; the highest holds ${counted(peak, 'packet')}, ${rate(peak / step_s)} a second.`;
  return section(canvas, 'Packets over time', sentence, [`  ${canvas.style.bar(sparkline(values))}`]);
}

interface ClassRow {
  readonly name: string;
  readonly packets: number;
  readonly sentence: string;
}

export function classSection({ classes, packets }: Analysis, canvas: Canvas): string[] {
  const met = CLASSES.map(({ name, sentence }) => ({ name, sentence, packets: classes[name] })).filter(
    (row) => row.packets > 0,
  );
  const rows: ClassRow[] = met.sort((a, b) => b.packets - a.packets);
  const columns: Column<ClassRow>[] = [
    { head: 'class', text: ({ name }) => name },
    { head: 'packets', text: (row) => count(row.packets), align: 'right' },
    { head: 'share', text: (row) => percent(row.packets, packets), align: 'right' },
    { head: '', text: ({ sentence }) => sentence, least: 20, optional: 1, paint: canvas.style.dim },
  ];
  return section(canvas, 'Classes', '', table(rows, columns, canvas.width, canvas.style));
}

export function portSection(analysis: Analysis, canvas: Canvas): string[] {
  const { ports } = analysis;
  const columns: Column<ServiceRow>[] = [
    { head: 'port', text: ({ port }) => String(port), align: 'right' },
    { head: '', text: ({ proto_name }) => proto_name },
    { head: 'service', text: ({ service }) => service, least: 8 },
    ...usage<ServiceRow>(analysis),
  ];
  const bars = { value: (row: ServiceRow) => row.packets, most: ports[0]?.packets ?? 0 };
  const sentence = 'Destination port of what asks, source port of what answers; “asks” is the share that asks.';
  return section(canvas, 'Services', sentence, table(ports, columns, canvas.width, canvas.style, bars));
}

export function icmpSection(analysis: Analysis, canvas: Canvas): string[] {
  const { icmp } = analysis;
  const columns: Column<IcmpRow>[] = [
    { head: 'type', text: ({ type, code }) => `${type}/${code}`, align: 'right' },
    { head: '', text: ({ proto_name }) => proto_name },
    { head: 'message', text: ({ name }) => name, least: 12 },
    ...usage<IcmpRow>(analysis),
  ];
  const bars = { value: (row: IcmpRow) => row.packets, most: icmp[0]?.packets ?? 0 };
  return section(canvas, 'ICMP', '', table(icmp, columns, canvas.width, canvas.style, bars));
}

function usage<Row extends Pick<ServiceRow, 'packets' | 'probes' | 'sources'>>(analysis: Analysis): Column<Row>[] {
  return [
    { head: 'packets', text: (row) => count(row.packets), align: 'right' },
    { head: 'share', text: (row) => percent(row.packets, analysis.counters.kept), align: 'right' },
    { head: 'sources', text: (row) => countOrMore(row.sources, analysis.service_sources_at_least), align: 'right' },
    {
      head: 'asks',
      text: (row) => percent(row.probes, row.packets).replace('.0 %', ' %'),
      align: 'right',
      optional: 1,
    },
  ];
}
