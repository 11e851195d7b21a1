/** What could not be read: damaged packets, damaged captures, what nobody walks, tunnels. */
import { protocolName } from '@noroshi/wire/net/protocol.ts';
import { count, percent } from '../look/numbers.ts';
import { type Canvas, moreLine, section, wrap } from '../look/section.ts';
import { safe } from '@noroshi/kit/safe.ts';
import { type Column, table } from '../look/table.ts';
import type { Analysis } from './analysis.ts';

interface Row {
  readonly name: string;
  readonly packets: number;
}

/** What the kinds of stop.ts mean, in a few words. */
const REASONS: Readonly<Record<string, string>> = {
  cut: 'the capture ends inside the header',
  short: 'the enclosing length ends inside the header',
  bad_length: 'the length field is impossible',
  bad_version: 'the version is not the one announced',
  too_deep: 'too many stacked headers',
};
const ETHERTYPES: Readonly<Record<string, string>> = {
  '0x0806': 'ARP',
  '0x8035': 'RARP',
  '0x86dd': 'IPv6',
  '0x88cc': 'LLDP',
  '0x888e': 'EAPOL',
  '0x9000': 'loopback test',
};

export function damageSection(
  { damage, not_walked, tunnels, packets }: Analysis,
  canvas: Canvas,
  sentences: readonly string[],
  top: number,
): string[] {
  const all: Row[] = [
    ...rowsOf(damage.packets, damageName),
    ...rowsOf(tunnels, (name) => `tunnel ${name}: noroshi packets --inner looks inside`),
    ...rowsOf(not_walked, unwalkedName),
  ];
  const rows = all.sort((a, b) => b.packets - a.packets).slice(0, top);
  const columns: Column<Row>[] = [
    { head: 'what', text: ({ name }) => name, least: 20 },
    { head: 'packets', text: (row) => count(row.packets), align: 'right' },
    { head: 'share', text: (row) => percent(row.packets, packets), align: 'right' },
  ];
  const captures = sentences.flatMap((sentence) =>
    wrap(safe(sentence), canvas.width - 2).map((line) => canvas.style.ember(`  ${line}`)),
  );
  return section(canvas, 'Not read to the end', '', [
    ...captures,
    ...table(rows, columns, canvas.width, canvas.style),
    ...moreLine(all.length - rows.length, canvas),
  ]);
}

function rowsOf(counts: Readonly<Record<string, number>>, nameOf: (name: string) => string): Row[] {
  return Object.entries(counts).map(([name, packets]) => ({ name: nameOf(name), packets }));
}

function damageName(name: string): string {
  const [layer, kind] = name.split('/');
  return `${layer}: ${REASONS[kind] ?? kind}`;
}

function unwalkedName(name: string): string {
  const [layer, number] = name.split('/');
  if (layer === 'transport') return `IP protocol ${Number(number)} (${protocolName(Number(number))}): not walked`;
  if (layer === 'link') return `link type ${Number(number)}: not walked`;
  const known = ETHERTYPES[number];
  return `${layer} ${number}${known === undefined ? '' : ` (${known})`}: not walked`;
}
