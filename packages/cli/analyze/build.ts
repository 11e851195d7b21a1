/** From the survey's tables to the plain data of an analysis: rank, name, place. */
import { CLASSES } from '@noroshi/wire/classify/class.ts';
import { MARKS } from '@noroshi/wire/classify/marks/index.ts';
import { PREDICATES } from '@noroshi/wire/classify/predicates.ts';
import { linkName } from '@noroshi/wire/net/linktype.ts';
import { protocolName } from '@noroshi/wire/net/protocol.ts';
import { LAYERS, STOP_KINDS } from '@noroshi/wire/net/stop.ts';
import { TUNNELS } from '@noroshi/wire/net/tunnel.ts';
import { epochText, isoText } from '../look/time.ts';
import type { Analysis, Circumstances, IcmpRow, MarkCount, ServiceRow, TableRow } from './analysis.ts';
import type { Places, Sum } from './places.ts';
import { topSources } from './rank-sources.ts';
import { rankVictims } from './rank-victims.ts';
import { icmpName, serviceName } from '@noroshi/wire/net/service-names.ts';
import { isIcmp, type Service } from './services.ts';
import type { Survey } from './survey.ts';
import type { Tables } from './tables.ts';

/** The analysis of a closed survey whose sources `places` has counted. */
export function buildAnalysis(survey: Survey, places: Places, tables: Tables, about: Circumstances): Analysis {
  const { top } = about;
  const victims = rankVictims(survey.victims, places, top);
  return {
    files: about.files,
    ...totals(survey),
    links: Object.fromEntries([...survey.links].map(([link, packets]) => [linkName(link), packets])),
    counters: {
      received: survey.received + about.reading.dropped,
      kept: survey.kept,
      filtered: { ...survey.filtered },
      dropped: about.reading.dropped,
    },
    classes: Object.fromEntries(CLASSES.map(({ name }, code) => [name, survey.classes[code]])),
    protocols: protocols(survey),
    ports: survey.services
      .ranked((proto) => !isIcmp(proto))
      .slice(0, top)
      .map(portRow),
    icmp: survey.services.ranked(isIcmp).slice(0, top).map(icmpRow),
    service_sources_at_least: survey.services.isAtLeast || isCrowded(survey),
    sources: {
      count: survey.sources4.keys.count + survey.sources6.keys.count,
      at_least: isCrowded(survey),
      ipv4: survey.sources4.keys.count,
      ipv6: survey.sources6.keys.count,
      top: topSources(survey, places, top),
    },
    targets: {
      count: survey.targets4.count + survey.targets6.count,
      at_least: survey.targets4.refused + survey.targets6.refused > 0,
    },
    countries: ranked(places.countries).map(([country, sum]) => ({ country, ...sum })),
    as: ranked(places.asns)
      .slice(0, top)
      .map(([asn, sum]) => ({ as: asn > 0 ? asn : null, name: places.nameOf(asn), ...sum })),
    marks: marks(survey),
    predicates: counts(
      PREDICATES.map(({ name }) => name),
      survey.predicates,
    ),
    tunnels: counts(TUNNELS, survey.tunnels),
    victims: victims.rows,
    victim_count: survey.victims.count,
    victims_at_least: survey.victims.isAtLeast,
    attack_count: victims.attacked,
    targets_at_least: survey.victims.targetsAtLeast,
    timeline: survey.timeline.series(),
    damage: {
      captures: about.reading.damage.map(({ input, kind, offset, detail }) => ({ file: input, kind, offset, detail })),
      packets: damagedPackets(survey),
    },
    not_walked: notWalked(survey),
    tables: [tableRow('countries', tables.countries), tableRow('as', tables.asns)],
  };
}

function totals(survey: Survey) {
  const { first_s, first_ns, last_s, last_ns } = survey;
  const isEmpty = first_s === Number.POSITIVE_INFINITY;
  return {
    packets: survey.received,
    bytes: survey.wireBytes,
    ip_bytes: survey.ipBytes,
    first: isEmpty ? null : rawNumber(epochText(first_s, first_ns)),
    last: isEmpty ? null : rawNumber(epochText(last_s, last_ns)),
    first_iso: isEmpty ? null : isoText(first_s, first_ns),
    last_iso: isEmpty ? null : isoText(last_s, last_ns),
    duration_s: isEmpty ? 0 : last_s - first_s + (last_ns - first_ns) / 1e9,
  };
}

/** A number that JSON.stringify prints as it stands: a double has no room for nanoseconds since 1970. */
function rawNumber(text: string): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(text);
}

function isCrowded({ sources4, sources6 }: Survey): boolean {
  return sources4.isAtLeast || sources6.isAtLeast;
}

function protocols(survey: Survey): Analysis['protocols'] {
  const rows = [...survey.protocols.entries()].filter(([, packets]) => packets > 0);
  rows.sort(([, a], [, b]) => b - a);
  return rows.map(([proto, packets]) => ({ proto, proto_name: protocolName(proto), packets }));
}

function portRow({ proto, port, packets, probes, sources }: Service): ServiceRow {
  return { proto, proto_name: protocolName(proto), port, service: serviceName(proto, port), packets, probes, sources };
}

function icmpRow({ proto, port, packets, probes, sources }: Service): IcmpRow {
  const type = port >> 8;
  const code = port & 255;
  return {
    proto,
    proto_name: protocolName(proto),
    type,
    code,
    name: icmpName(proto, type, code),
    packets,
    probes,
    sources,
  };
}

function ranked<K>(sums: ReadonlyMap<K, Sum>): [K, Sum][] {
  return [...sums].sort(([, a], [, b]) => b.packets - a.packets || b.sources - a.sources);
}

/** Names to counts, only those above zero, greatest first. */
function counts(names: readonly string[], values: Float64Array): Record<string, number> {
  const met = names.map((name, index) => [name, values[index]] as const).filter(([, value]) => value > 0);
  return Object.fromEntries(met.sort(([, a], [, b]) => b - a));
}

function marks(survey: Survey): Record<string, MarkCount> {
  const once = new Array<number>(MARKS.length).fill(0);
  const twice = new Array<number>(MARKS.length).fill(0);
  for (const { keys, marksOnce, marksTwice } of [survey.sources4, survey.sources6]) {
    for (let index = 0; index < keys.count; index++) {
      if (marksOnce[index] === 0) continue;
      for (let mark = 0; mark < MARKS.length; mark++) {
        once[mark] += (marksOnce[index] >>> mark) & 1;
        twice[mark] += (marksTwice[index] >>> mark) & 1;
      }
    }
  }
  const met = MARKS.map(
    ({ name }, mark) =>
      [name, { packets: survey.marks[mark], sources: once[mark], sources_repeated: twice[mark] }] as const,
  );
  return Object.fromEntries(met.filter(([, { packets }]) => packets > 0).sort(([, a], [, b]) => b.packets - a.packets));
}

function damagedPackets({ stops }: Survey): Record<string, number> {
  const names = STOP_KINDS.flatMap((kind) => LAYERS.map((layer) => `${layer}/${kind}`));
  return counts(names, stops);
}

function notWalked({ unwalked }: Survey): Record<string, number> {
  const rows = [...unwalked].sort(([, a], [, b]) => b - a);
  return Object.fromEntries(
    rows.map(([key, packets]) => [
      `${LAYERS[Math.floor(key / 2 ** 32)]}/0x${(key % 2 ** 32).toString(16).padStart(4, '0')}`,
      packets,
    ]),
  );
}

function tableRow(what: string, { source }: Tables['countries'] | Tables['asns']): TableRow {
  return { what, ...source };
}
