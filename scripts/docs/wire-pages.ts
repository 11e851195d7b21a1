/** Reference of what is said about single packets: classes, marks, predicates, stops, link types. */
import { FAILURES } from '@noroshi/wire/capture/failure.ts';
import { BOGON_IPV4, BOGON_IPV6 } from '@noroshi/wire/classify/bogon.ts';
import { CLASSES } from '@noroshi/wire/classify/class.ts';
import { MARKS } from '@noroshi/wire/classify/marks/index.ts';
import { PREDICATES } from '@noroshi/wire/classify/predicates.ts';
import { ETHERTYPE_ARP } from '@noroshi/wire/net/ethernet.ts';
import { linkName } from '@noroshi/wire/net/linktype.ts';
import { Packet } from '@noroshi/wire/net/packet.ts';
import { protocolName } from '@noroshi/wire/net/protocol.ts';
import * as stop from '@noroshi/wire/net/stop.ts';
import { TUNNELS } from '@noroshi/wire/net/tunnel.ts';
import { walk } from '@noroshi/wire/net/walk.ts';
import { Commented } from './comments.ts';
import { code, page, table } from './markdown.ts';

const WHY = '../explanation/classes-marks-predicates.md';

export function classesPage(): string {
  const rows = CLASSES.map(({ name, sentence }) => [code(name), sentence]);
  return page(
    'Classes',
    ['`packages/wire/classify/class.ts`'],
    `Every packet has exactly one. [Why classes, marks and predicates are three things](${WHY}).`,
    table(['class', 'meaning'], rows),
  );
}

export function marksPage(): string {
  const rows = MARKS.map(({ name, sentence, citation, chanceExponent }) => [
    code(name),
    sentence,
    chanceExponent === 0 ? 'none known' : `2^-${chanceExponent}`,
    citation,
  ]);
  return page(
    'Marks',
    ['`packages/wire/classify/marks/index.ts`'],
    `What the header of one packet has in common with a tool or a bot. A mark is evidence, not a verdict: [how many
packets it takes](${WHY}).`,
    `*Chance* is the probability that a packet of the same shape with random fields carries the mark by accident. *None
known* means that the mark is a shape which other software shares, so no such figure exists.`,
    table(['mark', 'meaning', 'chance', 'source'], rows),
  );
}

export function predicatesPage(): string {
  const rows = PREDICATES.map(({ name, sentence }) => [code(name), sentence]);
  const ranges = [...BOGON_IPV4, ...BOGON_IPV6].map(([address, bits, use]) => [code(`${address}/${bits}`), use]);
  return page(
    'Predicates',
    ['`packages/wire/classify/predicates.ts`', '`packages/wire/classify/bogon.ts`'],
    `Facts about one packet; any number of them may hold. Those with *corsaro* or *Spoki* in their sentence repeat the
rule of that program, so that its figures can be compared; [we do not conclude from them what it does](${WHY}).`,
    table(['predicate', 'holds when'], rows),
    '## Space that is never routed',
    'Behind `bogon_src` and `bogon_dst`; for IPv6 also everything outside `2000::/3`.',
    table(['range', 'registered for'], ranges),
  );
}

/** One of each, so that the text that people see can be shown. */
const STOPS: Readonly<Record<stop.StopKind, Omit<stop.Stop, 'kind'>>> = {
  none: { layer: stop.LAYER.udp, offset: 42, needed: 0, had: 0 },
  cut: { layer: stop.LAYER.tcp, offset: 34, needed: 20, had: 8 },
  short: { layer: stop.LAYER.udp, offset: 34, needed: 8, had: 4 },
  bad_length: { layer: stop.LAYER.ipv4, offset: 14, needed: 20, had: 16 },
  bad_version: { layer: stop.LAYER.ip, offset: 14, needed: 4, had: 7 },
  too_deep: { layer: stop.LAYER.vlan, offset: 142, needed: stop.STACK_MAX, had: stop.STACK_MAX + 1 },
  unwalked: { layer: stop.LAYER.ethernet, offset: 14, needed: ETHERTYPE_ARP, had: 0 },
  fragment: { layer: stop.LAYER.ipv4, offset: 20, needed: 0, had: 0 },
};

export function stopsPage(): string {
  const source = new Commented('packages/wire/net/stop.ts');
  const rows = stop.STOP_KINDS.map((name, kind) => [
    code(name),
    kind === stop.STOP_NONE ? 'The walk reached the payload.' : source.ofExport(`STOP_${name.toUpperCase()}`),
    stop.isDamage(kind) ? 'damage' : '',
    stop.describeStop({ kind, ...STOPS[name] }),
  ]);
  return page(
    'Stops and failures',
    ['`packages/wire/net/stop.ts`', '`packages/wire/capture/failure.ts`'],
    '## Why the walk through one packet ended',
    `A stop says kind, layer, offset from the packet's first captured byte, and the bytes needed and had. Damage never
ends a capture: what was understood of the packet stays.`,
    table(['kind', 'meaning', '', 'as text (an example)'], rows),
    `Layers: ${stop.LAYERS.map(code).join(', ')}.`,
    `Limits: at most ${stop.STACK_MAX} stacked headers (\`STACK_MAX\`), at most ${stop.EXTENSIONS_MAX} IPv6 extension
headers (\`EXTENSIONS_MAX\`).`,
    '## Why a capture cannot be read further',
    `Everything in front of the damage is read and kept. The failure names the byte of the decompressed stream, and the
program ends with exit code 1.`,
    table(
      ['kind', 'meaning'],
      Object.entries(FAILURES).map(([kind, meaning]) => [code(kind), meaning]),
    ),
  );
}

const LINK_MAX = 0xffff;
const PROTOCOL_MAX = 0xff;

/** Whether the walk has a way into a link type: asked of the walk itself, with a frame of zeros. */
function isWalked(link: number): boolean {
  const packet = new Packet();
  const data = new DataView(new ArrayBuffer(64));
  walk(packet, data, 0, data.byteLength, link);
  return packet.stopKind !== stop.STOP_UNWALKED || packet.stopLayer !== stop.LAYER.link;
}

function named(max: number, nameOf: (number: number) => string, unknown: string): [number: number, name: string][] {
  const all = Array.from({ length: max + 1 }, (_, number): [number, string] => [number, nameOf(number)]);
  return all.filter(([number, name]) => name !== `${unknown}${number}`);
}

export function linkTypesPage(): string {
  const links = named(LINK_MAX, linkName, 'LINKTYPE_');
  const rows = links.map(([number, name]) => [String(number), code(name), isWalked(number) ? 'yes' : '']);
  const protocols = named(PROTOCOL_MAX, protocolName, 'proto-').map(([number, name]) => `${code(name)} ${number}`);
  return page(
    'Link types, tunnels, IP protocols',
    ['`packages/wire/net/linktype.ts`', '`packages/wire/net/tunnel.ts`', '`packages/wire/net/protocol.ts`'],
    `Numbers and names are those of <https://www.tcpdump.org/linktypes.html>. A packet of a type that is not walked has
class \`not_ip\` and stop \`unwalked\`; it is counted, never dropped silently.`,
    table(['number', 'name', 'walked'], rows),
    '## Tunnels',
    `Named, and their inner packet can be walked (\`noroshi packets --inner\`): ${TUNNELS.slice(1).map(code).join(', ')}.`,
    '## IP protocols with a name',
    `${protocols.join(', ')}. Others are called \`proto-<number>\`.`,
  );
}
