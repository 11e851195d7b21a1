/** What can be ranked: from which roll-up, by which key, and what a key is called. To rank by something else, add an entry. */
import { MARKS } from '@noroshi/wire/classify/marks/index.ts';
import type { Dimension, Text } from '@noroshi/wire/api/figures.ts';
import { protocolName } from '@noroshi/wire/net/protocol.ts';
import { serviceName } from '@noroshi/wire/net/service-names.ts';
import { IS_ACCESS } from './figures/definitions.ts';

/** A key as the database has it. */
export type Key = string | number;

/** SQL that gives `rank_key`, `day` and `sources`: distinct sources of a key on a day. */
interface SourcesSql {
  /** Of a table that keeps states, or of `day_sources`, whose every row is a source. */
  readonly from: 'states' | 'day_sources';
  readonly count: string;
}

export interface DimensionSource {
  readonly table: string;
  readonly key: string;
  /** ClickHouse type of the key, for parameters. */
  readonly type: 'UInt32' | 'String';
  readonly where: string;
  /** SQL condition that leaves acknowledged scanners out. */
  readonly plain: string;
  /** SQL condition of packets that an IPv4 address got; '1' where rates are per day over all sensors. */
  readonly ipv4: string;
  /** AS number of a key, for its holder's name; '0' without one. */
  readonly asn: string;
  readonly sources: SourcesSql | undefined;
  /** The key as it is published. */
  readonly shown: (key: Key) => string;
  /** @param holder name of the key's AS, '' when unknown */
  readonly label: (key: Key, holder: string) => Text;
}

const COMMON = { where: IS_ACCESS, plain: 'is_scanner = 0', ipv4: 'net = 4', asn: '0' } as const;
const NOTHING: Text = { ja: '', en: '' };
const UNKNOWN: Text = { ja: '不明', en: 'Unknown' };

export const DIMENSION_SOURCES: Readonly<Record<Dimension, DimensionSource>> = {
  // Packets without a port of their own (ICMP, fragments, damaged ones) take no part.
  ports: {
    ...COMMON,
    table: 'day_ports',
    key: 'toUInt32(proto) * 65536 + service_port',
    type: 'UInt32',
    where: `${IS_ACCESS} AND proto IN (6, 17) AND class NOT IN ('fragment', 'malformed')`,
    sources: { from: 'states', count: 'uniqCombined64Merge(13)(sources)' },
    shown: (key) => `${Number(key) & 0xffff}/${protocolName(Number(key) >>> 16)}`,
    label: (key) => both(serviceName(Number(key) >>> 16, Number(key) & 0xffff)),
  },
  countries: {
    ...COMMON,
    table: 'day_countries',
    key: 'toString(country)',
    type: 'String',
    sources: { from: 'day_sources', count: 'count()' },
    shown: String,
    label: (key) => countryName(String(key)),
  },
  networks: {
    ...COMMON,
    table: 'day_networks',
    key: 'asn',
    type: 'UInt32',
    asn: 'any(asn)',
    sources: { from: 'day_sources', count: 'count()' },
    shown: (key) => (key === 0 ? 'unknown' : `AS${key}`),
    label: (key, holder) => (key === 0 ? UNKNOWN : both(holder)),
  },
  marks: {
    ...COMMON,
    table: 'day_marks',
    key: 'toString(mark)',
    type: 'String',
    where: '1',
    sources: { from: 'states', count: 'uniqCombined64Merge(18)(seen)' },
    shown: String,
    label: (key) => both(MARKS.find(({ name }) => name === key)?.sentence ?? ''),
  },
  scanners: {
    ...COMMON,
    table: 'day_scanners',
    key: 'toString(scanner)',
    type: 'String',
    where: '1',
    plain: '0',
    sources: { from: 'states', count: 'uniqExactMerge(sources)' },
    shown: String,
    label: () => NOTHING,
  },
  victims: {
    ...COMMON,
    table: 'day_victims',
    key: 'victim',
    type: 'String',
    where: '1',
    ipv4: '1',
    asn: 'max(day_victims.asn)',
    sources: undefined,
    shown: (key) => String(key).replace(/^::ffff:(?=\d+\.)/, ''),
    label: (_, holder) => both(holder),
  },
};

function both(text: string): Text {
  return { ja: text, en: text };
}

const REGIONS = {
  ja: new Intl.DisplayNames(['ja'], { type: 'region', fallback: 'none' }),
  en: new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' }),
};

/** Names of an ISO 3166-1 code, from the Unicode CLDR that Node brings along. */
export function countryName(code: string): Text {
  if (code === 'unknown') return UNKNOWN;
  if (!/^[A-Z]{2}$/.test(code)) return NOTHING;
  return { ja: REGIONS.ja.of(code) ?? '', en: REGIONS.en.of(code) ?? '' };
}
